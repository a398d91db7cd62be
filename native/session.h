#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "decision.h"
#include "instance.h"
#include "msgpack.h"
#include "user.h"
#include "value.h"

namespace duly {

// Somebody a batch is about. `declined` once the engine has to go on with them: all that follows is left to it, too.
struct Person {
  Text identity, key;
  Text prefix;  // of the ids of decisions; see `Session::prefix`
  std::uint16_t bucket = 0;
  std::size_t slot = 0;
  User user;
  std::int64_t version = 0;  // as it was read
  // Of a newcomer, nothing is kept; what lies at `slot` is whether they were deleted.
  bool newcomer = false, met = false, kept = false, declined = false;
};

// An event's message for a person.
struct Case {
  Text key;
  std::uint16_t bucket = 0;
  std::size_t slot = 0;
  Instance instance;
  std::int64_t version = 0;  // as it was read
  bool met = false, kept = false;
};

// All that a round changes: `duly.engine.store.Commit`.
struct Change {
  using allocator_type = std::pmr::polymorphic_allocator<std::byte>;
  explicit Change(allocator_type memory) : buckets(memory), checks(memory), puts(memory) {}

  std::pmr::vector<std::uint16_t> buckets;  // each once, in no order
  std::pmr::vector<std::pair<Text, std::int64_t>> checks;
  std::pmr::vector<std::pair<Text, Text>> puts;
};

// One round of reading, evaluating and writing, as `duly.engine.session.Session`. First all keys are named, then their
// values are given, then it is worked with; nothing is read in between. All it makes lies in its arena.
class Session {
 public:
  Session(std::uint32_t buckets, Text secret)
      : buckets_(buckets), secret_(secret), changed_(buckets, false, arena_.memory()) {}

  // --- naming what will be read ---
  // Leave somebody to the engine from the beginning, so that nothing about them is read here.
  void decline(Text identity) { declined_.insert(identity); }
  Person& person(Text identity);
  Case& instance(const Person& person, Text message_id);
  // The place of what lies under a key, which is copied.
  std::size_t want(Text key);
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
  // What the ids of all decisions about a person start with.
  Text prefix(Person& person);
  // Write a record; key and value are copied.
  void put(std::uint16_t bucket, Text key, Text value);
  // The same for what may be read or written again in this round.
  void put(std::uint16_t bucket, std::size_t slot, Text value);
  void log(const Decision& decision, std::uint16_t bucket);
  // Enter what waits into the due queue; the properties are those of the event it came from.
  void queue(const Person& person, std::int64_t due, Text decision, Text properties);

  // --- the outcome ---
  // To be asked for once, and before the checks; the puts may be moved away.
  Change& change();
  const std::pmr::vector<std::pair<Text, std::int64_t>>& checks() const { return change_.checks; }
  const std::vector<std::pair<std::uint16_t, std::int64_t>>& dues() const { return dues_; }
  Arena& arena() { return arena_; }
  // For what goes on living when this has ended.
  const std::shared_ptr<Arena>& shared_arena() const { return shared_arena_; }

 private:
  struct Slot {
    Text key;
    std::optional<Text> value;
    bool written = false;
    std::uint16_t bucket = 0;
  };

  std::size_t add(Text key);
  // Write a record whose parts live as long as this.
  void write(std::uint16_t bucket, Text key, Text value);

  std::uint32_t buckets_;
  Text secret_;
  std::shared_ptr<Arena> shared_arena_ = std::make_shared<Arena>();
  Arena& arena_ = *shared_arena_;
  std::pmr::vector<Slot> slots_{arena_.memory()};
  std::size_t read_ = 0;  // the slots before it were read
  std::pmr::unordered_map<Text, std::size_t> slot_of_{arena_.memory()};
  std::pmr::deque<Person> persons_{arena_.memory()};
  std::pmr::unordered_map<Text, Person*> person_of_{arena_.memory()};
  std::pmr::unordered_set<Text> declined_{arena_.memory()};  // texts of the batch
  std::pmr::deque<Case> cases_{arena_.memory()};
  std::pmr::unordered_map<Text, Case*> case_of_{arena_.memory()};
  Change change_{arena_.memory()};
  std::pmr::vector<bool> changed_;  // by bucket
  std::vector<std::pair<std::uint16_t, std::int64_t>> dues_;
  std::string key_;  // being built
  MsgpackWriter record_;
};

}  // namespace duly
