#include "json.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <string>
#include <vector>

#include "declined.h"
#include "utf8.h"

namespace duly {

namespace {

constexpr int kDeepest = 64;  // `duly.engine.event.MAX_DEPTH`
constexpr std::size_t kLongestNumber = 64;
constexpr std::size_t kMostMembers = 256;  // of an object: each is compared with those before

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Reads one JSON text (RFC 8259).
class JsonReader {
 public:
  JsonReader(Text json, Arena& arena) : at_(json.data()), end_(at_ + json.size()), arena_(arena) {}

  Value whole() {
    skip_space();
    Value value = read(0);
    skip_space();
    if (at_ != end_) throw Declined();
    return value;
  }

 private:
  Value read(int depth) {
    if (at_ == end_) throw Declined();
    switch (*at_) {
      case '{':
        return object(depth + 1);
      case '[':
        return list(depth + 1);
      case '"':
        return text_value(text());
      case 't':
        return word("true", Kind::True);
      case 'f':
        return word("false", Kind::False);
      case 'n':
        return word("null", Kind::Null);
      default:
        return number();
    }
  }

  Value object(int depth) {
    if (depth > kDeepest) throw Declined();
    std::size_t first = members_.size();
    ++at_;
    skip_space();
    if (!take('}')) {
      do {
        skip_space();
        if (at_ == end_ || *at_ != '"') throw Declined();
        Text name = text();
        skip_space();
        if (!take(':')) throw Declined();
        skip_space();
        Value value = read(depth);
        put(first, name, value);
        skip_space();
      } while (take(','));
      if (!take('}')) throw Declined();
    }
    Value value;
    value.kind = Kind::Object;
    value.count = static_cast<std::uint32_t>(members_.size() - first);
    value.members = kept(members_, first);
    return value;
  }

  // Adds a member to the object whose members begin at `first`. Of equal names the first gives the place and the last
  // the value, as in Python's dict, so that what is written down of it is the same.
  void put(std::size_t first, Text name, const Value& value) {
    if (members_.size() - first >= kMostMembers) throw Declined();
    for (std::size_t place = first; place < members_.size(); ++place) {
      if (members_[place].name == name) {
        members_[place].value = value;
        return;
      }
    }
    members_.push_back({name, value});
  }

  Value list(int depth) {
    if (depth > kDeepest) throw Declined();
    std::size_t first = items_.size();
    ++at_;
    skip_space();
    if (!take(']')) {
      do {
        skip_space();
        Value value = read(depth);
        items_.push_back(value);
        skip_space();
      } while (take(','));
      if (!take(']')) throw Declined();
    }
    Value value;
    value.kind = Kind::List;
    value.count = static_cast<std::uint32_t>(items_.size() - first);
    value.items = kept(items_, first);
    return value;
  }

  // What was pushed from `first` on is popped, and lies in the arena from now on.
  template <typename T>
  T* kept(std::pmr::vector<T>& pushed, std::size_t first) {
    T* found = arena_.array<T>(pushed.size() - first);
    std::uninitialized_copy(pushed.begin() + static_cast<std::ptrdiff_t>(first), pushed.end(), found);
    pushed.resize(first);
    return found;
  }

  static Value text_value(Text text) {
    Value value;
    value.kind = Kind::Text;
    value.text = text.data();
    value.length = static_cast<std::uint32_t>(text.size());
    return value;
  }

  Value word(Text word, Kind kind) {
    if (static_cast<std::size_t>(end_ - at_) < word.size() || Text(at_, word.size()) != word) throw Declined();
    at_ += word.size();
    Value value;
    value.kind = kind;
    return value;
  }

  // A text without escapes is a view of the input.
  Text text() {
    const char* start = ++at_;
    bool ascii = true;
    while (at_ != end_ && *at_ != '"' && *at_ != '\\') {
      if (static_cast<unsigned char>(*at_) < 0x20) throw Declined();
      ascii &= static_cast<unsigned char>(*at_) < 0x80;
      ++at_;
    }
    if (at_ == end_) throw Declined();
    if (*at_ == '\\') return escaped(start);
    Text found(start, static_cast<std::size_t>(at_ - start));
    ++at_;
    if (!ascii && !is_utf8(found)) throw Declined();
    return found;
  }

  Text escaped(const char* start) {
    std::string found(start, static_cast<std::size_t>(at_ - start));
    while (at_ != end_ && *at_ != '"') {
      if (static_cast<unsigned char>(*at_) < 0x20) throw Declined();
      if (*at_ != '\\') {
        found += *at_++;
        continue;
      }
      if (++at_ == end_) throw Declined();
      escape(found);
    }
    if (at_ == end_) throw Declined();
    ++at_;
    if (!is_utf8(found)) throw Declined();
    return arena_.keep(found);
  }

  void escape(std::string& to) {
    switch (*at_++) {
      case '"':
        to += '"';
        return;
      case '\\':
        to += '\\';
        return;
      case '/':
        to += '/';
        return;
      case 'b':
        to += '\b';
        return;
      case 'f':
        to += '\f';
        return;
      case 'n':
        to += '\n';
        return;
      case 'r':
        to += '\r';
        return;
      case 't':
        to += '\t';
        return;
      case 'u':
        append_utf8(to, code_point());
        return;
      default:
        throw Declined();
    }
  }

  std::uint32_t code_point() {
    std::uint32_t code = four_digits();
    if (code < 0xD800 || code > 0xDFFF) return code;
    if (code > 0xDBFF || !take('\\') || !take('u')) throw Declined();
    std::uint32_t low = four_digits();
    if (low < 0xDC00 || low > 0xDFFF) throw Declined();
    return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }

  std::uint32_t four_digits() {
    if (end_ - at_ < 4) throw Declined();
    std::uint32_t code = 0;
    for (int place = 0; place < 4; ++place) {
      char c = *at_++;
      std::uint32_t digit = is_digit(c)              ? static_cast<std::uint32_t>(c - '0')
                            : (c >= 'a' && c <= 'f') ? static_cast<std::uint32_t>(c - 'a' + 10)
                            : (c >= 'A' && c <= 'F') ? static_cast<std::uint32_t>(c - 'A' + 10)
                                                     : 16U;
      if (digit == 16) throw Declined();
      code = code << 4 | digit;
    }
    return code;
  }

  Value number() {
    const char* start = at_;
    bool negative = take('-');
    const char* digits = at_;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    std::ptrdiff_t count = at_ - digits;
    if (count == 0 || (count > 1 && *digits == '0')) throw Declined();
    if (at_ != end_ && (*at_ == '.' || *at_ == 'e' || *at_ == 'E')) return real(start);
    // Nineteen digits may be too many for 64 bits, and minus zero is a zero that remembers its sign in some readers.
    if (count > 18 || (negative && *digits == '0')) throw Declined();
    std::int64_t number = 0;
    for (const char* digit = digits; digit != at_; ++digit) number = number * 10 + (*digit - '0');
    Value value;
    value.kind = Kind::Integer;
    value.integer = negative ? -number : number;
    return value;
  }

  Value real(const char* start) {
    if (take('.') && !some_digits()) throw Declined();
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_;
      if (!take('-')) take('+');
      if (!some_digits()) throw Declined();
    }
    std::size_t length = static_cast<std::size_t>(at_ - start);
    if (length >= kLongestNumber) throw Declined();
    char buffer[kLongestNumber];
    std::memcpy(buffer, start, length);
    buffer[length] = 0;
    Value value;
    value.kind = Kind::Real;
    char* end = nullptr;
    value.real = std::strtod(buffer, &end);
    // Where the process has been given another locale, a point is not what stands before a fraction.
    if (end != buffer + length || !std::isfinite(value.real)) throw Declined();
    return value;
  }

  bool some_digits() {
    const char* start = at_;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return at_ != start;
  }

  bool take(char wanted) {
    if (at_ == end_ || *at_ != wanted) return false;
    ++at_;
    return true;
  }

  void skip_space() {
    while (at_ != end_ && is_space(*at_)) ++at_;
  }

  const char* at_;
  const char* end_;
  Arena& arena_;
  // What is being read at all levels; each level takes its own away when it is complete.
  std::pmr::vector<Member> members_{arena_.memory()};
  std::pmr::vector<Value> items_{arena_.memory()};
};

}  // namespace

Value read_json(Text json, Arena& arena) { return JsonReader(json, arena).whole(); }

}  // namespace duly
