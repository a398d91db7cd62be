#include "civil.h"

#include "declined.h"

namespace duly {

namespace {

// Years are counted from March here, so that the leap day is the last of its year.
constexpr std::int64_t kFromMarch = 719'468;  // days from the first of March of the year 0 to 1970-01-01
constexpr std::int64_t kFourYears = 4 * 365 + 1;
constexpr std::int64_t kCentury = 25 * kFourYears - 1;
constexpr std::int64_t kFourCenturies = 4 * kCentury + 1;

constexpr std::int64_t kFirst = -719'162;  // 0001-01-01
constexpr std::int64_t kLast = 2'932'896;  // 9999-12-31

}  // namespace

Date date_of(std::int64_t day) {
  if (day < kFirst || day > kLast) throw Declined();
  const std::int64_t all = day + kFromMarch;
  const std::int64_t cycle = floor_div(all, kFourCenturies);
  const std::int64_t within = floor_mod(all, kFourCenturies);
  // Without its leap days each year has 365; the last day of a span that ends with one must not begin a further year.
  const std::int64_t leaps = within / (kFourYears - 1) - within / kCentury + within / (kFourCenturies - 1);
  const std::int64_t years = (within - leaps) / 365;
  const std::int64_t rest = within - (365 * years + years / 4 - years / 100);
  // From March on, five months have 153 days, again and again.
  const std::int64_t month = (5 * rest + 2) / 153;
  const std::int64_t into = rest - (153 * month + 2) / 5;
  const bool next = month >= 10;
  return {400 * cycle + years + (next ? 1 : 0), static_cast<int>(next ? month - 9 : month + 3),
          static_cast<int>(into) + 1};
}

std::int64_t day_of(const Date& date) {
  const std::int64_t year = date.month > 2 ? date.year : date.year - 1;
  const std::int64_t cycle = floor_div(year, 400);
  const std::int64_t years = floor_mod(year, 400);
  const std::int64_t month = date.month > 2 ? date.month - 3 : date.month + 9;
  const std::int64_t rest = (153 * month + 2) / 5 + date.day - 1;
  const std::int64_t day = cycle * kFourCenturies + 365 * years + years / 4 - years / 100 + rest - kFromMarch;
  if (day < kFirst || day > kLast) throw Declined();
  return day;
}

}  // namespace duly
