#pragma once

#include <cstdint>

namespace duly {

// Durations in microseconds.
inline constexpr std::int64_t kSecond = 1'000'000;
inline constexpr std::int64_t kHour = 3'600 * kSecond;
inline constexpr std::int64_t kDay = 24 * kHour;
inline constexpr std::int64_t kWeek = 7 * kDay;

// Python's `//` and `%` for a positive divisor: they round down, also before 1970.
constexpr std::int64_t floor_div(std::int64_t number, std::int64_t by) {
  return number / by - (number % by < 0 ? 1 : 0);
}
constexpr std::int64_t floor_mod(std::int64_t number, std::int64_t by) {
  const std::int64_t rest = number % by;
  return rest < 0 ? rest + by : rest;
}

struct Date {
  std::int64_t year;
  int month;  // from 1
  int day;    // from 1
};

// The date that is `day` days after 1970-01-01; throws `Declined` outside of the years 1 to 9999, all that Python
// knows.
Date date_of(std::int64_t day);

// The days from 1970-01-01 to a date; throws `Declined` as above.
std::int64_t day_of(const Date& date);

}  // namespace duly
