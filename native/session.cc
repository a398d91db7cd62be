#include "session.h"

#include "declined.h"
#include "keys.h"
#include "packing.h"

namespace duly {

Person& Session::person(Text identity) {
  auto found = person_of_.find(identity);
  if (found != person_of_.end()) return *found->second;
  Person& person = persons_.emplace_back();
  person.identity = arena_.keep(identity);
  person.bucket = bucket_of(identity, buckets_);
  person_of_.emplace(person.identity, &person);
  person.declined = declined_.count(identity) > 0;
  if (person.declined) return person;
  keys::user(key_, person.bucket, identity);
  person.slot = add(key_);
  person.key = slots_[person.slot].key;
  return person;
}

Case& Session::instance(const Person& person, Text message_id) {
  keys::instance(key_, person.bucket, person.identity, message_id);
  auto found = case_of_.find(key_);
  if (found != case_of_.end()) return *found->second;
  Case& about = cases_.emplace_back();
  about.bucket = person.bucket;
  about.slot = add(key_);
  about.key = slots_[about.slot].key;
  case_of_.emplace(about.key, &about);
  return about;
}

std::size_t Session::want(Text key) {
  auto found = slot_of_.find(key);
  if (found != slot_of_.end()) return found->second;
  std::size_t slot = add(key);
  slot_of_.emplace(slots_[slot].key, slot);
  return slot;
}

// For a key that is named by nobody else.
std::size_t Session::add(Text key) {
  slots_.emplace_back().key = arena_.keep(key);
  return slots_.size() - 1;
}

std::vector<Text> Session::wanted() const {
  std::vector<Text> keys;
  keys.reserve(slots_.size() - read_);
  for (std::size_t slot = read_; slot < slots_.size(); ++slot) keys.push_back(slots_[slot].key);
  return keys;
}

void Session::load(const std::vector<std::optional<Text>>& values) {
  if (values.size() != slots_.size() - read_) throw Declined();
  for (const std::optional<Text>& value : values) slots_[read_++].value = value;
  for (Person& person : persons_) {
    if (person.declined || person.newcomer || slots_[person.slot].value) continue;
    person.newcomer = true;
    keys::suppressed(key_, person.bucket, person.identity, secret_);
    person.slot = want(key_);
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
  const std::optional<Text>& value = slots_[about.slot].value;
  if (value) about.instance = read_instance(*value);
  about.version = about.instance.version;
  about.met = true;
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

Text Session::prefix(Person& person) {
  if (person.prefix.empty()) {
    user_prefix(key_, person.bucket, person.identity);
    person.prefix = arena_.keep(key_);
  }
  return person.prefix;
}

void Session::put(std::uint16_t bucket, Text key, Text value) { write(bucket, arena_.keep(key), arena_.keep(value)); }

void Session::put(std::uint16_t bucket, std::size_t slot, Text value) {
  slots_[slot].value = arena_.keep(value);
  slots_[slot].bucket = bucket;
  slots_[slot].written = true;
}

void Session::log(const Decision& decision, std::uint16_t bucket) {
  keys::decision(key_, bucket, decision.id);
  record_.clear();
  pack_decision(decision, record_);
  put(bucket, key_, record_.written());
}

void Session::queue(const Person& person, std::int64_t due, Text decision, Text properties) {
  keys::due(key_, person.bucket, due, decision);
  record_.clear();
  record_.raw(person.identity);
  if (!properties.empty()) record_.raw(Text("\0", 1));
  record_.raw(properties);
  put(person.bucket, key_, record_.written());
  dues_.emplace_back(person.bucket, due);
}

void Session::write(std::uint16_t bucket, Text key, Text value) {
  if (!changed_[bucket]) change_.buckets.push_back(bucket);
  changed_[bucket] = true;
  change_.puts.emplace_back(key, value);
}

Change& Session::change() {
  for (const Slot& slot : slots_) {
    if (slot.written) write(slot.bucket, slot.key, *slot.value);
  }
  for (Person& person : persons_) {
    if (!person.kept) continue;
    record_.clear();
    pack_user(person.user, record_);
    change_.checks.emplace_back(person.key, person.version);
    write(person.bucket, person.key, arena_.keep(record_.written()));
  }
  for (Case& about : cases_) {
    if (!about.kept) continue;
    record_.clear();
    pack_instance(about.instance, record_);
    change_.checks.emplace_back(about.key, about.version);
    write(about.bucket, about.key, arena_.keep(record_.written()));
  }
  return change_;
}

}  // namespace duly
