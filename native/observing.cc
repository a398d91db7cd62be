#include "observing.h"

#include <algorithm>
#include <array>

#include "declined.h"
#include "keys.h"
#include "learn.h"
#include "packing.h"
#include "thing.h"

namespace duly {

namespace {

constexpr char kMember = '\1', kNotMember = '\0';
constexpr std::size_t kStampBytes = 8;

std::int64_t stamp_of(Text record) {
  std::int64_t stamp = 0;
  for (std::size_t byte = 0; byte < kStampBytes && byte < record.size(); ++byte) {
    stamp = stamp << 8 | static_cast<std::uint8_t>(record[byte]);
  }
  return stamp;
}

std::array<char, kStampBytes + 1> stamped(std::int64_t time, char state) {
  std::array<char, kStampBytes + 1> record{};
  for (std::size_t byte = 0; byte < kStampBytes; ++byte) {
    record[byte] = static_cast<char>(std::max<std::int64_t>(time, 1) >> (8 * (kStampBytes - 1 - byte)));
  }
  record[kStampBytes] = state;
  return record;
}

// Whether an event says something about consent, `duly.engine.consent.take`.
bool tells_consent(const Event& event) {
  if (event.traits && event.traits->at("subscriptions").kind == Kind::Object) return true;
  if (event.context && event.context->at("messaging_subscriptions").kind == Kind::List) return true;
  return event.name == "Subscribed" || event.name == "Unsubscribed";
}

std::optional<Text> timezone_in(const std::optional<Value>& context) {
  if (!context || context->at("timezone").kind != Kind::Text) return std::nullopt;
  return context->at("timezone").as_text();
}

void log(Session& session, const Event& event, const Person& person, Scratch& scratch) {
  LoggedEvent logged;
  logged.message_id = event.message_id;
  logged.type = event.type == EventType::Track ? "track" : "identify";
  logged.name = event.name;
  logged.user_id = event.user_id;
  logged.anonymous_id = event.anonymous_id;
  logged.time = event.time;
  logged.arrival = event.arrival;
  logged.properties = event.raw;
  if (event.traits) logged.traits = *event.traits;
  if (event.context) logged.context = *event.context;
  keys::event(scratch.text, person.bucket, person.identity, event.time, event.message_id);
  scratch.record.clear();
  pack_event(logged, scratch.record);
  session.put(person.bucket, scratch.text, scratch.record.written());
}

// `duly.engine.observe._learn`.
void learn(Session& session, const Event& event, Person& person) {
  User& user = person.user;
  bool changed = user.created == 0;
  if (changed) user.created = event.arrival;
  if (event.type == EventType::Identify && event.traits && event.traits->count > 0) {
    changed |= take_traits(user, *event.traits, event.time, session.arena());
  }
  if (std::optional<Text> zone = timezone_in(event.context)) {
    changed |= take_zone(user, *zone, event.time, session.arena());
  }
  if (!changed) return;
  user.updated = event.arrival;
  session.keep(person);
}

// `duly.engine.observe.relate`: the latest event time wins; at the same time, the event that arrived last.
void relate(Session& session, const Event& event, const Person& person, const Linked& link, Scratch& scratch) {
  std::optional<Text> known = session.value(link.slot);
  if (known && stamp_of(*known) > event.time) return;
  bool fresh = !known;
  auto record = stamped(event.time, link.update->adds ? kMember : kNotMember);
  session.put(person.bucket, link.slot, {record.data(), record.size()});
  if (!fresh) return;
  keys::related(scratch.text, person.bucket, person.identity, link.update->relation, link.thing);
  session.put(person.bucket, scratch.text, {});
}

}  // namespace

void name_links(const Hearing& hearing, const Event& event, const Person& person, Session& session, Scratch& scratch,
                std::vector<Linked>& to) {
  if (!hearing.native || hearing.remembered) throw Declined();
  for (const RelationUpdate& update : hearing.updates) {
    scratch.things.clear();
    things_at(event.properties, update.key, update.listed, scratch.things);
    for (const Value* value : scratch.things) {
      Linked link;
      link.update = &update;
      scratch.text.clear();
      if (!thing(*value, scratch.text)) continue;
      link.thing = session.arena().keep(scratch.text);
      keys::member(scratch.text, person.bucket, update.relation, link.thing, person.identity);
      link.slot = session.want(scratch.text);
      to.push_back(link);
    }
  }
}

void demand_ordinary(const Rules& rules, const Event& event, const Person& person, bool heard, std::int64_t now) {
  const User& user = person.user;
  if (user.check != 0 || tells_consent(event)) throw Declined();
  // What waits may have to be timed anew, or end.
  bool identifies = event.type == EventType::Identify;
  std::optional<Text> zone = timezone_in(event.context);
  bool moves = zone && *zone != user.context_zone;
  if (user.pending > 0 && (identifies || moves)) throw Declined();
  if (heard && (identifies || moves)) throw Declined();
  if (rules.recurring && (user.created == 0 || user.created == now)) throw Declined();
}

void observe(Session& session, const Event& event, Person& person, const std::vector<Linked>& links, Scratch& scratch) {
  log(session, event, person, scratch);
  learn(session, event, person);
  for (const Linked& link : links) relate(session, event, person, link, scratch);
}

}  // namespace duly
