#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "msgpack.h"
#include "value.h"

namespace duly {

// What of the fields of `duly.engine.state` is read or changed here, by place.
enum class UserField : std::uint8_t {
  Version,
  Created,
  Updated,
  Traits,
  TraitTimes,
  ContextZone,
  ContextZoneTime,
  Consent,
  Sends,
  Pending,
  Deliveries,
  Reserved,
  Identities,
  Groups,
  MergedInto,
  Preferences,
  ConsentTimes,
  Assigned,
  Awaited,
  Segments,
  Check,
  Opens,
  Pointers,
  Forgotten,
  Heir
};
inline constexpr std::size_t kUserFields = 25;

// One grant, as `duly.engine.state.Send`.
struct Send {
  std::int64_t at = 0, wall = 0;
  Text rule, category, channel, object, decision;
  std::int64_t held_until = 0;
  bool counted = true, shadow = false;
  Text packed = {};  // all of it, as it is stored
};

// A notification that waits, as `duly.engine.state.Pending` of a rule without a key; its properties are in the due
// queue.
struct Pending {
  Text decision, rule, message_id, event;
  std::int64_t event_time = 0;
  std::int64_t due = 0, created = 0, expires = 0;
};

// What is remembered of one user, as `duly.engine.state.User`. What only the Python way reads is kept as bytes. All
// texts and values are those of the record or lie in the arena it was read with, so both must outlive it.
struct User {
  User();  // one never seen

  Text kept(UserField field) const { return fields[static_cast<std::size_t>(field)]; }
  void keep(UserField field, Text packed, Arena& arena) {
    fields[static_cast<std::size_t>(field)] = arena.keep(packed);
  }

  // `duly.engine.direct.is_ordinary`, and not one to whom an identity leads that was somebody else's before.
  bool is_ordinary() const { return ordinary; }
  // Whether a send is a would-be one, or of a reservation: the direct way does not know how to count them.
  bool has_odd_sends() const;

  std::int64_t version = 0, created = 0, updated = 0;
  Value traits;  // an object
  Text context_zone;
  std::int64_t context_zone_time = 0;
  Value consent;  // an object of texts
  std::vector<Send> sends;
  std::uint32_t pending = 0;  // how many wait
  std::int64_t check = 0;
  bool ordinary = true;

  // Each field as it is stored. Those of numbers, of sends and of what waits are as they were read, the others as they
  // are now.
  std::array<Text, kUserFields> fields;
  std::string waiting;  // what began to wait since, packed
};

// The user that `duly.engine.state.pack` wrote.
User read_user(Text record, Arena& arena);

// Writes what `duly.engine.state.pack` writes.
void pack_user(const User& user, MsgpackWriter& to);

// Adds a send in its place by time, and forgets those of the instant `edge` and before. Its texts are copied.
void enter(User& user, const Send& send, std::int64_t edge, Arena& arena);

// Adds a notification that waits.
void wait(User& user, const Pending& pending);

}  // namespace duly
