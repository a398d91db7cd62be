#pragma once

#include <cstdint>

#include "buffer.h"
#include "value.h"

namespace duly {

// One field of a protobuf message: a number, or the bytes of a text or of a message inside.
struct Field {
  std::uint32_t number = 0;
  bool is_bytes = false;
  std::uint64_t integer = 0;
  Text bytes;
};

// Reads the wire format of protobuf, field by field; throws `Declined` for what is cut, or has a type of other fields.
class ProtoReader {
 public:
  explicit ProtoReader(Text message) : at_(message.data()), end_(at_ + message.size()) {}

  // Whether there was one more field.
  bool next(Field& field);

 private:
  std::uint64_t varint();

  const char* at_;
  const char* end_;
};

// Writes the wire format of protobuf; what has the default value is left out, as protobuf does.
class ProtoWriter {
 public:
  void integer(std::uint32_t field, std::uint64_t value);
  void bytes(std::uint32_t field, Text bytes);
  // A field that is there even if it is empty: a message, or an item of a repeated field.
  void item(std::uint32_t field, Text bytes);
  // A `google.protobuf.Timestamp` of an instant in microseconds.
  void instant(std::uint32_t field, std::int64_t instant);
  void raw(Text bytes) { out_.append(bytes); }

  void clear() { out_.clear(); }
  Text written() const { return out_.written(); }

 private:
  void varint(std::uint64_t number);

  Buffer out_;
};

}  // namespace duly
