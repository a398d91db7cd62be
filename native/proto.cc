#include "proto.h"

#include <utility>

#include "declined.h"

namespace duly {

namespace {

constexpr std::uint32_t kVarint = 0, kBytes = 2;
constexpr int kLongestTag = 5;  // protobuf takes no more for one, zeros at its end included
constexpr std::uint64_t kLargestField = 0x1FFFFFFF;
constexpr std::int64_t kSecond = 1'000'000;
constexpr std::size_t kLongestVarint = 10;

std::size_t put_varint(char* to, std::uint64_t number) {
  std::size_t size = 0;
  while (number >= 0x80) {
    to[size++] = static_cast<char>(number | 0x80);
    number >>= 7;
  }
  to[size++] = static_cast<char>(number);
  return size;
}

}  // namespace

bool ProtoReader::next(Field& field) {
  if (at_ == end_) return false;
  const char* start = at_;
  std::uint64_t tag = varint();
  if (at_ - start > kLongestTag) throw Declined();
  std::uint64_t number = tag >> 3;
  if (number == 0 || number > kLargestField) throw Declined();
  field.number = static_cast<std::uint32_t>(number);
  field.is_bytes = (tag & 7) == kBytes;
  if (!field.is_bytes && (tag & 7) != kVarint) throw Declined();
  field.integer = varint();
  if (field.is_bytes) {
    if (field.integer > static_cast<std::uint64_t>(end_ - at_)) throw Declined();
    field.bytes = Text(at_, static_cast<std::size_t>(field.integer));
    at_ += field.integer;
  }
  return true;
}

std::uint64_t ProtoReader::varint() {
  std::uint64_t number = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (at_ == end_) throw Declined();
    auto byte = static_cast<std::uint8_t>(*at_++);
    number |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return number;
  }
  throw Declined();
}

void ProtoWriter::varint(std::uint64_t number) { out_.wrote(put_varint(out_.room(kLongestVarint), number)); }

void ProtoWriter::integer(std::uint32_t field, std::uint64_t value) {
  if (value == 0) return;
  varint(field << 3 | kVarint);
  varint(value);
}

void ProtoWriter::bytes(std::uint32_t field, Text bytes) {
  if (!bytes.empty()) item(field, bytes);
}

void ProtoWriter::item(std::uint32_t field, Text bytes) {
  varint(field << 3 | kBytes);
  varint(bytes.size());
  out_.append(bytes);
}

void ProtoWriter::instant(std::uint32_t field, std::int64_t instant) {
  std::int64_t micros = instant % kSecond;
  if (micros < 0) micros += kSecond;
  auto seconds = static_cast<std::uint64_t>((instant - micros) / kSecond);
  char stamp[2 * (1 + kLongestVarint)];
  std::size_t size = 0;
  for (auto [number, value] : {std::pair(1, seconds), std::pair(2, static_cast<std::uint64_t>(micros * 1000))}) {
    if (value == 0) continue;
    stamp[size++] = static_cast<char>(number << 3 | kVarint);
    size += put_varint(stamp + size, value);
  }
  item(field, {stamp, size});
}

}  // namespace duly
