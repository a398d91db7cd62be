#include <algorithm>
#include <array>
#include <utility>

#include "condition.h"
#include "declined.h"
#include "number.h"
#include "values.h"

namespace duly {

namespace {

constexpr int kDeepest = 64;
constexpr std::int64_t kRelations = 64;

template <typename Meaning, std::size_t size>
using Words = std::array<std::pair<Text, Meaning>, size>;

// What a word means; throws `Declined` for one that is not known.
template <typename Meaning, std::size_t size>
Meaning meaning(const Words<Meaning, size>& words, Text word) {
  for (const auto& [known, found] : words) {
    if (known == word) return found;
  }
  throw Declined();
}

Text text_at(const Value& list, std::uint32_t place) {
  if (list.kind != Kind::List || place >= list.count || !is_text(list.items[place])) throw Declined();
  return list.items[place].as_text();
}

void expect_count(const Value& lowered, std::uint32_t count) {
  if (lowered.count != count) throw Declined();
}

}  // namespace

Condition::Condition(const Value& lowered) {
  always_ = text_at(lowered, 0) == "always";
  if (always_) {
    expect_count(lowered, 1);
  } else {
    add_condition(lowered, 0);
  }
}

void Condition::add_condition(const Value& lowered, int depth) {
  static constexpr Words<Op, 11> kWords{{{"and", Op::And},
                                         {"or", Op::Or},
                                         {"not", Op::Not},
                                         {"compare", Op::Compare},
                                         {"one of", Op::OneOf},
                                         {"contains", Op::Contains},
                                         {"starts with", Op::StartsWith},
                                         {"ends with", Op::EndsWith},
                                         {"missing", Op::Missing},
                                         {"related", Op::Related},
                                         {"unknown", Op::Unknown}}};
  if (depth > kDeepest) throw Declined();
  std::size_t at = nodes_.size();
  Node node{meaning(kWords, text_at(lowered, 0))};
  nodes_.push_back(node);
  switch (node.op) {
    case Op::And:
    case Op::Or:
      if (lowered.count < 2) throw Declined();
      add_terms(lowered, depth);
      break;
    case Op::Not:
      expect_count(lowered, 2);
      add_terms(lowered, depth);
      break;
    case Op::Compare:
      add_comparison(lowered, depth, node);
      break;
    case Op::OneOf:
      add_one_of(lowered, depth, node);
      break;
    case Op::Missing:
      add_missing(lowered, depth);
      break;
    case Op::Related:
      add_relation(lowered, node);
      break;
    case Op::Unknown:
      expect_count(lowered, 1);
      break;
    default:
      add_values(lowered, 1, depth);
  }
  node.end = static_cast<std::uint32_t>(nodes_.size());
  nodes_[at] = node;
}

void Condition::add_terms(const Value& lowered, int depth) {
  for (std::uint32_t place = 1; place < lowered.count; ++place) add_condition(lowered.items[place], depth + 1);
}

void Condition::add_comparison(const Value& lowered, int depth, Node& node) {
  static constexpr Words<Sign, 6> kWords{{{"=", Sign::Equal},
                                          {"!=", Sign::Unequal},
                                          {"<", Sign::Less},
                                          {"<=", Sign::AtMost},
                                          {">", Sign::Greater},
                                          {">=", Sign::AtLeast}}};
  node.sign = meaning(kWords, text_at(lowered, 1));
  add_values(lowered, 2, depth);
}

// The value, then the items, which are sorted so that one of many is found as soon.
void Condition::add_one_of(const Value& lowered, int depth, Node& node) {
  if (lowered.count < 2) throw Declined();
  add_value(lowered.items[1], depth + 1);
  node.first = static_cast<std::uint32_t>(constants_.size());
  node.count = lowered.count - 2;
  for (std::uint32_t place = 2; place < lowered.count; ++place) add_constant(lowered.items[place]);
  std::sort(constants_.begin() + node.first, constants_.end(), lies_before);
}

void Condition::add_missing(const Value& lowered, int depth) {
  expect_count(lowered, 2);
  std::size_t at = nodes_.size();
  add_value(lowered.items[1], depth + 1);
  if (nodes_[at].op != Op::Event && nodes_[at].op != Op::User) throw Declined();
}

void Condition::add_relation(const Value& lowered, Node& node) {
  expect_count(lowered, 2);
  const Value& relation = lowered.items[1];
  if (relation.kind != Kind::Integer || relation.integer < 0 || relation.integer >= kRelations) throw Declined();
  node.first = static_cast<std::uint32_t>(relation.integer);
}

void Condition::add_value(const Value& lowered, int depth) {
  static constexpr Words<Op, 7> kWords{{{"constant", Op::Constant},
                                        {"event", Op::Event},
                                        {"user", Op::User},
                                        {"+", Op::Add},
                                        {"-", Op::Subtract},
                                        {"*", Op::Multiply},
                                        {"/", Op::Divide}}};
  if (depth > kDeepest) throw Declined();
  std::size_t at = nodes_.size();
  Node node{meaning(kWords, text_at(lowered, 0))};
  nodes_.push_back(node);
  switch (node.op) {
    case Op::Constant:
      expect_count(lowered, 2);
      node.first = add_constant(lowered.items[1]);
      break;
    case Op::Event:
    case Op::User:
      expect_count(lowered, 2);
      node.first = static_cast<std::uint32_t>(paths_.size());
      paths_.push_back(path_of(lowered.items[1]));
      break;
    default:
      add_values(lowered, 1, depth);
  }
  node.end = static_cast<std::uint32_t>(nodes_.size());
  nodes_[at] = node;
}

// The two values from a place on.
void Condition::add_values(const Value& lowered, std::uint32_t from, int depth) {
  expect_count(lowered, from + 2);
  add_value(lowered.items[from], depth + 1);
  add_value(lowered.items[from + 1], depth + 1);
}

std::uint32_t Condition::add_constant(const Value& constant) {
  if (!is_text(constant) && !is_truth(constant) && !is_finite(constant)) throw Declined();
  constants_.push_back(constant);
  if (is_text(constant)) constants_.back().text = texts_.emplace_front(constant.as_text()).data();
  return static_cast<std::uint32_t>(constants_.size() - 1);
}

}  // namespace duly
