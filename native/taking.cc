#include "taking.h"

#include <algorithm>
#include <array>

#include "declined.h"
#include "keys.h"
#include "learn.h"
#include "packing.h"
#include "proto.h"
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

}  // namespace

void Taking::read(const std::vector<Text>& events, std::int64_t arrival) {
  taken_.resize(events.size());
  bool orderly = true;
  for (std::size_t number = 0; number < events.size(); ++number) {
    try {
      Arrived& arrived = taken_[number].emplace();
      arrived.event = read_event(events[number], arrival, arena_);
      arrived.identity = arrived.event.identity();
      if (arrived.identity.empty()) throw Declined();
    } catch (const Declined&) {
      taken_[number].reset();
      std::optional<std::vector<std::string>> identities = identities_in(events[number]);
      orderly &= identities.has_value();
      if (identities) left_.insert(left_.end(), identities->begin(), identities->end());
    }
  }
  // Whoever is meant may be meant by others as well, and the events of one person are taken in in their order.
  if (!orderly) taken_.assign(events.size(), std::nullopt);
}

std::vector<std::uint16_t> Taking::buckets() const {
  std::vector<std::uint16_t> found;
  for (const std::optional<Arrived>& arrived : taken_) {
    if (arrived) found.push_back(bucket_of(arrived->identity, buckets_));
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

void Taking::begin() {
  for (std::optional<Arrived>& arrived : taken_) {
    if (arrived) arrived->heard.clear();  // which lies in the session
  }
  session_.emplace(buckets_, secret_);
  verdicts_.clear();
  results_.assign(taken_.size(), std::nullopt);
  for (const std::string& identity : left_) session_->person(identity).declined = true;
  for (std::optional<Arrived>& arrived : taken_) {
    if (!arrived) continue;
    try {
      name(*arrived);
    } catch (const Declined&) {
      arrived->person->declined = true;
    }
  }
}

void Taking::name(Arrived& arrived) {
  const Event& event = arrived.event;
  arrived.person = &session_->person(arrived.identity);
  arrived.about = &session_->instance(*arrived.person, event.message_id);
  arrived.hearing = &rules_.hearing(event.name);
  arrived.links.clear();
  if (event.type != EventType::Track) return;
  if (!arrived.hearing->native || arrived.hearing->about || arrived.hearing->remembered) throw Declined();
  name_links(arrived);
  if (history_) return;
  candidates_.clear();
  arrived.hearing->index.candidates(event.properties, candidates_);
  // What the event itself changes would have to be known before anything is decided.
  if (!candidates_.empty() && !arrived.links.empty()) throw Declined();
  for (std::uint32_t number : candidates_) {
    const Rule& rule = rules_.rules[number];
    if (!rule.native) throw Declined();
    arrived.heard.push_back(heard_by(rule, event, *arrived.person, *session_, scratch_.text));
  }
}

void Taking::name_links(Arrived& arrived) {
  std::string& text = scratch_.text;
  for (const RelationUpdate& update : arrived.hearing->updates) {
    things_.clear();
    things_at(arrived.event.properties, update.key, update.listed, things_);
    for (const Value* value : things_) {
      Linked link;
      link.update = &update;
      text.clear();
      if (!thing(*value, text)) continue;
      link.thing = session_->arena().keep(text);
      keys::member(text, arrived.person->bucket, update.relation, link.thing, arrived.identity);
      link.slot = session_->want(text);
      arrived.links.push_back(link);
    }
  }
}

void Taking::work(std::int64_t now) {
  for (std::size_t number = 0; number < taken_.size(); ++number) {
    if (!taken_[number]) continue;
    try {
      results_[number] = take(*taken_[number], now);
    } catch (const Declined&) {
      taken_[number]->person->declined = true;
    }
  }
}

// As `duly.engine.intake.Taking.take`: whatever is declined is so before anything is changed.
Intake Taking::take(Arrived& arrived, std::int64_t now) {
  session_->meet(*arrived.person);
  session_->meet(*arrived.about);
  Instance& instance = arrived.about->instance;
  if (!arrived.person->user.is_ordinary()) throw Declined();
  if (instance.taken && instance.ingested) return Intake::Duplicate;
  demand_ordinary(arrived, now);
  Asking asking{*session_, rules_, zones_, ids_, scratch_, now};
  Subject subject{*arrived.person, *arrived.about, arrived.event, {}};
  std::vector<std::pair<const Rule*, Decision>> decisions;
  if (!arrived.heard.empty()) {
    if (instance.decisions != 0) throw Declined();
    subject.zone = local_zone(asking, arrived.person->user);
    for (const Heard& heard : arrived.heard) {
      if (!matches(asking, subject, heard)) continue;
      decisions.emplace_back(heard.rule, consider(asking, subject, heard, Claim::Queue));
    }
  }
  bool seen = instance.taken;
  instance.taken = instance.ingested = true;
  session_->keep(*arrived.about);
  if (!seen) observe(arrived);
  for (auto& [rule, decision] : decisions) {
    settle(asking, subject, *rule, decision, Claim::Queue);
    ++verdicts_[{rule->name, static_cast<std::uint8_t>(decision.verdict), decision.reason}];
  }
  return Intake::Accepted;
}

// Throws `Declined` for an event that sets off more than is done here, see `duly.engine.triggers.hear`.
void Taking::demand_ordinary(const Arrived& arrived, std::int64_t now) const {
  const User& user = arrived.person->user;
  const Event& event = arrived.event;
  if (user.check != 0 || tells_consent(event)) throw Declined();
  // What waits may have to be timed anew, or end.
  bool identifies = event.type == EventType::Identify;
  std::optional<Text> zone = timezone_in(event.context);
  bool moves = zone && *zone != user.context_zone;
  if (user.pending > 0 && (identifies || moves)) throw Declined();
  if (!arrived.heard.empty() && moves) throw Declined();
  if (rules_.recurring && (user.created == 0 || user.created == now)) throw Declined();
}

void Taking::observe(Arrived& arrived) {
  const Event& event = arrived.event;
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
  keys::event(scratch_.text, arrived.person->bucket, arrived.identity, event.time, event.message_id);
  record_.clear();
  pack_event(logged, record_);
  session_->put(arrived.person->bucket, scratch_.text, record_.written());
  learn(arrived);
  for (const Linked& link : arrived.links) relate(arrived, link);
}

// `duly.engine.observe._learn`.
void Taking::learn(Arrived& arrived) {
  User& user = arrived.person->user;
  const Event& event = arrived.event;
  bool changed = user.created == 0;
  if (changed) user.created = event.arrival;
  if (event.type == EventType::Identify && event.traits && event.traits->count > 0) {
    changed |= take_traits(user, *event.traits, event.time, session_->arena());
  }
  if (std::optional<Text> zone = timezone_in(event.context)) {
    changed |= take_zone(user, *zone, event.time, session_->arena());
  }
  if (!changed) return;
  user.updated = event.arrival;
  session_->keep(*arrived.person);
}

// `duly.engine.observe.relate`: the latest event time wins; at the same time, the event that arrived last.
void Taking::relate(const Arrived& arrived, const Linked& link) {
  std::uint16_t bucket = arrived.person->bucket;
  std::optional<Text> known = session_->value(link.slot);
  if (known && stamp_of(*known) > arrived.event.time) return;
  bool fresh = !known;
  auto record = stamped(arrived.event.time, link.update->adds ? kMember : kNotMember);
  session_->put(bucket, link.slot, {record.data(), record.size()});
  if (!fresh) return;
  keys::related(scratch_.text, bucket, arrived.identity, link.update->relation, link.thing);
  session_->put(bucket, scratch_.text, {});
}

std::optional<Text> Taking::answer(std::size_t number) {
  if (!results_[number]) return std::nullopt;
  result_.clear();
  result_.integer(1, static_cast<std::uint64_t>(*results_[number]));
  result_.bytes(2, taken_[number]->event.message_id);
  return result_.written();
}

}  // namespace duly
