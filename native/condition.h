#pragma once

#include <cstdint>
#include <forward_list>
#include <string>
#include <vector>

#include "path.h"
#include "value.h"

namespace duly {

// What a condition or a template reads of one user and one trigger.
struct Facts {
  const Value* properties = &kNull;  // of the event
  const Value* traits = &kNull;      // of the user
  // For each relation, by its place in `RulePlan.relations`, a bit: whether the user is a member for the event's
  // object.
  std::uint64_t related = 0;
};

// Kleene's three truth values.
enum class Truth : std::uint8_t { False, True, Unknown };

// A condition that can be tested as often as one likes, from any thread.
class Condition {
 public:
  // From what `duly.native.conditions.lower_condition` made of it; throws `Declined` for anything else.
  explicit Condition(const Value& lowered);

  // Throws `Declined` where arithmetic would need whole numbers beyond 64 bits.
  Truth test(const Facts& facts) const { return always_ ? Truth::True : truth(0, facts); }
  // Whether it is no condition at all.
  bool always() const { return always_; }

 private:
  // What a node is: a condition, or from `Constant` on a value.
  enum class Op : std::uint8_t {
    And,
    Or,
    Not,
    Compare,
    OneOf,
    Contains,
    StartsWith,
    EndsWith,
    Missing,
    Related,
    Unknown,
    Constant,
    Event,
    User,
    Add,
    Subtract,
    Multiply,
    Divide,
  };
  enum class Sign : std::uint8_t { Equal, Unequal, Less, AtMost, Greater, AtLeast };

  // Nodes lie in one row, each before what is beneath it.
  struct Node {
    Op op;
    Sign sign = Sign::Equal;  // of `Compare`
    std::uint32_t end = 0;    // the node behind all that is beneath
    std::uint32_t first = 0;  // the constant, path or relation; of `OneOf` the first item
    std::uint32_t count = 0;  // of items
  };

  // Build nodes from what was lowered (condition_lowered.cc).
  void add_condition(const Value& lowered, int depth);
  void add_terms(const Value& lowered, int depth);
  void add_value(const Value& lowered, int depth);
  void add_values(const Value& lowered, std::uint32_t from, int depth);
  void add_comparison(const Value& lowered, int depth, Node& node);
  void add_one_of(const Value& lowered, int depth, Node& node);
  void add_missing(const Value& lowered, int depth);
  void add_relation(const Value& lowered, Node& node);
  std::uint32_t add_constant(const Value& constant);

  Truth truth(std::uint32_t at, const Facts& facts) const;
  Truth connected(std::uint32_t at, const Facts& facts, Truth decisive) const;
  Truth one_of(const Node& node, const Value& value) const;
  static Truth tested(const Node& node, const Value& left, const Value& right);
  static Truth compared(Sign sign, const Value& left, const Value& right);
  Value value(std::uint32_t at, const Facts& facts) const;
  static Value reckoned(Op op, const Value& left, const Value& right);
  const Value& property(const Node& node, const Facts& facts) const;

  bool always_ = false;
  std::vector<Node> nodes_;
  std::vector<Value> constants_;
  std::vector<Path> paths_;
  std::forward_list<std::string> texts_;  // of the constants
};

}  // namespace duly
