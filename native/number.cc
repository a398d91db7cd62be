#include "number.h"

#include <charconv>
#include <cmath>

namespace duly {

namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr int kDigits = 12;
constexpr std::size_t kLongestInteger = 24;

int compare(double left, double right) { return left < right ? -1 : left > right ? 1 : 0; }

int compare(std::int64_t left, double right) {
  if (right >= kTwoTo63) return -1;
  if (right < -kTwoTo63) return 1;
  auto whole = static_cast<std::int64_t>(right);
  if (left != whole) return left < whole ? -1 : 1;
  return compare(0.0, right - static_cast<double>(whole));
}

// Adds digits of which the first stands at the given power of ten.
void add_plain(Text digits, int power, std::string& to) {
  if (power < 0) {
    to += "0.";
    to.append(static_cast<std::size_t>(-power - 1), '0');
    to += digits;
    return;
  }
  auto whole = static_cast<std::size_t>(power) + 1;
  to += digits.substr(0, whole);
  if (digits.size() < whole) to.append(whole - digits.size(), '0');
  if (digits.size() > whole) (to += '.') += digits.substr(whole);
}

// As Python's `.12g`, without its exponent and trailing zeros.
void add_real(double number, std::string& to) {
  if (!std::isfinite(number)) {
    to += number < 0 ? "-inf" : number > 0 ? "inf" : "nan";
    return;
  }
  if (number == 0) {
    to += '0';
    return;
  }
  char buffer[kDigits + 16];  // `d.ddddddddddde-ddd`
  if (number < 0) to += '-';
  const char* end =
      std::to_chars(buffer, buffer + sizeof buffer, std::fabs(number), std::chars_format::scientific, kDigits - 1).ptr;
  const char* exponent = buffer + kDigits + 2;
  int power = 0;
  std::from_chars(exponent + (*exponent == '+'), end, power);
  buffer[1] = buffer[0];  // in place of the point
  Text digits(buffer + 1, kDigits);
  add_plain(digits.substr(0, digits.find_last_not_of('0') + 1), power, to);
}

}  // namespace

int compare_numbers(const Value& left, const Value& right) {
  if (left.kind == Kind::Real && right.kind == Kind::Real) return compare(left.real, right.real);
  if (left.kind == Kind::Real) return -compare(right.integer, left.real);
  if (right.kind == Kind::Real) return compare(left.integer, right.real);
  return left.integer < right.integer ? -1 : left.integer > right.integer ? 1 : 0;
}

std::optional<std::int64_t> whole(double number) {
  if (!(-kTwoTo63 <= number && number < kTwoTo63) || number != std::trunc(number)) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

void add_integer(std::int64_t number, std::string& to) {
  char buffer[kLongestInteger];
  to.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, number).ptr);
}

void add_number_words(const Value& number, std::string& to) {
  if (number.kind == Kind::Integer) return add_integer(number.integer, to);
  add_real(number.real, to);
}

void add_percent_words(const Value& number, std::string& to) {
  if (number.kind == Kind::Real) return add_real(number.real * 100, to);
  add_integer(number.integer, to);
  if (number.integer != 0) to += "00";
}

}  // namespace duly
