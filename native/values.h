#pragma once

#include "number.h"
#include "value.h"

namespace duly {

inline bool is_text(const Value& value) { return value.kind == Kind::Text; }
inline bool is_truth(const Value& value) { return value.kind == Kind::True || value.kind == Kind::False; }

// Whether two values are both texts or both finite numbers.
inline bool are_orderable(const Value& left, const Value& right) {
  return (is_text(left) && is_text(right)) || (is_finite(left) && is_finite(right));
}

// Whether two values are orderable or both truth values.
inline bool are_equatable(const Value& left, const Value& right) {
  return are_orderable(left, right) || (is_truth(left) && is_truth(right));
}

// Which of two orderable values is less: negative, 0 or positive. UTF-8 sorts as the characters it stands for.
int order(const Value& left, const Value& right);

// Whether two equatable values are equal.
bool are_equal(const Value& left, const Value& right);

// An order of all texts, finite numbers and truth values: those of one kind lie together, in this order.
int place_of_kind(const Value& value);
bool lies_before(const Value& left, const Value& right);

}  // namespace duly
