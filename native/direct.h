#pragma once

#include <cstdint>
#include <map>
#include <memory_resource>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "condition.h"
#include "decision.h"
#include "msgpack.h"
#include "request.h"
#include "rules.h"
#include "session.h"
#include "timing.h"

namespace duly {

// That a rule came to a verdict for a reason, one of a few that live for ever.
struct Said {
  const Rule* rule;
  std::uint8_t verdict;
  Text reason;
};

// Makes decision ids, as `duly.engine.decision.DecisionIds`.
class DecisionIds {
 public:
  explicit DecisionIds(std::uint64_t seed) : random_(seed) {}
  // A new id for a user whose ids start with `prefix`, in the arena.
  Text make(Text prefix, std::int64_t now, Arena& arena);

 private:
  std::mt19937_64 random_;
};

// Who a verdict is written for: nobody yet, or whoever asked.
enum class Claim : std::uint8_t { Queue, Commit };

// The zone a user lives in, and where it is from.
struct ZoneChoice {
  const Zone* zone = nullptr;
  Text source;
};

// What one consideration after the other works with: kept, so that memory is not asked for each time.
struct Scratch {
  std::vector<Sent> sents;
  std::vector<CapUse> caps;
  std::vector<Quiet> quiet;
  std::vector<std::size_t> ends;
  std::vector<const Value*> things;
  std::vector<std::uint32_t> candidates;
  std::string text;
  MsgpackWriter record;
};

// One round of asking by some rules at one instant.
struct Asking {
  Session& session;
  const Rules& rules;
  Zones& zones;
  DecisionIds& ids;
  Scratch& scratch;
  std::int64_t now = 0;
};

// A user to whom an event may matter.
struct Subject {
  Person& person;
  Case& about;
  const Event& event;
  ZoneChoice zone;
};

// A rule, what it reads of the event's object, and where it stands whether the user is in its relations.
struct Heard {
  const Rule* rule = nullptr;
  Text thing;
  std::pmr::vector<std::optional<std::size_t>> members;  // the places in the session; none where it names no thing
};

// Whose clock `local` means; throws `Declined` where a name was given that is that of no zone.
ZoneChoice local_zone(const Asking& asking, const User& user);

// Adds the rules that may match an event of a person, in their order, and names what has to be read for them; what they
// read lies in the session's arena. Throws `Declined` where one of them is not native.
void hear(const Rules& rules, const Event& event, const Person& person, Session& session, Scratch& scratch,
          std::vector<Heard>& to);

// Whether the rule's condition is true.
bool matches(const Asking& asking, const Subject& subject, const Heard& heard);

// The decision about a rule whose condition is true, as `duly.engine.direct.decide` makes it; throws `Declined` where
// the long way has to be gone. Changes nothing.
Decision consider(const Asking& asking, const Subject& subject, const Heard& heard, Claim claim);

// Write a decision down: what is granted to nobody yet waits.
void settle(const Asking& asking, const Subject& subject, const Rule& rule, Decision& decision, Claim claim);

}  // namespace duly
