#pragma once

#include <cstdint>
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

// Each adds to `out` what the function of the same name in `duly.engine.words` says.

// An instant on the wall clock of a zone, such as `2026-03-08 18:00 in America/New_York`.
void local_time(std::string& out, std::int64_t instant, Text zone, const Walls& walls);

// Why the verdict is what it is.
void sentence(std::string& out, const Decision& decision, const Walls& walls);

// What a gate looked at and found.
void gate_sentence(std::string& out, const Decision& decision, Gate gate, const Walls& walls);

}  // namespace duly
