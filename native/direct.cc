#include "direct.h"

#include <algorithm>

#include "declined.h"
#include "keys.h"
#include "thing.h"

namespace duly {

namespace {

constexpr Text kUnsubscribed = "unsubscribed";
constexpr std::uint8_t kModeCommit = 3;

constexpr std::array<Status, kGates> stopped_at(Gate gate) {
  std::array<Status, kGates> statuses{};
  for (std::size_t place = 0; place < kGates; ++place) {
    auto failed = static_cast<std::size_t>(gate);
    statuses[place] = place < failed ? Status::Pass : place == failed ? Status::Fail : Status::NotReached;
  }
  return statuses;
}

constexpr std::array<Status, kGates> kAllPassed = {Status::Pass, Status::Pass, Status::Pass, Status::Pass, Status::Pass,
                                                   Status::Pass, Status::Pass, Status::Pass, Status::Pass};

// What the caps and the gap count of the user's sends, `duly.engine.frequency.Usage`; the caps lie in the scratch.
struct Usage {
  Slice<CapUse> caps;
  std::int64_t gap = 0;
  std::optional<std::int64_t> last_send;
};

// Whether consent forbids the rule, `duly.engine.consent.refusal`.
bool is_refused(const User& user, const Rule& rule) {
  const Value& consent = user.consent;
  if (consent.count == 0) return rule.opt_in;
  auto said_of = [&](const std::string& name) { return consent.at(name); };
  Value said = said_of(rule.channel + "/" + rule.category);
  if (said.is_null() || said.as_text().empty()) said = said_of(rule.category);
  auto is_no = [](const Value& value) { return value.kind == Kind::Text && value.as_text() == kUnsubscribed; };
  if (is_no(said) || is_no(said_of(rule.channel + "/")) || is_no(said_of(""))) return true;
  return rule.opt_in && !(said.kind == Kind::Text && said.as_text() == "subscribed");
}

bool in_scope(const Send& send, const std::optional<std::string>& category, const std::optional<std::string>& channel) {
  return send.counted && !send.shadow && (!category || *category == send.category) &&
         (!channel || *channel == send.channel);
}

bool counts(const CapPlan& plan, const Send& send, Text thing) {
  if (plan.rule.empty()) return in_scope(send, plan.category, plan.channel);
  bool named = send.rule == plan.rule ||
               std::any_of(plan.former.begin(), plan.former.end(), [&](const auto& name) { return name == send.rule; });
  return named && (!plan.per_object || send.object == thing);
}

// The sends that count against each cap of a rule.
Slice<CapUse> caps_of(const Rule& rule, Text thing, const User& user, Scratch& scratch) {
  scratch.sents.clear();
  scratch.ends.clear();
  scratch.caps.clear();
  for (const CapPlan& plan : rule.caps) {
    for (const Send& send : user.sends) {
      if (counts(plan, send, thing)) scratch.sents.push_back({send.at, send.wall});
    }
    scratch.ends.push_back(scratch.sents.size());
  }
  std::size_t first = 0;
  for (std::size_t place = 0; place < rule.caps.size(); ++place) {
    std::size_t end = scratch.ends[place];
    scratch.caps.push_back({&rule.caps[place].cap, {scratch.sents.data() + first, end - first}});
    first = end;
  }
  return scratch.caps;
}

Usage usage(const Rule& rule, Text thing, const User& user, Scratch& scratch) {
  Usage used;
  used.caps = caps_of(rule, thing, user, scratch);
  for (const GapPlan& plan : rule.gaps) {
    std::optional<std::int64_t> newest;
    for (const Send& send : user.sends) {
      if (in_scope(send, plan.category, plan.channel)) newest = std::max(newest.value_or(send.at), send.at);
    }
    if (newest && *newest + plan.duration > used.last_send.value_or(0) + used.gap) {
      used.gap = plan.duration;
      used.last_send = newest;
    }
  }
  return used;
}

const Zone* zone_of(const Asking& asking, const std::optional<std::string>& name, const Zone* local) {
  if (!name) return local;
  const Zone* zone = asking.zones.find(*name);
  if (zone == nullptr) throw Declined();
  return zone;
}

Solution earliest(const Asking& asking, const Subject& subject, const Rule& rule, const Usage& used,
                  std::int64_t expires) {
  std::vector<Quiet>& quiet = asking.scratch.quiet;
  quiet.clear();
  for (const QuietPlan& plan : rule.quiet) quiet.push_back({plan.arc, zone_of(asking, plan.zone, subject.zone.zone)});
  TimeQuestion question;
  question.schedule = &rule.schedule;
  question.zone = zone_of(asking, rule.schedule.zone, subject.zone.zone);
  question.base = subject.event.time;
  question.now = asking.now;
  question.expiry = expires;
  question.quiet = quiet;
  question.caps = used.caps;
  question.gap = used.gap;
  question.last_send = used.last_send;
  question.wait = rule.wait;
  question.calendar = subject.zone.zone;
  return solve(question);
}

// Fill in title, body and link; throws `Declined` where something is missing that has no fallback.
void write_message(const Rule& rule, const Facts& facts, Decision& decision) {
  if (!rule.message) return;
  const Message& message = *rule.message;
  bool whole = message.title.render(facts, decision.title) && message.body.render(facts, decision.body) &&
               message.link.render(facts, decision.link);
  if (!whole) throw Declined();
}

std::uint64_t related(const Session& session, const Heard& heard) {
  std::uint64_t bits = 0;
  for (std::size_t place = 0; place < heard.members.size(); ++place) {
    if (!heard.members[place]) continue;
    std::optional<Text> record = session.value(*heard.members[place]);
    // After the eight bytes of the event's time: `duly.engine.state.MEMBER`.
    if (record && record->size() == 9 && record->back() == '\1') bits |= std::uint64_t{1} << place;
  }
  return bits;
}

Facts facts_of(const Session& session, const Subject& subject, const Heard& heard) {
  return {&subject.event.properties, &subject.person.user.traits, related(session, heard)};
}

// `duly.engine.evaluate.conclude`.
void conclude(Decision& decision, const Rule& rule, const Solution& solution, const Usage& used, const Subject& about) {
  decision.time = {rule.schedule.zone ? Text(*rule.schedule.zone) : Text(about.zone.zone->name()),
                   rule.schedule.zone ? Text("rule") : about.zone.source, solution.moved, solution.at.value_or(0)};
  if (!rule.caps.empty()) {
    auto number = static_cast<std::size_t>(std::max(solution.cap, 0));
    std::int64_t count = solution.cap >= 0 ? solution.count : static_cast<std::int64_t>(used.caps[number].sents.count);
    const CapPlan& plan = rule.caps[number];
    decision.cap = CapInput{plan.text, count, plan.cap.limit, solution.frees.value_or(0)};
  }
  if (solution.outcome == Outcome::Now) {
    decision.verdict = Verdict::Notify;
    decision.reason = "due";
    decision.statuses = kAllPassed;
    return;
  }
  bool later = solution.outcome == Outcome::Later;
  Gate gate = later && solution.cap < 0 ? Gate::Time : Gate::Caps;
  decision.verdict = later ? Verdict::Defer : Verdict::Suppress;
  decision.reason = later ? "not-yet" : "capped";
  decision.statuses = stopped_at(gate);
  decision.next = later ? solution.at.value_or(0) : solution.frees.value_or(0);
  if (later) decision.due = decision.next;
  if (decision.next != 0) decision.opens = gate;
}

void grant(const Asking& asking, const Subject& subject, const Rule& rule, Decision& decision) {
  decision.standing = Standing::Committed;
  Send send;
  send.at = asking.now;
  send.wall = subject.zone.zone->wall(asking.now);
  send.rule = rule.name;
  send.category = rule.category;
  send.channel = rule.channel;
  send.object = decision.object;
  send.decision = decision.id;
  send.counted = !rule.uncounted;
  enter(subject.person.user, send, asking.now - rule.sends_kept, asking.session.arena());
  asking.session.keep(subject.person);
}

void defer(const Asking& asking, const Subject& subject, Decision& decision) {
  decision.due = decision.due != 0 ? decision.due : asking.now;
  decision.verdict = Verdict::Defer;
  decision.standing = Standing::Pending;
  Pending pending;
  pending.decision = decision.id;
  pending.rule = decision.rule;
  pending.message_id = subject.event.message_id;
  pending.event = subject.event.name;
  pending.event_time = subject.event.time;
  pending.due = decision.due;
  pending.created = asking.now;
  pending.expires = decision.expires;
  wait(subject.person.user, pending);
  asking.session.queue(subject.person, decision.due, decision.id, subject.event.raw);
  asking.session.keep(subject.person);
}

// What a rule reads of an event for a person.
Heard heard_by(const Rule& rule, const Event& event, const Person& person, Session& session, std::string& scratch) {
  Heard heard{&rule, {}, std::pmr::vector<std::optional<std::size_t>>(session.arena().memory())};
  auto thing_at = [&](const Path& path) {
    scratch.clear();
    return thing(at_path(event.properties, path), scratch) ? session.arena().keep(scratch) : Text();
  };
  if (rule.object_key) heard.thing = thing_at(*rule.object_key);
  heard.members.reserve(rule.relations.size());
  for (const RelationRead& relation : rule.relations) {
    Text named = rule.object_key ? heard.thing : thing_at(relation.key);
    if (named.empty()) {
      heard.members.emplace_back();
      continue;
    }
    keys::member(scratch, person.bucket, relation.name, named, person.identity);
    heard.members.emplace_back(session.want(scratch));
  }
  return heard;
}

}  // namespace

Text DecisionIds::make(Text prefix, std::int64_t now, Arena& arena) {
  char id[kIdBytes];
  char* at = std::copy(prefix.begin(), prefix.end(), id);
  for (int shift = 40; shift >= 0; shift -= 8) *at++ = static_cast<char>(now / 1000 >> shift);
  for (std::uint64_t bits = random_(); at != id + kIdBytes; bits >>= 8) *at++ = static_cast<char>(bits);
  return arena.keep({id, kIdBytes});
}

ZoneChoice local_zone(const Asking& asking, const User& user) {
  auto known = [&](Text name, Text source) {
    const Zone* zone = asking.zones.find(name);
    if (zone == nullptr) throw Declined();
    return ZoneChoice{zone, source};
  };
  const Value& trait = user.traits.at("timezone");
  if (trait.kind == Kind::Text) return known(trait.as_text(), "trait timezone");
  if (!trait.is_null()) throw Declined();
  if (!user.context_zone.empty()) return known(user.context_zone, "context timezone");
  if (asking.rules.house_zone) return known(*asking.rules.house_zone, "house");
  return known("UTC", "utc");
}

void hear(const Rules& rules, const Event& event, const Person& person, Session& session, Scratch& scratch,
          std::vector<Heard>& to) {
  scratch.candidates.clear();
  rules.hearing(event.name).index.candidates(event.properties, scratch.candidates);
  for (std::uint32_t number : scratch.candidates) {
    const Rule& rule = rules.rules[number];
    if (!rule.native) throw Declined();
    to.push_back(heard_by(rule, event, person, session, scratch.text));
  }
}

bool matches(const Asking& asking, const Subject& subject, const Heard& heard) {
  return heard.rule->test.test(facts_of(asking.session, subject, heard)) == Truth::True;
}

Decision consider(const Asking& asking, const Subject& subject, const Heard& heard, Claim claim) {
  const Rule& rule = *heard.rule;
  const Event& event = subject.event;
  const User& user = subject.person.user;
  std::int64_t expires = event.time + rule.expiry;
  if (is_refused(user, rule) || asking.now >= expires || user.has_odd_sends()) throw Declined();
  Usage used = usage(rule, heard.thing, user, asking.scratch);
  Solution solution = earliest(asking, subject, rule, used, expires);
  if (solution.outcome == Outcome::Expires || solution.outcome == Outcome::Passed) throw Declined();
  Decision decision;
  if (solution.outcome == Outcome::Now) write_message(rule, facts_of(asking.session, subject, heard), decision);
  decision.id = asking.ids.make(asking.session.prefix(subject.person), asking.now, asking.session.arena());
  decision.identity = subject.person.identity;
  decision.rule = rule.name;
  decision.location = rule.location;
  decision.rules_version = asking.rules.version;
  decision.message_id = event.message_id;
  decision.event = event.name;
  decision.event_time = event.time;
  decision.created = asking.now;
  decision.expires = expires;
  decision.object = heard.thing;
  decision.category = rule.category;
  decision.channel = rule.channel;
  decision.zone = subject.zone.zone->name();
  decision.zone_source = subject.zone.source;
  decision.mode = claim == Claim::Commit ? kModeCommit : 0;
  conclude(decision, rule, solution, used, subject);
  return decision;
}

void settle(const Asking& asking, const Subject& subject, const Rule& rule, Decision& decision, Claim claim) {
  if (decision.verdict == Verdict::Suppress) {
    decision.standing = Standing::Closed;
  } else if (decision.verdict == Verdict::Defer || claim == Claim::Queue) {
    defer(asking, subject, decision);
  } else {
    grant(asking, subject, rule, decision);
  }
  add_decision(subject.about.instance, decision.rule, decision.id);
  asking.session.keep(subject.about);
  asking.session.log(decision, subject.person.bucket);
}

}  // namespace duly
