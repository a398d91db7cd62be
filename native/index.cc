#include "index.h"

#include <cmath>

#include "declined.h"
#include "number.h"

namespace duly {

namespace {

const Value& item(const Value& list, std::uint32_t place) {
  if (list.kind != Kind::List || place >= list.count) throw Declined();
  return list.items[place];
}

template <typename Rules, typename Constant>
auto rules_of(const Rules& rules, Constant constant) {
  auto found = rules.find(constant);
  return found == rules.end() ? typename Rules::mapped_type() : found->second;
}

}  // namespace

// The rules that are always candidates, and for each path what is demanded there.
EventIndex::EventIndex(const Value& lowered) {
  always_ = add_rules(item(lowered, 0));
  const Value& paths = item(lowered, 1);
  if (paths.kind != Kind::List) throw Declined();
  for (std::uint32_t place = 0; place < paths.count; ++place) add_demands(paths.items[place]);
}

EventIndex::Span EventIndex::add_rules(const Value& numbers) {
  if (numbers.kind != Kind::List) throw Declined();
  Span span{static_cast<std::uint32_t>(rules_.size()), numbers.count};
  for (std::uint32_t place = 0; place < numbers.count; ++place) {
    const Value& number = numbers.items[place];
    if (number.kind != Kind::Integer || number.integer < 0 || number.integer > UINT32_MAX) throw Declined();
    rules_.push_back(static_cast<std::uint32_t>(number.integer));
  }
  return span;
}

// A path, and pairs of a constant and the rules that demand it.
void EventIndex::add_demands(const Value& lowered) {
  Demands& demands = by_path_.emplace_back();
  demands.path = path_of(item(lowered, 0));
  const Value& constants = item(lowered, 1);
  if (constants.kind != Kind::List) throw Declined();
  for (std::uint32_t place = 0; place < constants.count; ++place) {
    const Value& pair = constants.items[place];
    add_constant(demands, item(pair, 0), add_rules(item(pair, 1)));
  }
}

void EventIndex::add_constant(Demands& demands, const Value& constant, Span rules) {
  if (constant.kind == Kind::Text) {
    demands.texts[texts_->keep(constant.as_text())] = rules;
  } else if (constant.kind == Kind::Integer) {
    demands.integers[constant.integer] = rules;
  } else if (constant.kind == Kind::Real && whole(constant.real)) {
    demands.integers[*whole(constant.real)] = rules;
  } else if (constant.kind == Kind::Real && std::isfinite(constant.real)) {
    demands.reals[constant.real] = rules;
  } else if (constant.kind == Kind::True || constant.kind == Kind::False) {
    demands.truths[constant.kind == Kind::True] = rules;
  } else {
    throw Declined();
  }
}

void EventIndex::candidates(const Value& properties, std::vector<std::uint32_t>& to) const {
  auto add = [&](Span span) {
    to.insert(to.end(), rules_.begin() + span.first, rules_.begin() + span.first + span.count);
  };
  add(always_);
  for (const Demands& demands : by_path_) add(found(demands, at_path(properties, demands.path)));
}

EventIndex::Span EventIndex::found(const Demands& demands, const Value& value) {
  switch (value.kind) {
    case Kind::Text:
      return rules_of(demands.texts, value.as_text());
    case Kind::Integer:
      return rules_of(demands.integers, value.integer);
    case Kind::Real:
      if (auto integer = whole(value.real)) return rules_of(demands.integers, *integer);
      return rules_of(demands.reals, value.real);
    case Kind::False:
    case Kind::True:
      return demands.truths[value.kind == Kind::True];
    default:
      return {};
  }
}

}  // namespace duly
