#pragma once

#include <string>

#include "decision.h"
#include "proto.h"
#include "words.h"

namespace duly {

// Writes decisions as clients see them, to the byte as `duly.service.convert.decision` does. Has memory that it uses
// again and again: one for each thread, and for many answers.
class AnswerWriter {
 public:
  explicit AnswerWriter(const Walls& walls) : walls_(walls) {}

  // The fields of a `duly.v1.Decision`; `explain` is the number of an `ExplainLevel`.
  void decision(const Decision& decision, int explain, ProtoWriter& to);

  // The fields of a `duly.v1.DecideResponse` with one decision or, if it is null, with none.
  void response(const Decision* decision, Text rules_version, int explain, ProtoWriter& to);

 private:
  void gates(const Decision& decision, int explain, ProtoWriter& to);
  void gate_in_full(const Decision& decision, Gate gate, int explain, bool is_open, ProtoWriter& to);
  void message(const Decision& decision, ProtoWriter& to);

  const Walls& walls_;
  std::string said_;
  ProtoWriter part_, decision_;
};

}  // namespace duly
