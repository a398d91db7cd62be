#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "civil.h"
#include "value.h"

namespace duly {

// One time zone, with what Python's `duly.timing.zone.Zone` knows. Instants are microseconds since the epoch (UTC); a
// wall time is an instant plus the offset that holds then. Instants from `until` on, and wall times that may lie there,
// are declined. It remembers where it was last asked about, and so belongs to one thread at a time.
class Zone {
 public:
  // Instants at which the offset changes, the offset from each on, and the first wall time that means that offset.
  struct Changes {
    std::vector<std::int64_t> starts;
    std::vector<std::int64_t> offsets;
    std::vector<std::int64_t> walls;
    std::int64_t until = 0;
  };
  // The offset that holds in [low, high).
  struct Span {
    std::int64_t low = 0;
    std::int64_t high = 0;
    std::int64_t offset = 0;

    bool holds(std::int64_t instant) const { return low <= instant && instant < high; }
  };

  // `skipped` are the local dates, in days since 1970-01-01, that never were. Throws `Declined` for changes that are
  // none: lists of different lengths, or empty ones.
  Zone(std::string name, Changes changes, std::vector<std::int64_t> skipped);

  const std::string& name() const { return name_; }
  std::int64_t until() const { return changes_.until; }

  std::int64_t offset(std::int64_t instant) const { return span(instant).offset; }
  std::int64_t wall(std::int64_t instant) const { return instant + span(instant).offset; }
  // The stretch of one offset around an instant, as far as looked up.
  const Span& span(std::int64_t instant) const { return seen_.holds(instant) ? seen_ : seek(instant); }
  // The offset when no clock changes within two days of the instant.
  std::optional<std::int64_t> calm(std::int64_t instant) const {
    const Span& around = span(instant);
    if (around.low + 2 * kDay <= instant && instant < around.high - 2 * kDay) return around.offset;
    return std::nullopt;
  }
  // The instant a wall time means: inside a gap moved forward by its length; of two instants, the first.
  std::int64_t resolve(std::int64_t wall) const {
    return wall - (seen_wall_.holds(wall) ? seen_wall_ : seek_wall(wall)).offset;
  }
  // Whether the local date that is `day` days after 1970-01-01 ever was.
  bool exists(std::int64_t day) const;

 private:
  const Span& seek(std::int64_t instant) const;
  const Span& seek_wall(std::int64_t wall) const;

  std::string name_;
  Changes changes_;
  std::vector<std::int64_t> skipped_;  // in order
  mutable Span seen_;
  mutable Span seen_wall_;
};

// The zones by name, each loaded when it is first asked for.
class Zones {
 public:
  // Makes the zone of a name; null when the name is that of no zone.
  using Loader = std::function<std::unique_ptr<Zone>(Text name)>;

  explicit Zones(Loader loader) : loader_(std::move(loader)) {}

  // The zone of a name, which lives as long as this; null when it is that of no zone. Names are taken from users, so
  // that those that name none are not remembered.
  const Zone* find(Text name);

 private:
  Loader loader_;
  std::unordered_map<Text, std::unique_ptr<Zone>> zones_;  // the keys are the zones' own names
};

}  // namespace duly
