#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "decision.h"
#include "value.h"

namespace duly {

// Tells wall clocks of zones by their names.
class Walls {
 public:
  virtual ~Walls() = default;
  // The wall time in a zone at an instant; throws `Declined` for a zone it does not know.
  virtual std::int64_t wall(Text zone, std::int64_t instant) const = 0;
};

// The gates of time that moved a notification, by bit of `TimeInput::moved`.
inline constexpr Text kMovedBy[] = {"schedule", "quiet", "gap", "caps"};

// What a gate found that passed and has nothing more to tell.
inline constexpr Text kPassed[kGates] = {
    "the condition is true",
    "nobody has been granted this notification yet",
    "the user is not in a control group",
    "the user's consent allows it",
    "nothing cancelled it",
    "it has not expired",
    "the time is permitted",
    "every cap has room",
    "no other rule took the slot",
};
inline constexpr Text kWaived = "waived: the category is transactional";

// The first gate that said no.
std::optional<Gate> failed_gate(const Decision& decision);

// Each of these adds to `out` what the function of the same name in `duly.engine.words` says, for decisions of the
// direct way; they throw `Declined` for reasons, sources and zones that those do not have, and for years that do not
// have four digits.

// An instant on the wall clock of a zone, such as `2026-03-08 18:00 in America/New_York`.
void local_time(std::string& out, std::int64_t instant, Text zone, const Walls& walls);

// Why the verdict is what it is.
void sentence(std::string& out, const Decision& decision, const Walls& walls);

// What a gate looked at and found.
void gate_sentence(std::string& out, const Decision& decision, Gate gate, const Walls& walls);

}  // namespace duly
