#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "value.h"

namespace duly {

// Whether a value is a number that can be reckoned with, as `duly.conditions.code.is_number`.
inline bool is_finite(const Value& value) {
  return value.kind == Kind::Integer || (value.kind == Kind::Real && std::isfinite(value.real));
}

// Which of two numbers is less: negative, 0 or positive, without rounding either. Neither may be NaN.
int compare_numbers(const Value& left, const Value& right);

// The whole number that a real one is equal to, if 64 bits hold it.
std::optional<std::int64_t> whole(double number);

// Adds the decimal digits of a whole number.
void add_integer(std::int64_t number, std::string& to);

// Adds a number as people write it, or its hundredfold, as `duly.conditions.words.number_words`.
void add_number_words(const Value& number, std::string& to);
void add_percent_words(const Value& number, std::string& to);

}  // namespace duly
