#pragma once

#include <cstdint>
#include <optional>

#include "timing.h"

namespace duly {

// The first instant that gates permit together, and the gates that moved it, as a mask.
struct Settled {
  std::int64_t instant;
  std::uint8_t moved;
};

// What restricts the time of one notification: `duly.timing.gates.Gates`. Every method takes `limit`, before which the
// answer has to lie, and gives `limit` or later when there is none.
class Gates {
 public:
  // `earliest` is the trigger's instant plus the rule's `after`; `floor` the instant at which the gap is over.
  Gates(const TimeQuestion& question, std::int64_t earliest, std::int64_t floor);

  // Each gate moves the instant no further than it must, so that the first that satisfies all is not passed over.
  Settled settle(std::int64_t instant, std::int64_t limit, Slice<CapUse> caps = {}) const;

  // The first instant inside a window of `at` and an arc of `between`, each where the schedule has any.
  std::int64_t next_scheduled(std::int64_t instant, std::int64_t limit) const;

  // The first instant outside all quiet hours.
  std::int64_t next_loud(std::int64_t instant, std::int64_t limit) const;

  // With `if passed drop`: the instant at which the last window that counts is over, or none without one.
  std::optional<std::int64_t> dropped_at() const;

 private:
  enum class Of : std::uint8_t { At, Arcs };

  std::int64_t next_at(std::int64_t instant, std::int64_t limit) const;
  std::int64_t next_between(std::int64_t instant, std::int64_t limit) const;
  std::int64_t next_within(Of of, std::int64_t back, std::int64_t instant, std::int64_t limit) const;
  std::size_t windows(Of of) const;
  // Whether windows may open on a local date, and one of them: none when it does not count.
  bool opens_on(Of of, std::int64_t day) const;
  std::optional<Window> window(Of of, std::size_t index, std::int64_t day) const;
  bool counts(std::int64_t opens) const;

  const Schedule& schedule_;
  const Zone& zone_;
  const Zone& calendar_;
  Slice<Quiet> quiet_;
  std::int64_t earliest_;
  std::int64_t floor_;
};

}  // namespace duly
