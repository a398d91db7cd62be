#include "condition.h"

#include <algorithm>

#include "declined.h"
#include "number.h"
#include "values.h"

namespace duly {

namespace {

constexpr std::int64_t kExact = std::int64_t{1} << 53;  // whole numbers up to here are exact as doubles

Truth truth_of(bool truth) { return truth ? Truth::True : Truth::False; }

// Whether a text has a part, or a list an item.
Truth contains(const Value& value, const Value& part) {
  if (is_text(value)) {
    return is_text(part) ? truth_of(value.as_text().find(part.as_text()) != Text::npos) : Truth::Unknown;
  }
  if (value.kind != Kind::List || !(is_text(part) || is_truth(part) || is_finite(part))) return Truth::Unknown;
  const Value* end = value.items + value.count;
  return truth_of(std::any_of(value.items, end,
                              [&](const Value& item) { return are_equatable(item, part) && are_equal(item, part); }));
}

Truth starts_with(const Value& value, const Value& part) {
  if (!is_text(value) || !is_text(part)) return Truth::Unknown;
  return truth_of(value.as_text().substr(0, part.length) == part.as_text());
}

Truth ends_with(const Value& value, const Value& part) {
  if (!is_text(value) || !is_text(part)) return Truth::Unknown;
  if (value.length < part.length) return Truth::False;
  return truth_of(value.as_text().substr(value.length - part.length) == part.as_text());
}

double as_real(const Value& number) {
  return number.kind == Kind::Real ? number.real : static_cast<double>(number.integer);
}

// Null for what is no finite number.
Value real_value(double number) {
  Value value;
  value.kind = Kind::Real;
  value.real = number;
  return is_finite(value) ? value : kNull;
}

bool is_exact(std::int64_t number) { return -kExact <= number && number <= kExact; }

// Python rounds the quotient of two whole numbers once, as that of two doubles is if these are exact.
Value quotient(const Value& left, const Value& right) {
  if (as_real(right) == 0) return kNull;
  bool whole = left.kind == Kind::Integer && right.kind == Kind::Integer;
  if (whole && !(is_exact(left.integer) && is_exact(right.integer))) throw Declined();
  return real_value(as_real(left) / as_real(right));
}

}  // namespace

Truth Condition::truth(std::uint32_t at, const Facts& facts) const {
  const Node& node = nodes_[at];
  switch (node.op) {
    case Op::And:
      return connected(at, facts, Truth::False);
    case Op::Or:
      return connected(at, facts, Truth::True);
    case Op::Not: {
      Truth found = truth(at + 1, facts);
      return found == Truth::Unknown ? found : truth_of(found == Truth::False);
    }
    case Op::OneOf:
      return one_of(node, value(at + 1, facts));
    case Op::Missing:
      return truth_of(property(nodes_[at + 1], facts).is_null());
    case Op::Related:
      return truth_of(facts.related >> node.first & 1);
    case Op::Unknown:
      return Truth::Unknown;
    default:
      return tested(node, value(at + 1, facts), value(nodes_[at + 1].end, facts));
  }
}

// `and` and `or`: what the decisive truth value of any term is, and else unknown if any term is.
Truth Condition::connected(std::uint32_t at, const Facts& facts, Truth decisive) const {
  Truth found = decisive == Truth::True ? Truth::False : Truth::True;
  for (std::uint32_t term = at + 1; term < nodes_[at].end; term = nodes_[term].end) {
    Truth one = truth(term, facts);
    if (one == decisive) return decisive;
    if (one == Truth::Unknown) found = Truth::Unknown;
  }
  return found;
}

Truth Condition::tested(const Node& node, const Value& left, const Value& right) {
  switch (node.op) {
    case Op::Contains:
      return contains(left, right);
    case Op::StartsWith:
      return starts_with(left, right);
    case Op::EndsWith:
      return ends_with(left, right);
    default:
      return compared(node.sign, left, right);
  }
}

Truth Condition::compared(Sign sign, const Value& left, const Value& right) {
  if (sign == Sign::Equal || sign == Sign::Unequal) {
    if (!are_equatable(left, right)) return Truth::Unknown;
    return truth_of(are_equal(left, right) == (sign == Sign::Equal));
  }
  if (!are_orderable(left, right)) return Truth::Unknown;
  int found = order(left, right);
  switch (sign) {
    case Sign::Less:
      return truth_of(found < 0);
    case Sign::AtMost:
      return truth_of(found <= 0);
    case Sign::Greater:
      return truth_of(found > 0);
    default:
      return truth_of(found >= 0);
  }
}

// Unknown for a value of a kind that none of the items is of.
Truth Condition::one_of(const Node& node, const Value& value) const {
  if (!is_text(value) && !is_truth(value) && !is_finite(value)) return Truth::Unknown;
  const Value* first = constants_.data() + node.first;
  const Value* end = first + node.count;
  const Value* place = std::lower_bound(first, end, value, lies_before);
  auto is_alike = [&](const Value& item) { return place_of_kind(item) == place_of_kind(value); };
  if (place != end && is_alike(*place)) return truth_of(!lies_before(value, *place));
  return place != first && is_alike(place[-1]) ? Truth::False : Truth::Unknown;
}

// Null for what is unknown.
Value Condition::value(std::uint32_t at, const Facts& facts) const {
  const Node& node = nodes_[at];
  if (node.op == Op::Constant) return constants_[node.first];
  if (node.op == Op::Event || node.op == Op::User) return property(node, facts);
  return reckoned(node.op, value(at + 1, facts), value(nodes_[at + 1].end, facts));
}

Value Condition::reckoned(Op op, const Value& left, const Value& right) {
  if (!is_finite(left) || !is_finite(right)) return kNull;
  if (op == Op::Divide) return quotient(left, right);
  if (left.kind == Kind::Real || right.kind == Kind::Real) {
    double first = as_real(left), second = as_real(right);
    return real_value(op == Op::Add ? first + second : op == Op::Subtract ? first - second : first * second);
  }
  Value result;
  result.kind = Kind::Integer;
  bool overflows = op == Op::Add        ? __builtin_add_overflow(left.integer, right.integer, &result.integer)
                   : op == Op::Subtract ? __builtin_sub_overflow(left.integer, right.integer, &result.integer)
                                        : __builtin_mul_overflow(left.integer, right.integer, &result.integer);
  if (overflows) throw Declined();
  return result;
}

const Value& Condition::property(const Node& node, const Facts& facts) const {
  return at_path(node.op == Op::User ? *facts.traits : *facts.properties, paths_[node.first]);
}

}  // namespace duly
