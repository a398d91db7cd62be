#include "gates.h"

#include <algorithm>

namespace duly {

namespace {

// A date that was skipped can lie between the one a window opens on and the one it closes on.
constexpr std::int64_t kBack = 2;

// `instant`, or when the quiet hours around it are over.
std::int64_t after(const Arc& arc, const Zone& zone, std::int64_t instant, std::int64_t limit) {
  if (arc.length == kDay) return limit;
  if (const auto offset = zone.calm(instant)) {
    const std::int64_t into = floor_mod(instant + *offset - arc.start, kDay);
    return into < arc.length ? instant + arc.length - into : instant;
  }
  const std::int64_t today = floor_div(zone.wall(instant), kDay);
  for (std::int64_t day = today - kBack; day < today + 2; ++day) {
    if (!zone.exists(day)) continue;
    const Window quiet = arc.on(day, zone);
    if (quiet.opens <= instant && instant < quiet.closes) return quiet.closes;
  }
  return instant;
}

}  // namespace

Gates::Gates(const TimeQuestion& question, std::int64_t earliest, std::int64_t floor)
    : schedule_(*question.schedule),
      zone_(*question.zone),
      calendar_(question.calendar != nullptr ? *question.calendar : *question.zone),
      quiet_(question.quiet),
      earliest_(earliest),
      floor_(floor) {}

Settled Gates::settle(std::int64_t instant, std::int64_t limit, Slice<CapUse> caps) const {
  std::uint8_t moved = 0;
  const auto move = [&](std::int64_t to, std::uint8_t gate) {
    if (to > instant) moved = static_cast<std::uint8_t>(moved | gate);
    instant = to;
  };
  while (instant < limit) {
    const std::int64_t start = instant;
    move(next_scheduled(instant, limit), moved::kSchedule);
    move(next_loud(instant, limit), moved::kQuiet);
    move(std::max(instant, floor_), moved::kGap);
    for (const CapUse& use : caps) {
      const auto free = next_free(*use.cap, use.sents, instant, calendar_);
      if (!free) return {limit, static_cast<std::uint8_t>(moved | moved::kCaps)};
      move(*free, moved::kCaps);
    }
    if (instant == start) break;
  }
  return {instant, moved};
}

std::int64_t Gates::next_scheduled(std::int64_t instant, std::int64_t limit) const {
  if (!schedule_.at.empty()) instant = next_at(instant, limit);
  if (!schedule_.arcs.empty() && instant < limit) instant = next_between(instant, limit);
  return instant;
}

std::int64_t Gates::next_loud(std::int64_t instant, std::int64_t limit) const {
  bool changed = !quiet_.empty();
  while (changed && instant < limit) {
    const std::int64_t start = instant;
    for (const Quiet& quiet : quiet_) instant = after(quiet.arc, *quiet.zone, instant, limit);
    changed = instant > start;
  }
  return instant;
}

std::optional<std::int64_t> Gates::dropped_at() const {
  std::optional<std::int64_t> last;
  const std::int64_t day = floor_div(zone_.wall(earliest_), kDay);
  if (!opens_on(Of::At, day)) return last;
  for (std::size_t index = 0; index < windows(Of::At); ++index) {
    const auto found = window(Of::At, index, day);
    if (found && (!last || found->closes > *last)) last = found->closes;
  }
  return last;
}

std::int64_t Gates::next_at(std::int64_t instant, std::int64_t limit) const {
  const bool plain = schedule_.days.every() && schedule_.passed != Passed::Drop && schedule_.grace <= kDay;
  const auto offset = plain ? zone_.calm(instant) : std::nullopt;
  if (!offset) return next_within(Of::At, kBack + floor_div(schedule_.grace, kDay), instant, limit);
  std::int64_t soonest = kDay;
  for (const std::int64_t time : schedule_.at) {
    const std::int64_t into = floor_mod(instant + *offset - time, kDay);
    if (into < schedule_.grace && counts(instant - into)) return instant;
    soonest = std::min(soonest, kDay - into);
  }
  return instant + soonest;
}

std::int64_t Gates::next_between(std::int64_t instant, std::int64_t limit) const {
  const auto offset = schedule_.days.every() ? zone_.calm(instant) : std::nullopt;
  if (!offset) return next_within(Of::Arcs, kBack, instant, limit);
  std::int64_t soonest = kDay;
  for (const Arc& arc : schedule_.arcs) {
    const std::int64_t into = floor_mod(instant + *offset - arc.start, kDay);
    if (into < arc.length) return instant;
    soonest = std::min(soonest, kDay - into);
  }
  return instant + soonest;
}

// The first instant inside one of the windows of any date, where those of `back` dates ago may be open.
std::int64_t Gates::next_within(Of of, std::int64_t back, std::int64_t instant, std::int64_t limit) const {
  std::int64_t best = limit;
  std::int64_t last = floor_div(zone_.wall(limit), kDay) + 1;
  for (std::int64_t day = floor_div(zone_.wall(instant), kDay) - back; day <= last; ++day) {
    if (!opens_on(of, day)) continue;
    for (std::size_t index = 0; index < windows(of); ++index) {
      const auto found = window(of, index, day);
      if (!found || instant >= found->closes || found->opens >= std::min(best, found->closes)) continue;
      if (found->opens <= instant) return instant;
      best = found->opens;
      // A window that a gap has moved over midnight may open after one of the next date.
      last = day + 1;
    }
  }
  return best;
}

std::size_t Gates::windows(Of of) const { return of == Of::At ? schedule_.at.size() : schedule_.arcs.size(); }

bool Gates::opens_on(Of of, std::int64_t day) const {
  if (!schedule_.days.allows(day) || !zone_.exists(day)) return false;
  return of == Of::Arcs || schedule_.passed != Passed::Drop || day == floor_div(zone_.wall(earliest_), kDay);
}

std::optional<Window> Gates::window(Of of, std::size_t index, std::int64_t day) const {
  if (of == Of::Arcs) return schedule_.arcs[index].on(day, zone_);
  const std::int64_t opens = zone_.resolve(day * kDay + schedule_.at[index]);
  if (!counts(opens)) return std::nullopt;
  return Window{opens, opens + schedule_.grace};
}

bool Gates::counts(std::int64_t opens) const {
  return opens >= earliest_ || schedule_.passed == Passed::Grace || schedule_.passed == Passed::Within;
}

}  // namespace duly
