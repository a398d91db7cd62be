#include "request.h"

#include <algorithm>

#include "declined.h"
#include "json.h"
#include "proto.h"
#include "utf8.h"

namespace duly {

namespace {

// The limits of `duly.engine.event`; of ids in bytes here, which are no fewer than characters.
constexpr std::size_t kLongestId = 256;
constexpr std::size_t kMostBytes = 32 * 1024;
constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kNanos = 1'000'000'000;

constexpr std::uint64_t kCommit = 3;

bool is_plain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; }

Text id(const Field& field) {
  Text text = field.bytes;
  bool plain = field.is_bytes && text.size() <= kLongestId && std::all_of(text.begin(), text.end(), is_plain);
  if (!plain || !is_utf8(text)) throw Declined();
  return text;
}

Value object(const Field& field, Arena& arena) {
  if (!field.is_bytes || field.bytes.size() > kMostBytes) throw Declined();
  Value value = read_json(field.bytes, arena);
  if (value.kind != Kind::Object) throw Declined();
  return value;
}

std::uint64_t number(const Field& field) {
  if (field.is_bytes) throw Declined();
  return field.integer;
}

// The instant of a timestamp after 1970 and not in the future, which is in need of no correction.
std::int64_t instant(const Field& field, std::int64_t arrival) {
  if (!field.is_bytes) throw Declined();
  std::uint64_t seconds = 0, nanos = 0;
  Field part;
  for (ProtoReader reader(field.bytes); reader.next(part);) {
    if (part.number == 1) {
      seconds = number(part);
    } else if (part.number == 2) {
      nanos = number(part);
    } else {
      throw Declined();
    }
  }
  if (seconds > static_cast<std::uint64_t>(arrival / kSecond) || nanos >= kNanos) throw Declined();
  auto time = static_cast<std::int64_t>(seconds) * kSecond + static_cast<std::int64_t>(nanos / 1000);
  if (time <= 0 || time > arrival) throw Declined();
  return time;
}

// What `SerializeToString(deterministic=True)` gives: the fields in order, each once and as short as can be.
bool is_canonical(Text message) {
  ProtoWriter writer;
  Field field;
  std::uint32_t last = 0;
  for (ProtoReader reader(message); reader.next(field); last = field.number) {
    if (field.number <= last) return false;
    if (!field.is_bytes) {
      writer.integer(field.number, field.integer);
    } else {
      writer.item(field.number, field.bytes);
    }
  }
  return writer.written() == message;
}

bool is_canonical_question(Text message) {
  if (!is_canonical(message)) return false;
  Field field, part;
  for (ProtoReader reader(message); reader.next(field);) {
    if (!field.is_bytes) continue;
    if (field.bytes.empty()) return false;
    if (field.number != 3) continue;
    if (!is_canonical(field.bytes)) return false;
    for (ProtoReader event(field.bytes); event.next(part);) {
      bool json = part.number == 11 || part.number == 13 || part.number == 15;
      if (part.is_bytes && part.bytes.empty() && !json && part.number != 8) return false;
      if (part.number == 8 && !is_canonical(part.bytes)) return false;
    }
  }
  return true;
}

}  // namespace

std::string identity_of(Text user_id, Text anonymous_id) {
  if (!user_id.empty()) return std::string("u:").append(user_id);
  return anonymous_id.empty() ? std::string() : std::string("a:").append(anonymous_id);
}

std::optional<std::string> identity_in(Text message) {
  Text user_id, anonymous_id;
  Field field;
  try {
    for (ProtoReader reader(message); reader.next(field);) {
      if (field.is_bytes && field.number == 1) user_id = field.bytes;
      if (field.is_bytes && field.number == 2) anonymous_id = field.bytes;
    }
  } catch (const Declined&) {
    return std::nullopt;
  }
  return identity_of(user_id, anonymous_id);
}

std::optional<std::vector<std::string>> identities_in(Text event) {
  std::vector<std::string> found;
  Field field;
  try {
    for (ProtoReader reader(event); reader.next(field);) {
      if (!field.is_bytes) continue;
      if (field.number == 4 || field.number == 6) found.push_back(std::string("u:").append(field.bytes));
      if (field.number == 5 || field.number == 6) found.push_back(std::string("a:").append(field.bytes));
    }
  } catch (const Declined&) {
    return std::nullopt;
  }
  return found;
}

Event read_event(Text message, std::int64_t arrival, Arena& arena) {
  Event event;
  event.time = event.arrival = arrival;
  event.properties.kind = Kind::Object;
  event.properties.count = 0;
  std::uint64_t type = 0;
  std::uint32_t last = 0;
  Field field;
  for (ProtoReader reader(message); reader.next(field); last = field.number) {
    // Of a field that comes twice the last one holds, and parts of messages are merged: nobody writes that.
    if (field.number <= last) throw Declined();
    switch (field.number) {
      case 1:
        event.message_id = id(field);
        break;
      case 2:
        type = number(field);
        break;
      case 3:
        event.name = id(field);
        break;
      case 4:
        event.user_id = id(field);
        break;
      case 5:
        event.anonymous_id = id(field);
        break;
      case 8:
        event.time = instant(field, arrival);
        break;
      case 11:
        event.properties = object(field, arena);
        event.raw = field.bytes;
        break;
      case 13:
        event.traits = object(field, arena);
        break;
      case 15:
        event.context = object(field, arena);
        break;
      default:
        throw Declined();
    }
  }
  if (event.message_id.empty()) throw Declined();
  event.type = static_cast<EventType>(type);
  bool track = type == static_cast<std::uint64_t>(EventType::Track) || type == 0;
  // One that names both makes one person of two.
  bool identify =
      type == static_cast<std::uint64_t>(EventType::Identify) && event.user_id.empty() != event.anonymous_id.empty();
  if (track && !event.name.empty()) {
    event.type = EventType::Track;
  } else if (!identify) {
    throw Declined();
  }
  return event;
}

DecideRequest read_question(Text message, std::int64_t arrival, Arena& arena) {
  DecideRequest question;
  question.raw = message;
  Text user_id, anonymous_id;
  bool about = false;
  std::uint32_t last = 0;
  Field field;
  for (ProtoReader reader(message); reader.next(field); last = field.number) {
    if (field.number <= last) throw Declined();
    switch (field.number) {
      case 1:
        user_id = id(field);
        break;
      case 2:
        anonymous_id = id(field);
        break;
      case 3:
        if (!field.is_bytes) throw Declined();
        question.event = read_event(field.bytes, arrival, arena);
        about = true;
        break;
      case 5:
        if (number(field) != 0 && number(field) != kCommit) throw Declined();
        break;
      case 7:
        question.request_id = id(field);
        break;
      case 8:
        if (number(field) > 1) throw Declined();
        question.explain = static_cast<std::uint8_t>(field.integer);
        break;
      default:
        throw Declined();
    }
  }
  question.identity = identity_of(user_id, anonymous_id);
  if (!about || question.identity.empty()) throw Declined();
  if (!question.request_id.empty() && !is_canonical_question(message)) throw Declined();
  return question;
}

}  // namespace duly
