#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "condition.h"
#include "index.h"
#include "path.h"
#include "template.h"
#include "timing.h"

namespace duly {

// A relation that a rule reads, and where an event names its thing when the rule has no object of its own.
struct RelationRead {
  std::string name;
  Path key;
};

// `duly.planning.plan.CapPlan`.
struct CapPlan {
  Cap cap;
  std::string text, rule;
  bool per_object = false;
  std::optional<std::string> category, channel;
  std::vector<std::string> former;
};

// `duly.planning.plan.GapPlan`.
struct GapPlan {
  std::int64_t duration = 0;
  std::optional<std::string> category, channel;
};

// `duly.planning.plan.QuietPlan`.
struct QuietPlan {
  Arc arc;
  std::optional<std::string> zone;
};

struct Message {
  Template title, body, link;
};

// `duly.planning.plan.RulePlan` of a direct rule. One that is not `native` has nothing but its name: whoever meets it
// declines.
struct Rule {
  std::string name, location, category, channel;
  bool native = false, opt_in = false, uncounted = false;
  Condition test;
  Schedule schedule;
  std::vector<QuietPlan> quiet;
  std::vector<GapPlan> gaps;
  std::vector<CapPlan> caps;
  std::optional<std::int64_t> wait;
  std::int64_t expiry = 0, sends_kept = 0;
  std::optional<Path> object_key;
  std::vector<RelationRead> relations;
  std::optional<Message> message;

  // From what `duly.native.rules` made of it; throws `Declined` for anything else.
  explicit Rule(const Value& lowered);
};

// That an event adds things to a relation or removes them, `duly.planning.plan.RelationUpdate`.
struct RelationUpdate {
  std::string relation;
  Path key, listed;
  bool adds = false;
};

// What hears an event of some name. One that is not `native` is left to the engine; with `remembered`, it is when it
// has to be written down, because history, goals or other rules go by it.
struct Hearing {
  bool native = true, remembered = false;
  bool about = false;  // declared `about` a thing
  EventIndex index;
  std::vector<RelationUpdate> updates;
};

// `duly.planning.plan.Plan`.
struct Rules {
  std::string version;
  std::optional<std::string> house_zone;
  bool recurring = false;   // whether there are rules that the calendar starts
  std::vector<Rule> rules;  // by their numbers
  std::unordered_map<std::string, Hearing> by_event;

  // From what `duly.native.rules` made of a plan; throws `Declined` for anything else.
  explicit Rules(const Value& lowered);

  // What is known of an event's name; of one that no rule names, nothing.
  const Hearing& hearing(Text event) const;
};

}  // namespace duly
