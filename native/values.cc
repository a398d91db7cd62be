#include "values.h"

namespace duly {

int order(const Value& left, const Value& right) {
  return is_text(left) ? left.as_text().compare(right.as_text()) : compare_numbers(left, right);
}

bool are_equal(const Value& left, const Value& right) {
  if (is_text(left)) return left.as_text() == right.as_text();
  return is_truth(left) ? left.kind == right.kind : compare_numbers(left, right) == 0;
}

int place_of_kind(const Value& value) { return is_text(value) ? 0 : value.is_number() ? 1 : 2; }

bool lies_before(const Value& left, const Value& right) {
  int first = place_of_kind(left), second = place_of_kind(right);
  if (first != second) return first < second;
  return is_truth(left) ? left.kind < right.kind : order(left, right) < 0;
}

}  // namespace duly
