#pragma once

#include <cstdint>
#include <string>

#include "msgpack.h"
#include "value.h"

namespace duly {

// What is known of one event message for one user, as `duly.engine.state.Instance`, of which no decision was replaced
// by another; the record must outlive it.
struct Instance {
  std::int64_t version = 0;
  bool taken = false, ingested = false;
  std::uint32_t decisions = 0;  // how many rules have decided

  Text known;         // the decisions of the record: rule, id, rule, id…
  std::string added;  // those since
};

// The instance that `duly.engine.state.pack` wrote; one never seen is `Instance()`. Throws `Declined` for any other.
Instance read_instance(Text record);

// Notes what a rule has decided, which must not have decided before; else throws `Declined`.
void add_decision(Instance& instance, Text rule, Text decision);

// Writes what `duly.engine.state.pack` writes.
void pack_instance(const Instance& instance, MsgpackWriter& to);

}  // namespace duly
