#pragma once

#include <cstdint>

#include "decision.h"
#include "msgpack.h"
#include "value.h"

namespace duly {

// One event as the log keeps it, as `duly.engine.state.LoggedEvent`.
struct LoggedEvent {
  Text message_id, type, name, user_id, anonymous_id;
  std::int64_t time = 0, arrival = 0;
  Text properties = "{}";  // JSON
  Value traits, context;   // null or objects
  Text previous_id, group_id;
};

// Writes what `duly.engine.state.pack_event` writes.
void pack_event(const LoggedEvent& event, MsgpackWriter& to);

// Writes what `duly.engine.decision.pack_decision` writes.
void pack_decision(const Decision& decision, MsgpackWriter& to);

// Writes what is kept of a request id that was answered with one decision or, if it is null, with none, at the instant
// `now`; see `duly.engine.answer`.
void pack_request(Text digest, std::int64_t now, const Decision* decision, Text rules_version, MsgpackWriter& to);

}  // namespace duly
