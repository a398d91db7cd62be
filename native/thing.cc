#include "thing.h"

#include <charconv>
#include <cmath>

#include "number.h"

namespace duly {

namespace {

constexpr std::size_t kLongest = 256;  // in characters
constexpr std::size_t kLongestReal = 320;

bool names_something(Text text) {
  if (text.empty() || text.size() > 4 * kLongest) return false;
  std::size_t characters = 0;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) return false;
    characters += (byte & 0xC0) != 0x80;
  }
  return characters <= kLongest;
}

// Python writes an exponent to numbers below 0.0001, and one of at least two digits, as `std::to_chars` does.
void add_fraction(double number, std::string& to) {
  auto format = std::fabs(number) < 1e-4 ? std::chars_format::scientific : std::chars_format::fixed;
  char buffer[kLongestReal];
  to.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, number, format).ptr);
}

void add_real(double number, std::string& to) {
  if (number != std::trunc(number)) return add_fraction(number, to);
  if (auto integer = whole(number)) return add_integer(*integer, to);
  char buffer[kLongestReal];
  to.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::fixed, 0).ptr);
}

}  // namespace

bool thing(const Value& value, std::string& to) {
  switch (value.kind) {
    case Kind::Text:
      if (!names_something(value.as_text())) return false;
      to += '"';
      to += value.as_text();
      to += '"';
      return true;
    case Kind::Integer:
      add_integer(value.integer, to);
      return true;
    case Kind::Real:
      if (!std::isfinite(value.real)) return false;
      add_real(value.real, to);
      return true;
    default:
      return false;
  }
}

}  // namespace duly
