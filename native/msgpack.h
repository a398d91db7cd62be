#pragma once

#include <cstdint>
#include <string>

#include "buffer.h"
#include "value.h"

namespace duly {

// Reads MessagePack as `msgspec.msgpack` writes it; throws `Declined` for what was not expected.
class MsgpackReader {
 public:
  explicit MsgpackReader(Text data) : at_(data.data()), end_(at_ + data.size()) {}

  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  const char* place() const { return at_; }

  std::uint32_t array();
  std::uint32_t map();
  std::int64_t integer();
  bool boolean();
  Text text();
  Text binary();
  Value value(Arena& arena);
  void skip();
  // The bytes of the next value, which is skipped.
  Text raw();
  // All that is left.
  Text rest() const { return {at_, left()}; }

 private:
  std::uint8_t byte();
  std::uint64_t number(int bytes);
  Text bytes(std::size_t count);
  std::uint32_t count(std::uint8_t tag, std::uint8_t fixed, std::uint8_t mask, std::uint8_t wide);
  Value value(Arena& arena, int depth);
  void skip(int depth);

  const char* at_;
  const char* end_;
};

// Writes MessagePack to the byte as `msgspec.msgpack` does: always the shortest form.
class MsgpackWriter {
 public:
  void array(std::size_t count) { head(count, 0x90, 15, 0xDC); }
  void map(std::size_t count) { head(count, 0x80, 15, 0xDE); }
  void integer(std::int64_t number);
  void real(double number);
  void boolean(bool truth) { out_.put(static_cast<char>(truth ? 0xC3 : 0xC2)); }
  void null() { out_.put(static_cast<char>(0xC0)); }
  void text(Text text);
  void binary(Text bytes);
  void value(const Value& value);
  void raw(Text bytes) { out_.append(bytes); }
  // The version that a record starts with: eight bytes, which the store compares.
  void version(std::int64_t version);

  // Makes room for so many bytes more.
  void reserve(std::size_t bytes) { out_.reserve(bytes); }
  void clear() { out_.clear(); }
  Text written() const { return out_.written(); }

 private:
  void head(std::size_t count, std::uint8_t fixed, std::size_t most, std::uint8_t wide);

  Buffer out_;
};

}  // namespace duly
