#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "decision.h"
#include "instance.h"
#include "user.h"
#include "value.h"

namespace duly {

// Somebody a batch is about. `declined` once the engine has to go on with them: all that follows is left to it, too.
struct Person {
  std::string identity, key, prefix;
  std::uint16_t bucket = 0;
  std::size_t slot = 0;
  User user;
  std::int64_t version = 0;  // as it was read
  // Of a newcomer, nothing is kept; what lies at `slot` is whether they were deleted.
  bool newcomer = false, met = false, kept = false, declined = false;
};

// An event's message for a person.
struct Case {
  std::string key;
  std::uint16_t bucket = 0;
  std::size_t slot = 0;
  Instance instance;
  std::int64_t version = 0;
  bool met = false, kept = false;
};

using Pair = std::pair<std::string, std::string>;

// What one bucket is changed by: `duly.engine.store.Commit`.
struct Change {
  std::vector<std::pair<Text, std::int64_t>> checks;
  std::vector<Pair> puts;
};

// One round of reading, evaluating and writing, as `duly.engine.session.Session`. First all keys are named, then their
// values are given, then it is worked with; nothing is read in between.
class Session {
 public:
  Session(std::uint32_t buckets, Text secret) : buckets_(buckets), secret_(secret) {}

  // --- naming what will be read ---
  Person& person(Text identity);
  Case& instance(const Person& person, Text message_id);
  // The place of what lies under a key.
  std::size_t want(std::string key);
  // The keys that were named and not read yet.
  std::vector<Text> wanted() const;
  // The values of `wanted`, which live as long as this. Who is found not to be known yet is looked for among those who
  // were deleted, so that there may be more to read.
  void load(const std::vector<std::optional<Text>>& values);

  // --- working ---
  std::optional<Text> value(std::size_t slot) const { return slots_[slot].value; }
  // Read the person's state; throws `Declined` for one who was deleted.
  void meet(Person& person);
  void meet(Case& about);
  void keep(Person& person);
  void keep(Case& about);
  void put(std::uint16_t bucket, std::string key, std::string value);
  // The same for what may be read or written again in this round.
  void put(std::uint16_t bucket, std::size_t slot, std::string value);
  void log(const Decision& decision, std::uint16_t bucket);
  void queue(const Person& person, std::int64_t due, Text decision);

  // --- the outcome ---
  // All changes by bucket; to be asked for once.
  std::map<std::uint16_t, Change>& changes();
  const std::vector<std::pair<std::uint16_t, std::int64_t>>& dues() const { return dues_; }
  Arena& arena() { return arena_; }

 private:
  struct Slot {
    std::string key;
    std::optional<Text> value;
  };

  std::uint32_t buckets_;
  Text secret_;
  Arena arena_;
  std::deque<Slot> slots_;
  std::size_t read_ = 0;  // the slots before it were read
  std::unordered_map<Text, std::size_t> slot_of_;
  std::deque<Person> persons_;
  std::unordered_map<Text, Person*> person_of_;
  std::deque<Case> cases_;
  std::unordered_map<Text, Case*> case_of_;
  std::map<std::uint16_t, Change> changes_;
  std::vector<std::pair<std::size_t, std::uint16_t>> changed_;  // slots that were put, in order
  std::unordered_map<std::size_t, std::string> written_;
  std::vector<std::pair<std::uint16_t, std::int64_t>> dues_;
  MsgpackWriter packed_;
};

}  // namespace duly
