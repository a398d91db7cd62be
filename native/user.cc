#include "user.h"

#include <algorithm>

#include "declined.h"

namespace duly {

namespace {

constexpr std::size_t kVersionBytes = 8;
constexpr std::uint32_t kSendFields = 10, kPendingFields = 11;

// What a field is where the user is new, or the record is of a time before the field was.
constexpr Text kNumber = Text("\0", 1), kText = "\xA0", kList = "\x90", kMap = "\x80";
constexpr std::array<Text, kUserFields> kDefaults = {
    kNumber, kNumber, kNumber, kMap, kMap, kText, kNumber, kMap,    kList, kList, kList,   kList, kList,
    kList,   kText,   kMap,    kMap, kMap, kList, kMap,    kNumber, kList, kList, kNumber, kText,
};

// Which fields of a user are empty of whom nothing special is noted, and to whom no other identity leads: what a batch
// says of that one would be dealt with elsewhere, in an order of its own.
constexpr UserField kSpecial[] = {UserField::MergedInto, UserField::Preferences, UserField::Reserved,
                                  UserField::Identities, UserField::Pointers,    UserField::Forgotten};

std::size_t place(UserField field) { return static_cast<std::size_t>(field); }

Text kept(MsgpackWriter& writer, Arena& arena) { return arena.keep(writer.written()); }

Send read_send(MsgpackReader& reader) {
  const char* start = reader.place();
  if (reader.array() != kSendFields) throw Declined();
  Send send;
  send.at = reader.integer();
  send.wall = reader.integer();
  send.rule = reader.text();
  send.category = reader.text();
  send.channel = reader.text();
  send.object = reader.text();
  send.decision = reader.binary();
  send.held_until = reader.integer();
  send.counted = reader.boolean();
  send.shadow = reader.boolean();
  send.packed = Text(start, static_cast<std::size_t>(reader.place() - start));
  return send;
}

void read_sends(User& user, MsgpackReader& reader) {
  std::uint32_t count = reader.array();
  if (count > reader.left()) throw Declined();
  user.sends.reserve(count + 1);
  for (; count > 0; --count) user.sends.push_back(read_send(reader));
}

void read_pending(User& user, MsgpackReader& reader) {
  user.pending = reader.array();
  for (std::uint32_t left = user.pending; left > 0; --left) {
    if (reader.array() != kPendingFields) throw Declined();
    for (std::uint32_t part = 0; part < kPendingFields; ++part) reader.skip();
  }
}

Value read_object(MsgpackReader& reader, Arena& arena) {
  Value value = reader.value(arena);
  if (value.kind != Kind::Object) throw Declined();
  return value;
}

void read_field(User& user, UserField field, MsgpackReader& reader, Arena& arena) {
  switch (field) {
    case UserField::Version:
      user.version = reader.integer();
      return;
    case UserField::Created:
      user.created = reader.integer();
      return;
    case UserField::Updated:
      user.updated = reader.integer();
      return;
    case UserField::Traits:
      user.traits = read_object(reader, arena);
      return;
    case UserField::TraitTimes:
    case UserField::ConsentTimes:
      MsgpackReader(reader.rest()).map();  // of which more is read only where it changes
      return reader.skip();
    case UserField::ContextZone:
      user.context_zone = reader.text();
      return;
    case UserField::ContextZoneTime:
      user.context_zone_time = reader.integer();
      return;
    case UserField::Consent:
      user.consent = read_object(reader, arena);
      return;
    case UserField::Sends:
      return read_sends(user, reader);
    case UserField::Pending:
      return read_pending(user, reader);
    case UserField::Check:
      user.check = reader.integer();
      return;
    default:
      reader.skip();
  }
}

// About how long the record is.
std::size_t size_of(const User& user) {
  constexpr std::size_t kMore = 256;  // a send that was entered, and what precedes the fields
  std::size_t size = kMore + user.waiting.size();
  for (const Text& field : user.fields) size += field.size();
  return size;
}

}  // namespace

User::User() : fields(kDefaults) {
  traits.kind = consent.kind = Kind::Object;
  traits.members = consent.members = nullptr;
}

bool User::has_odd_sends() const {
  return std::any_of(sends.begin(), sends.end(), [](const Send& send) { return send.shadow || send.held_until != 0; });
}

User read_user(Text record, Arena& arena) {
  if (record.size() < kVersionBytes) throw Declined();
  MsgpackReader reader(record.substr(kVersionBytes));
  std::uint32_t count = reader.array();
  if (count > kUserFields) throw Declined();
  User user;
  for (std::size_t number = 0; number < count; ++number) {
    const char* start = reader.place();
    read_field(user, static_cast<UserField>(number), reader, arena);
    user.fields[number] = Text(start, static_cast<std::size_t>(reader.place() - start));
  }
  if (reader.left() > 0) throw Declined();
  user.ordinary = std::all_of(std::begin(kSpecial), std::end(kSpecial),
                              [&](UserField field) { return user.kept(field) == kDefaults[place(field)]; });
  return user;
}

void pack_user(const User& user, MsgpackWriter& to) {
  to.reserve(size_of(user));
  to.version(user.version);
  to.array(kUserFields);
  to.integer(user.version);
  to.integer(user.created);
  to.integer(user.updated);
  for (UserField field : {UserField::Traits, UserField::TraitTimes, UserField::ContextZone, UserField::ContextZoneTime,
                          UserField::Consent}) {
    to.raw(user.kept(field));
  }
  to.array(user.sends.size());
  for (const Send& send : user.sends) to.raw(send.packed);
  to.array(user.pending);
  MsgpackReader waiting(user.kept(UserField::Pending));
  waiting.array();
  to.raw(waiting.rest());
  to.raw(user.waiting);
  for (std::size_t number = place(UserField::Deliveries); number < kUserFields; ++number) to.raw(user.fields[number]);
}

void enter(User& user, const Send& send, std::int64_t edge, Arena& arena) {
  MsgpackWriter writer;
  writer.array(kSendFields);
  writer.integer(send.at);
  writer.integer(send.wall);
  writer.text(send.rule);
  writer.text(send.category);
  writer.text(send.channel);
  writer.text(send.object);
  writer.binary(send.decision);
  writer.integer(send.held_until);
  writer.boolean(send.counted);
  writer.boolean(send.shadow);
  MsgpackReader reader(kept(writer, arena));
  auto later = [](std::int64_t at, const Send& other) { return at < other.at; };
  auto& sends = user.sends;
  sends.insert(std::upper_bound(sends.begin(), sends.end(), send.at, later), read_send(reader));
  auto first = std::find_if(sends.begin(), sends.end(), [&](const Send& other) { return other.at > edge; });
  sends.erase(sends.begin(), first);
}

void wait(User& user, const Pending& pending) {
  MsgpackWriter writer;
  writer.array(kPendingFields);
  writer.binary(pending.decision);
  writer.text(pending.rule);
  writer.text(pending.message_id);
  writer.text(pending.event);
  writer.integer(pending.event_time);
  writer.binary({});
  writer.integer(pending.due);
  writer.integer(pending.created);
  writer.integer(pending.expires);
  writer.text({});
  writer.integer(0);
  user.waiting += writer.written();
  ++user.pending;
}

}  // namespace duly
