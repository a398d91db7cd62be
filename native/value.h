#pragma once

#include <cstdint>

#include "arena.h"

namespace duly {

enum class Kind : std::uint8_t { Null, False, True, Integer, Real, Text, List, Object };

struct Member;

// One JSON value. Texts are valid UTF-8; lists and objects lie in an arena.
struct Value {
  Kind kind = Kind::Null;
  std::uint32_t count = 0;  // of items or members
  union {
    std::int64_t integer = 0;
    double real;
    const Value* items;
    const Member* members;
    const char* text;
  };
  std::uint32_t length = 0;  // of the text, in bytes

  bool is_null() const { return kind == Kind::Null; }
  bool is_number() const { return kind == Kind::Integer || kind == Kind::Real; }
  Text as_text() const { return {text, length}; }
  // The value of a name, null where there is none or this is no object.
  const Value& at(Text name) const;
};

struct Member {
  Text name;
  Value value;
};

inline constexpr Value kNull{};

}  // namespace duly
