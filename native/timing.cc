#include "timing.h"

#include <algorithm>

#include "declined.h"
#include "gates.h"

namespace duly {

namespace {

// Nothing is looked for later than ten years from now, whatever the expiry.
constexpr std::int64_t kHorizon = 3'660 * kDay;

// Within this, several can be added up. It is more than any zone knows.
constexpr std::int64_t kFarthest = std::int64_t{1} << 59;

void check(std::int64_t number) {
  if (number > kFarthest || number < -kFarthest) throw Declined();
}

void check(const TimeQuestion& question) {
  check(question.base);
  check(question.now);
  check(question.gap);
  check(question.last_send.value_or(0));
  check(question.wait.value_or(0));
  check(question.schedule->after);
  check(question.schedule->grace);
}

struct Full {
  int index = -1;
  std::optional<std::int64_t> frees;
};

// Of the caps that are full at `first`, the one that frees last; of equals, the first.
Full fullest(Slice<CapUse> caps, std::int64_t first, const Zone& calendar) {
  Full full;
  for (std::size_t index = 0; index < caps.count; ++index) {
    const CapUse& use = caps[index];
    const auto frees = next_free(*use.cap, use.sents, first, calendar);
    if (frees == first) continue;
    if (full.index < 0 || (full.frees && (!frees || *frees > *full.frees))) full = {static_cast<int>(index), frees};
  }
  return full;
}

// The first instant from a given one on at which every cap has room for one more send.
std::optional<std::int64_t> all_free(Slice<CapUse> caps, std::int64_t instant, const Zone& calendar) {
  std::int64_t start;
  do {
    start = instant;
    for (const CapUse& use : caps) {
      const auto free = next_free(*use.cap, use.sents, instant, calendar);
      if (!free) return std::nullopt;
      instant = *free;
    }
  } while (start < instant);
  return instant;
}

// With `if passed drop` it is only the expiry's doing when the last window outlasts it.
Outcome missed(const Schedule& schedule, const Gates& gates, std::int64_t limit) {
  if (schedule.at.empty() || schedule.passed != Passed::Drop) return Outcome::Expires;
  const auto dropped = gates.dropped_at();
  return !dropped || *dropped <= limit ? Outcome::Passed : Outcome::Expires;
}

// When timing alone permits it, counted from the trigger and from now, and the gates that moved the latter.
struct Timed {
  std::int64_t opened;
  std::int64_t first;
  std::uint8_t moved;
};

Timed timed(const Gates& gates, std::int64_t earliest, std::int64_t now, std::int64_t limit) {
  const Settled opened = gates.settle(earliest, limit);
  if (opened.instant >= now) return {opened.instant, opened.instant, opened.moved};
  const Settled first = gates.settle(now, limit);
  return {opened.instant, first.instant, first.moved};
}

Timed timed_by_gap(std::int64_t earliest, std::int64_t floor, std::int64_t now) {
  const bool waits = earliest < floor && floor >= now;
  return {floor, std::max(floor, now), waits ? moved::kGap : std::uint8_t{0}};
}

}  // namespace

Solution solve(const TimeQuestion& question) {
  check(question);
  const Schedule& schedule = *question.schedule;
  const Zone& calendar = question.calendar != nullptr ? *question.calendar : *question.zone;
  const std::int64_t now = question.now;
  const std::int64_t earliest = question.base + schedule.after;
  const std::int64_t floor = question.last_send ? std::max(earliest, *question.last_send + question.gap) : earliest;
  const std::int64_t limit = std::min(question.expiry, std::max(now, earliest) + kHorizon);
  const Gates gates(question, earliest, floor);
  const bool free = schedule.anytime() && question.quiet.empty();
  const auto [opened, first, moved] = free ? timed_by_gap(earliest, floor, now) : timed(gates, earliest, now, limit);
  if (first >= limit) return {missed(schedule, gates, limit), {}, {}, earliest, {}, moved};
  const Full full = fullest(question.caps, first, calendar);
  if (full.index < 0) return {first <= now ? Outcome::Now : Outcome::Later, first, {}, opened, first, moved};
  const CapUse& use = question.caps[static_cast<std::size_t>(full.index)];
  const std::int64_t counted = count_sents(*use.cap, use.sents, first, calendar);
  const auto frees = all_free(question.caps, first, calendar);
  if (!question.wait || !frees || *frees > opened + *question.wait) {
    return {Outcome::Capped, {}, frees, opened, first, moved, full.index, counted};
  }
  const Settled settled = gates.settle(*frees, limit, question.caps);
  const auto met = static_cast<std::uint8_t>(moved | settled.moved | moved::kCaps);
  if (settled.instant >= limit) {
    return {missed(schedule, gates, limit), {}, frees, opened, first, met, full.index, counted};
  }
  return {Outcome::Later, settled.instant, frees, opened, first, met, full.index, counted};
}

}  // namespace duly
