#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "value.h"

namespace duly {

enum class EventType : std::uint8_t { None, Track, Identify, Alias, Group, Page, Screen };

// The identity that two ids name, as `duly.engine.event.identity`: empty for nobody.
std::string identity_of(Text user_id, Text anonymous_id);

// A `duly.v1.Event` as it arrived: views of the message, what is JSON read. Texts are checked as the engine checks
// them.
struct Event {
  Text message_id, name, user_id, anonymous_id;
  EventType type = EventType::Track;
  std::int64_t time = 0;  // never after the arrival
  std::int64_t arrival = 0;
  Text raw = "{}";   // the properties as they came
  Value properties;  // always an object
  std::optional<Value> traits, context;

  // `u:` or `a:` and the id, empty for an event without a user.
  std::string identity() const { return identity_of(user_id, anonymous_id); }
};

// A `duly.v1.DecideRequest` that commits, asks by all rules and is about an event.
struct DecideRequest {
  std::string identity;
  Event event;
  std::uint8_t explain = 0;  // 0 or 1
  Text request_id;
  Text raw;  // the whole request
};

// The event of a message that arrived at the instant `arrival`; throws `Declined` for one that is flawed, merges
// identities, is of a rare type, or holds objects in the form of a protobuf Struct.
Event read_event(Text message, std::int64_t arrival, Arena& arena);

// Whom an event is about and whom it names besides; none when that cannot be told.
std::optional<std::vector<std::string>> identities_in(Text event);

// The question of a request that arrived at the instant `arrival`; throws `Declined` for any other kind of request.
DecideRequest read_question(Text message, std::int64_t arrival, Arena& arena);

// Whom a request is about, whatever else it says, empty for nobody; none when that cannot be told.
std::optional<std::string> identity_in(Text message);

}  // namespace duly
