#include "taking.h"

#include <utility>

#include "declined.h"
#include "keys.h"
#include "proto.h"

namespace duly {

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
  return distinct(std::move(found));
}

void Taking::begin() {
  for (std::optional<Arrived>& arrived : taken_) {
    if (arrived) arrived->heard.clear();  // which lies in the session
  }
  session_.emplace(buckets_, secret_);
  verdicts_.clear();
  results_.assign(taken_.size(), std::nullopt);
  for (const std::string& identity : left_) session_->decline(identity);
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
  if (arrived.person->declined) throw Declined();
  arrived.about = &session_->instance(*arrived.person, event.message_id);
  arrived.hearing = &rules_.hearing(event.name);
  arrived.links.clear();
  if (event.type != EventType::Track) return;
  if (arrived.hearing->about) throw Declined();
  name_links(*arrived.hearing, event, *arrived.person, *session_, scratch_, arrived.links);
  if (history_) return;
  hear(rules_, event, *arrived.person, *session_, scratch_, arrived.heard);
  // What the event itself changes would have to be known before anything is decided.
  if (!arrived.heard.empty() && !arrived.links.empty()) throw Declined();
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
  demand_ordinary(rules_, arrived.event, *arrived.person, !arrived.heard.empty(), now);
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
  if (!seen) observe(*session_, arrived.event, *arrived.person, arrived.links, scratch_);
  for (auto& [rule, decision] : decisions) {
    settle(asking, subject, *rule, decision, Claim::Queue);
    verdicts_.push_back({rule, static_cast<std::uint8_t>(decision.verdict), decision.reason});
  }
  return Intake::Accepted;
}

std::optional<Text> Taking::answer(std::size_t number) {
  if (!results_[number]) return std::nullopt;
  result_.clear();
  result_.integer(1, static_cast<std::uint64_t>(*results_[number]));
  result_.bytes(2, taken_[number]->event.message_id);
  return result_.written();
}

}  // namespace duly
