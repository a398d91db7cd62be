#include "deciding.h"

#include <utility>

#include "declined.h"
#include "hash.h"
#include "keys.h"
#include "packing.h"

namespace duly {

namespace {

constexpr std::size_t kDigest = 16;

}  // namespace

std::int64_t ZoneWalls::wall(Text zone, std::int64_t instant) const {
  const Zone* found = zones_.find(zone);
  if (found == nullptr) throw Declined();
  return found->wall(instant);
}

void Deciding::read(const std::vector<Text>& requests, std::int64_t arrival) {
  asked_.resize(requests.size());
  bool orderly = true;
  for (std::size_t number = 0; number < requests.size(); ++number) {
    try {
      asked_[number].emplace().request = read_question(requests[number], arrival, arena_);
    } catch (const Declined&) {
      asked_[number].reset();
      std::optional<std::string> identity = identity_in(requests[number]);
      orderly &= identity.has_value();
      left_.push_back(identity.value_or(""));
    }
  }
  // Whoever is meant may be meant by others as well, and questions about one person are answered in their order.
  if (!orderly) asked_.assign(requests.size(), std::nullopt);
}

std::vector<std::uint16_t> Deciding::buckets() const {
  std::vector<std::uint16_t> found;
  for (const std::optional<Asked>& asked : asked_) {
    if (asked) found.push_back(bucket_of(asked->request.identity, buckets_));
  }
  return distinct(std::move(found));
}

void Deciding::begin() {
  for (std::optional<Asked>& asked : asked_) {
    if (asked) asked->heard.clear();  // which lies in the session
  }
  session_.emplace(buckets_, secret_);
  verdicts_.clear();
  answers_.assign(asked_.size(), std::nullopt);
  for (const std::string& identity : left_) session_->decline(identity);
  for (std::optional<Asked>& asked : asked_) {
    if (!asked) continue;
    try {
      name(*asked);
    } catch (const Declined&) {
      asked->person->declined = true;
    }
  }
}

void Deciding::name(Asked& asked) {
  const DecideRequest& request = asked.request;
  Session& session = *session_;
  asked.person = &session.person(request.identity);
  if (asked.person->declined) throw Declined();
  asked.about = &session.instance(*asked.person, request.event.message_id);
  hear(rules_, request.event, *asked.person, session, scratch_, asked.heard);
  name_own(asked);
  asked.kept.reset();
  if (!request.request_id.empty()) {
    keys::request(scratch_.text, asked.person->bucket, request.identity, request.request_id);
    asked.kept = session.want(scratch_.text);
  }
}

// What it takes to write down what the user did. It may be there already, and then it does not matter whether it can
// be.
void Deciding::name_own(Asked& asked) {
  const Event& event = asked.request.event;
  const Hearing& hearing = rules_.hearing(event.name);
  std::string concerned = event.identity();
  asked.own = concerned.empty() ? !hearing.about : concerned == asked.request.identity;
  asked.noted = false;
  asked.links.clear();
  if (!asked.own) return;
  try {
    if (event.type == EventType::Track) {
      name_links(hearing, event, *asked.person, *session_, scratch_, asked.links);
    }
    // What the event itself changes would have to be known before anything is decided.
    asked.noted = asked.heard.empty() || asked.links.empty();
  } catch (const Declined&) {
    asked.links.clear();
  }
}

void Deciding::work(std::int64_t now) {
  for (std::size_t number = 0; number < asked_.size(); ++number) {
    if (!asked_[number]) continue;
    try {
      answers_[number] = answer(*asked_[number], now);
    } catch (const Declined&) {
      asked_[number]->person->declined = true;
    }
  }
}

// As `duly.engine.answer.Answering._directly`: whatever is declined is so before anything is changed.
Text Deciding::answer(Asked& asked, std::int64_t now) {
  const DecideRequest& request = asked.request;
  Person& person = *asked.person;
  session_->meet(person);
  session_->meet(*asked.about);
  if (!person.user.is_ordinary() || person.user.check != 0 || asked.about->instance.decisions != 0) throw Declined();
  bool taken = asked.own && !asked.about->instance.taken;
  if (taken) {
    if (!asked.noted) throw Declined();
    demand_ordinary(rules_, request.event, person, !asked.heard.empty(), now);
  }
  if (asked.kept && session_->value(*asked.kept)) throw Declined();

  Asking asking{*session_, rules_, zones_, ids_, scratch_, now};
  Subject subject{person, *asked.about, request.event, local_zone(asking, person.user)};
  const Heard* match = nullptr;
  for (const Heard& heard : asked.heard) {
    if (!matches(asking, subject, heard)) continue;
    if (match != nullptr) throw Declined();
    match = &heard;
  }
  std::optional<Decision> decision;
  if (match != nullptr) decision = consider(asking, subject, *match, Claim::Commit);
  Decision* said = decision ? &*decision : nullptr;
  // The last that may decline; what is written down of a decision that commits is no part of the answer.
  response_.clear();
  writer_.response(said, rules_.version, request.explain, response_);
  if (taken) take(asked);
  if (said != nullptr) {
    settle(asking, subject, *match->rule, *said, Claim::Commit);
    verdicts_.push_back({match->rule, static_cast<std::uint8_t>(said->verdict), said->reason});
  }
  remember(asked, said, now);
  return session_->arena().keep(response_.written());
}

// `duly.engine.answer.Answering._take`.
void Deciding::take(Asked& asked) {
  asked.about->instance.taken = true;
  session_->keep(*asked.about);
  observe(*session_, asked.request.event, *asked.person, asked.links, scratch_);
}

void Deciding::remember(const Asked& asked, const Decision* decision, std::int64_t now) {
  if (!asked.kept) return;
  char digest[kDigest];
  blake2b(asked.request.raw, {}, kDigest, digest);
  scratch_.record.clear();
  pack_request({digest, kDigest}, now, decision, rules_.version, scratch_.record);
  session_->put(asked.person->bucket, *asked.kept, scratch_.record.written());
}

}  // namespace duly
