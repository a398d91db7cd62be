#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "civil.h"
#include "zone.h"

namespace duly {

// A list that someone else owns.
template <typename T>
struct Slice {
  const T* data = nullptr;
  std::size_t count = 0;

  Slice() = default;
  Slice(const T* first, std::size_t number) : data(first), count(number) {}
  Slice(const std::vector<T>& all) : data(all.data()), count(all.size()) {}  // NOLINT: a vector is one

  const T* begin() const { return data; }
  const T* end() const { return data + count; }
  const T& operator[](std::size_t index) const { return data[index]; }
  bool empty() const { return count == 0; }
};

// The instants [opens, closes); empty when closes <= opens.
struct Window {
  std::int64_t opens;
  std::int64_t closes;
};

// The part [start, end) of the day, in microseconds since 00:00 on the wall. It crosses midnight when end <= start;
// with start == end it is a whole day. It belongs to the date on which it opens.
struct Arc {
  std::int64_t start;
  std::int64_t end;
  std::int64_t length;

  // Throws `Declined` when it does not lie within the day.
  Arc(std::int64_t starts, std::int64_t ends);

  // The instants of the arc that opens on a local date. A change of the clock may make it longer, shorter or empty.
  Window on(std::int64_t day, const Zone& zone) const;
};

inline constexpr unsigned kEveryDay = 0b111'1111;

// Which local dates, in days since 1970-01-01, a window may open on: all of weekdays, dates and seasons have to agree.
struct Days {
  using MonthDay = std::pair<int, int>;

  unsigned weekdays = kEveryDay;                             // a mask with Monday as bit 0
  std::vector<std::pair<std::int64_t, std::int64_t>> dates;  // ranges with both ends; none means any
  std::vector<std::pair<MonthDay, MonthDay>> seasons;        // yearly ranges that may pass the turn of the year

  bool every() const { return weekdays == kEveryDay && dates.empty() && seasons.empty(); }
  bool allows(std::int64_t day) const;

 private:
  bool in_dates(std::int64_t day) const;
  bool in_season(std::int64_t day) const;
};

// What becomes of an `at` window that is open or over when the trigger happens, as in `duly.timing.window`.
enum class Passed : std::uint8_t { Grace, NextDay, Drop, Within };

// When a rule may send; the defaults mean at any time.
struct Schedule {
  std::vector<std::int64_t> at;  // times of day that each open a window of `grace`
  std::vector<Arc> arcs;         // `between`, or the whole day when only the days are limited
  Days days;
  std::int64_t after = 0;
  Passed passed = Passed::Grace;
  std::int64_t grace = kHour;
  std::optional<std::string> zone;  // the rule's own zone, which the caller takes into account

  Schedule() = default;
  Schedule(std::vector<std::int64_t> at_times, std::vector<Arc> between, Days on, std::int64_t after_trigger,
           Passed when_passed, std::int64_t grace_of_at, std::optional<std::string> own_zone);

  bool anytime() const { return at.empty() && arcs.empty(); }
};

// A send as caps see it: its instant, and the wall time then in the user's zone of that time.
struct Sent {
  std::int64_t at;
  std::int64_t wall;
};

// What a cap counts in: a rolling duration, or a period of the calendar.
enum class Unit : std::uint8_t { Rolling, Hour, Day, Week, Month };

// No more than `limit` sends in one window.
struct Cap {
  std::int64_t limit;
  Unit unit;
  std::int64_t duration = 0;  // of a rolling window
};

// The wall times at which the calendar period around `wall`, and the next one, begin. Weeks begin on Monday.
std::int64_t period_start(Unit unit, std::int64_t wall);
std::int64_t period_end(Unit unit, std::int64_t wall);

// How many of `sents`, in order of `at`, are in the window of the cap at an instant.
std::int64_t count_sents(const Cap& cap, Slice<Sent> sents, std::int64_t instant, const Zone& zone);

// The first instant from a given one on at which the cap leaves room for one more send; none if it never does.
std::optional<std::int64_t> next_free(const Cap& cap, Slice<Sent> sents, std::int64_t instant, const Zone& zone);

}  // namespace duly
