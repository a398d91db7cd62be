#include "window.h"

#include <algorithm>

#include "declined.h"

namespace duly {

namespace {

constexpr std::int64_t kMonday = 3 * kDay;  // from the Monday of its week to the epoch, a Thursday

std::int64_t sum(std::int64_t left, std::int64_t right) {
  std::int64_t result;
  if (__builtin_add_overflow(left, right, &result)) throw Declined();
  return result;
}

std::int64_t difference(std::int64_t left, std::int64_t right) {
  std::int64_t result;
  if (__builtin_sub_overflow(left, right, &result)) throw Declined();
  return result;
}

std::int64_t month_start(std::int64_t wall) {
  const std::int64_t day = floor_div(wall, kDay);
  return (day - date_of(day).day + 1) * kDay;
}

std::int64_t month_end(std::int64_t wall) {
  const Date date = date_of(floor_div(wall, kDay));
  return kDay * (date.month == 12 ? day_of({date.year + 1, 1, 1}) : day_of({date.year, date.month + 1, 1}));
}

std::int64_t count_rolling(const Cap& cap, Slice<Sent> sents, std::int64_t instant) {
  const std::int64_t since = difference(instant, cap.duration);
  return std::count_if(sents.begin(), sents.end(), [since](const Sent& sent) { return sent.at > since; });
}

}  // namespace

Arc::Arc(std::int64_t starts, std::int64_t ends) : start(starts), end(ends), length(0) {
  if (start < 0 || start >= kDay || end < 0 || end > kDay) throw Declined();
  length = end > start ? end - start : end - start + kDay;
}

Window Arc::on(std::int64_t day, const Zone& zone) const {
  const std::int64_t midnight = day * kDay;
  return {zone.resolve(midnight + start), zone.resolve(midnight + (end > start ? end : end + kDay))};
}

bool Days::allows(std::int64_t day) const {
  return (weekdays >> floor_mod(day + 3, 7) & 1) != 0 && (dates.empty() || in_dates(day)) &&
         (seasons.empty() || in_season(day));
}

bool Days::in_dates(std::int64_t day) const {
  return std::any_of(dates.begin(), dates.end(),
                     [day](const auto& range) { return range.first <= day && day <= range.second; });
}

bool Days::in_season(std::int64_t day) const {
  const Date date = date_of(day);
  const MonthDay today{date.month, date.day};
  return std::any_of(seasons.begin(), seasons.end(), [&today](const auto& season) {
    const auto& [first, last] = season;
    return first <= last ? first <= today && today <= last : today >= first || today <= last;
  });
}

Schedule::Schedule(std::vector<std::int64_t> at_times, std::vector<Arc> between, Days on, std::int64_t after_trigger,
                   Passed when_passed, std::int64_t grace_of_at, std::optional<std::string> own_zone)
    : at(std::move(at_times)),
      arcs(std::move(between)),
      days(std::move(on)),
      after(after_trigger),
      passed(when_passed),
      grace(grace_of_at),
      zone(std::move(own_zone)) {
  if (arcs.empty() && at.empty() && !days.every()) arcs.emplace_back(0, 0);
}

std::int64_t period_start(Unit unit, std::int64_t wall) {
  switch (unit) {
    case Unit::Hour:
      return wall - floor_mod(wall, kHour);
    case Unit::Day:
      return wall - floor_mod(wall, kDay);
    case Unit::Week:
      return wall - floor_mod(wall + kMonday, kWeek);
    case Unit::Month:
      return month_start(wall);
    case Unit::Rolling:
      break;
  }
  throw Declined();
}

std::int64_t period_end(Unit unit, std::int64_t wall) {
  switch (unit) {
    case Unit::Hour:
      return period_start(unit, wall) + kHour;
    case Unit::Day:
      return period_start(unit, wall) + kDay;
    case Unit::Week:
      return period_start(unit, wall) + kWeek;
    case Unit::Month:
      return month_end(wall);
    case Unit::Rolling:
      break;
  }
  throw Declined();
}

std::int64_t count_sents(const Cap& cap, Slice<Sent> sents, std::int64_t instant, const Zone& zone) {
  if (cap.unit == Unit::Rolling) return count_rolling(cap, sents, instant);
  const std::int64_t offset = zone.offset(instant);
  const std::int64_t wall = instant + offset;
  const std::int64_t first = period_start(cap.unit, wall);
  const std::int64_t end = period_end(cap.unit, wall);
  std::int64_t found = 0;
  // No offset reaches a day, so that what was sent more than one before the period has its wall time in an earlier one.
  for (std::size_t left = sents.count; left > 0 && sents[left - 1].at >= first - kDay; --left) {
    const Sent& sent = sents[left - 1];
    if (sent.wall < first || sent.wall >= end) continue;
    // Only hours compare the offset, so that each of the two hours from 01:00 of an autumn night has its own count.
    if (cap.unit != Unit::Hour || difference(sent.wall, sent.at) == offset) ++found;
  }
  return found;
}

std::optional<std::int64_t> next_free(const Cap& cap, Slice<Sent> sents, std::int64_t instant, const Zone& zone) {
  if (cap.limit <= 0) return std::nullopt;
  const auto limit = static_cast<std::size_t>(cap.limit);
  if (sents.count < limit) return instant;
  if (cap.unit == Unit::Rolling) return std::max(instant, sum(sents[sents.count - limit].at, cap.duration));
  while (count_sents(cap, sents, instant, zone) >= cap.limit) {
    // Within one offset the period on the wall lasts until its end; at a change of the clock it may be any.
    const Zone::Span span = zone.span(instant);
    instant = std::min(period_end(cap.unit, instant + span.offset) - span.offset, span.high);
  }
  return instant;
}

}  // namespace duly
