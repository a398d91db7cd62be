#pragma once

#include "value.h"

namespace duly {

inline bool is_text(const Value& value) { return value.kind == Kind::Text; }
inline bool is_truth(const Value& value) { return value.kind == Kind::True || value.kind == Kind::False; }

// Whether two values are both texts or both finite numbers.
bool are_orderable(const Value& left, const Value& right);

// Which of two orderable values is less: negative, 0 or positive. UTF-8 sorts as the characters it stands for.
int order(const Value& left, const Value& right);

// Whether two values are equal in kind and value; lists and objects never are.
bool are_equal(const Value& left, const Value& right);

// An order of all texts, finite numbers and truth values: those of one kind lie together, in this order.
int place_of_kind(const Value& value);
bool lies_before(const Value& left, const Value& right);

}  // namespace duly
