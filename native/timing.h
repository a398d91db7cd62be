#pragma once

#include <cstdint>
#include <optional>

#include "window.h"
#include "zone.h"

namespace duly {

// The gates that moved a notification, as the mask of `duly.timing.gates`.
namespace moved {
inline constexpr std::uint8_t kSchedule = 1;
inline constexpr std::uint8_t kQuiet = 2;
inline constexpr std::uint8_t kGap = 4;
inline constexpr std::uint8_t kCaps = 8;
}  // namespace moved

// What time says about a notification.
enum class Outcome : std::uint8_t { Now, Later, Capped, Expires, Passed };

// Quiet hours, which go by the clock of their own zone.
struct Quiet {
  Arc arc;
  const Zone* zone;
};

// A cap and the sends that it counts, in order of their instants.
struct CapUse {
  const Cap* cap;
  Slice<Sent> sents;
};

// A notification triggered at `base`, asked about at `now`, that has to go out before `expiry`.
struct TimeQuestion {
  const Schedule* schedule = nullptr;
  const Zone* zone = nullptr;  // the one in force for the rule and user
  std::int64_t base = 0;
  std::int64_t now = 0;
  std::int64_t expiry = 0;
  Slice<Quiet> quiet;
  Slice<CapUse> caps;
  std::int64_t gap = 0;  // after `last_send`
  std::optional<std::int64_t> last_send;
  std::optional<std::int64_t> wait;  // for how long after `opened` a full cap defers; without it, it suppresses
  const Zone* calendar = nullptr;    // the zone of the caps' periods, when it is not `zone`
};

// The outcome and how it came about, as `duly.timing.solve.Solution`, where all is told.
struct Solution {
  Outcome outcome;
  std::optional<std::int64_t> at;     // when to notify or ask again; none unless the outcome is Now or Later
  std::optional<std::int64_t> frees;  // when all caps have room; none for never
  std::int64_t opened;                // the first instant that timing alone permits, counted from the trigger
  std::optional<std::int64_t> first;  // the same counted from now
  std::uint8_t moved;                 // the gates met on the way, see above
  int cap = -1;                       // the index of the full cap that frees last, or -1
  std::int64_t count = 0;             // how many it counts at `first`
};

// The first instant that schedule, quiet hours, gap, caps and expiry permit together; what `duly.timing.solve.solve`
// says, to the microsecond. Throws `Declined` for what lies beyond what the zones know, and for durations and instants
// of tens of thousands of years.
Solution solve(const TimeQuestion& question);

}  // namespace duly
