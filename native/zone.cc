#include "zone.h"

#include <algorithm>
#include <utility>

#include "declined.h"

namespace duly {

namespace {

// The stretch of a list of starts in which something lies, the last of which ends at `until`.
Zone::Span around(const std::vector<std::int64_t>& starts, const std::vector<std::int64_t>& offsets, std::int64_t until,
                  std::int64_t place) {
  const auto next = std::upper_bound(starts.begin(), starts.end(), place);
  if (next == starts.begin()) throw Declined();
  const auto index = next - starts.begin() - 1;
  return {starts[static_cast<std::size_t>(index)], next == starts.end() ? until : *next,
          offsets[static_cast<std::size_t>(index)]};
}

}  // namespace

Zone::Zone(std::string name, Changes changes, std::vector<std::int64_t> skipped)
    : name_(std::move(name)), changes_(std::move(changes)), skipped_(std::move(skipped)) {
  const std::size_t count = changes_.starts.size();
  if (count == 0 || changes_.offsets.size() != count || changes_.walls.size() != count) throw Declined();
  std::sort(skipped_.begin(), skipped_.end());
}

bool Zone::exists(std::int64_t day) const { return !std::binary_search(skipped_.begin(), skipped_.end(), day); }

const Zone::Span& Zone::seek(std::int64_t instant) const {
  if (instant >= changes_.until) throw Declined();
  seen_ = around(changes_.starts, changes_.offsets, changes_.until, instant);
  return seen_;
}

const Zone::Span& Zone::seek_wall(std::int64_t wall) const {
  // No offset reaches a day.
  if (wall >= changes_.until - kDay) throw Declined();
  seen_wall_ = around(changes_.walls, changes_.offsets, changes_.until - kDay, wall);
  return seen_wall_;
}

const Zone* Zones::find(Text name) {
  const auto known = zones_.find(name);
  if (known != zones_.end()) return known->second.get();
  std::unique_ptr<Zone> zone = loader_(name);
  if (zone == nullptr || zone->name() != name) return nullptr;
  // While Python loaded it, another thread may have done so as well: whoever came first is here to stay.
  const Text known_as = zone->name();
  return zones_.try_emplace(known_as, std::move(zone)).first->second.get();
}

}  // namespace duly
