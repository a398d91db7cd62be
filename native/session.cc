#include "session.h"

#include "declined.h"
#include "keys.h"
#include "packing.h"

namespace duly {

Person& Session::person(Text identity) {
  auto found = person_of_.find(identity);
  if (found != person_of_.end()) return *found->second;
  Person& person = persons_.emplace_back();
  person.identity = identity;
  person.bucket = bucket_of(identity, buckets_);
  keys::user(person.key, person.bucket, identity);
  user_prefix(person.prefix, person.bucket, identity);
  person.slot = want(person.key);
  person_of_.emplace(person.identity, &person);
  return person;
}

Case& Session::instance(const Person& person, Text message_id) {
  std::string key;
  keys::instance(key, person.bucket, person.identity, message_id);
  auto found = case_of_.find(key);
  if (found != case_of_.end()) return *found->second;
  Case& about = cases_.emplace_back();
  about.key = std::move(key);
  about.bucket = person.bucket;
  about.slot = want(about.key);
  case_of_.emplace(about.key, &about);
  return about;
}

std::size_t Session::want(std::string key) {
  auto found = slot_of_.find(key);
  if (found != slot_of_.end()) return found->second;
  Slot& slot = slots_.emplace_back();
  slot.key = std::move(key);
  slot_of_.emplace(slot.key, slots_.size() - 1);
  return slots_.size() - 1;
}

std::vector<Text> Session::wanted() const {
  std::vector<Text> keys;
  for (std::size_t slot = read_; slot < slots_.size(); ++slot) keys.push_back(slots_[slot].key);
  return keys;
}

void Session::load(const std::vector<std::optional<Text>>& values) {
  if (values.size() != slots_.size() - read_) throw Declined();
  for (const std::optional<Text>& value : values) slots_[read_++].value = value;
  std::string key;
  for (Person& person : persons_) {
    if (person.newcomer || slots_[person.slot].value) continue;
    person.newcomer = true;
    keys::suppressed(key, person.bucket, person.identity, secret_);
    person.slot = want(key);
  }
}

void Session::meet(Person& person) {
  if (person.declined) throw Declined();
  if (person.met) return;
  const std::optional<Text>& value = slots_[person.slot].value;
  if (person.newcomer && value) throw Declined();
  if (!person.newcomer) person.user = read_user(*value, arena_);
  person.version = person.user.version;
  person.met = true;
}

void Session::meet(Case& about) {
  if (about.met) return;
  about.met = true;
  const std::optional<Text>& value = slots_[about.slot].value;
  if (value) about.instance = read_instance(*value);
  about.version = about.instance.version;
}

void Session::keep(Person& person) {
  if (person.kept) return;
  person.kept = true;
  ++person.user.version;
}

void Session::keep(Case& about) {
  if (about.kept) return;
  about.kept = true;
  ++about.instance.version;
}

void Session::put(std::uint16_t bucket, std::string key, std::string value) {
  changes_[bucket].puts.emplace_back(std::move(key), std::move(value));
}

void Session::put(std::uint16_t bucket, std::size_t slot, std::string value) {
  auto [place, fresh] = written_.insert_or_assign(slot, std::move(value));
  if (fresh) changed_.emplace_back(slot, bucket);
  slots_[slot].value = place->second;
}

void Session::log(const Decision& decision, std::uint16_t bucket) {
  std::string key;
  keys::decision(key, bucket, decision.id);
  pack_decision(decision, packed_);
  put(bucket, std::move(key), packed_.take());
  keys::logged(key, bucket, decision.id);
  put(bucket, std::move(key), {});
}

void Session::queue(const Person& person, std::int64_t due, Text decision) {
  std::string key;
  keys::due(key, person.bucket, due, decision);
  put(person.bucket, std::move(key), person.identity);
  dues_.emplace_back(person.bucket, due);
}

std::map<std::uint16_t, Change>& Session::changes() {
  for (auto [slot, bucket] : changed_) changes_[bucket].puts.emplace_back(slots_[slot].key, written_[slot]);
  for (Person& person : persons_) {
    if (!person.kept) continue;
    pack_user(person.user, packed_);
    Change& change = changes_[person.bucket];
    change.checks.emplace_back(person.key, person.version);
    change.puts.emplace_back(person.key, packed_.take());
  }
  for (Case& about : cases_) {
    if (!about.kept) continue;
    pack_instance(about.instance, packed_);
    Change& change = changes_[about.bucket];
    change.checks.emplace_back(about.key, about.version);
    change.puts.emplace_back(about.key, packed_.take());
  }
  return changes_;
}

}  // namespace duly
