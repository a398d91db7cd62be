#include "msgpack.h"

#include <cstring>
#include <limits>

#include "declined.h"

namespace duly {

namespace {

constexpr int kDeepest = 128;

// Writes a number, big endian.
void store(char* to, std::uint64_t number, int bytes) {
  for (int place = 0; place < bytes; ++place) to[place] = static_cast<char>(number >> (8 * (bytes - 1 - place)));
}

void tagged(Buffer& out, std::uint8_t tag, std::uint64_t number, int bytes) {
  char* to = out.room(9);
  *to = static_cast<char>(tag);
  store(to + 1, number, bytes);
  out.wrote(static_cast<std::size_t>(bytes) + 1);
}

}  // namespace

std::uint8_t MsgpackReader::byte() {
  if (at_ == end_) throw Declined();
  return static_cast<std::uint8_t>(*at_++);
}

std::uint64_t MsgpackReader::number(int bytes) {
  if (end_ - at_ < bytes) throw Declined();
  std::uint64_t number = 0;
  for (int place = 0; place < bytes; ++place) number = number << 8 | static_cast<std::uint8_t>(*at_++);
  return number;
}

Text MsgpackReader::bytes(std::size_t count) {
  if (left() < count) throw Declined();
  Text found(at_, count);
  at_ += count;
  return found;
}

// The number of items of what has a short form with the count in its tag, and forms with two and four bytes for it.
std::uint32_t MsgpackReader::count(std::uint8_t tag, std::uint8_t fixed, std::uint8_t mask, std::uint8_t wide) {
  if ((tag & static_cast<std::uint8_t>(~mask)) == fixed) return tag & mask;
  if (tag == wide) return static_cast<std::uint32_t>(number(2));
  if (tag == wide + 1) return static_cast<std::uint32_t>(number(4));
  throw Declined();
}

std::uint32_t MsgpackReader::array() { return count(byte(), 0x90, 0x0F, 0xDC); }

std::uint32_t MsgpackReader::map() { return count(byte(), 0x80, 0x0F, 0xDE); }

std::int64_t MsgpackReader::integer() {
  std::uint8_t tag = byte();
  if (tag < 0x80) return tag;
  if (tag >= 0xE0) return static_cast<std::int8_t>(tag);
  switch (tag) {
    case 0xCC:
      return static_cast<std::int64_t>(number(1));
    case 0xCD:
      return static_cast<std::int64_t>(number(2));
    case 0xCE:
      return static_cast<std::int64_t>(number(4));
    case 0xCF: {
      std::uint64_t found = number(8);
      if (found > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) throw Declined();
      return static_cast<std::int64_t>(found);
    }
    case 0xD0:
      return static_cast<std::int8_t>(number(1));
    case 0xD1:
      return static_cast<std::int16_t>(number(2));
    case 0xD2:
      return static_cast<std::int32_t>(number(4));
    case 0xD3:
      return static_cast<std::int64_t>(number(8));
    default:
      throw Declined();
  }
}

bool MsgpackReader::boolean() {
  std::uint8_t tag = byte();
  if (tag != 0xC2 && tag != 0xC3) throw Declined();
  return tag == 0xC3;
}

Text MsgpackReader::text() {
  std::uint8_t tag = byte();
  if (tag == 0xD9) return bytes(number(1));
  return bytes(count(tag, 0xA0, 0x1F, 0xDA));
}

Text MsgpackReader::binary() {
  std::uint8_t tag = byte();
  if (tag == 0xC4) return bytes(number(1));
  if (tag == 0xC5) return bytes(number(2));
  if (tag == 0xC6) return bytes(number(4));
  throw Declined();
}

Value MsgpackReader::value(Arena& arena) { return value(arena, 0); }

Value MsgpackReader::value(Arena& arena, int depth) {
  if (at_ == end_ || depth > kDeepest) throw Declined();
  auto tag = static_cast<std::uint8_t>(*at_);
  Value value;
  if (tag == 0xC0 || tag == 0xC2 || tag == 0xC3) {
    ++at_;
    value.kind = tag == 0xC0 ? Kind::Null : tag == 0xC2 ? Kind::False : Kind::True;
  } else if (tag == 0xCB) {
    ++at_;
    std::uint64_t bits = number(8);
    value.kind = Kind::Real;
    std::memcpy(&value.real, &bits, sizeof bits);
  } else if ((tag >= 0xA0 && tag <= 0xBF) || (tag >= 0xD9 && tag <= 0xDB)) {
    Text found = text();
    value.kind = Kind::Text;
    value.text = found.data();
    value.length = static_cast<std::uint32_t>(found.size());
  } else if ((tag >= 0x90 && tag <= 0x9F) || tag == 0xDC || tag == 0xDD) {
    value.kind = Kind::List;
    value.count = array();
    // Each item takes a byte at least, so that a count out of nowhere takes no memory.
    if (value.count > left()) throw Declined();
    Value* items = arena.array<Value>(value.count);
    for (std::uint32_t place = 0; place < value.count; ++place)
      new (&items[place]) Value(this->value(arena, depth + 1));
    value.items = items;
  } else if ((tag >= 0x80 && tag <= 0x8F) || tag == 0xDE || tag == 0xDF) {
    value.kind = Kind::Object;
    value.count = map();
    if (value.count > left()) throw Declined();
    Member* members = arena.array<Member>(value.count);
    for (std::uint32_t place = 0; place < value.count; ++place) {
      Text name = text();
      new (&members[place]) Member{name, this->value(arena, depth + 1)};
    }
    value.members = members;
  } else {
    value.kind = Kind::Integer;
    value.integer = integer();
  }
  return value;
}

void MsgpackReader::skip() { skip(0); }

void MsgpackReader::skip(int depth) {
  if (at_ == end_ || depth > kDeepest) throw Declined();
  auto tag = static_cast<std::uint8_t>(*at_);
  if (tag == 0xC0 || tag == 0xC2 || tag == 0xC3) {
    ++at_;
  } else if (tag == 0xCB) {
    bytes(9);
  } else if ((tag >= 0xA0 && tag <= 0xBF) || (tag >= 0xD9 && tag <= 0xDB)) {
    text();
  } else if (tag >= 0xC4 && tag <= 0xC6) {
    binary();
  } else if ((tag >= 0x90 && tag <= 0x9F) || tag == 0xDC || tag == 0xDD) {
    for (std::uint32_t items = array(); items > 0; --items) skip(depth + 1);
  } else if ((tag >= 0x80 && tag <= 0x8F) || tag == 0xDE || tag == 0xDF) {
    for (std::uint32_t members = map(); members > 0; --members) {
      skip(depth + 1);
      skip(depth + 1);
    }
  } else if (tag == 0xCF) {
    bytes(9);
  } else {
    integer();
  }
}

Text MsgpackReader::raw() {
  const char* start = at_;
  skip();
  return {start, static_cast<std::size_t>(at_ - start)};
}

void MsgpackWriter::version(std::int64_t version) {
  store(out_.room(8), static_cast<std::uint64_t>(version), 8);
  out_.wrote(8);
}

void MsgpackWriter::head(std::size_t count, std::uint8_t fixed, std::size_t most, std::uint8_t wide) {
  if (count <= most) {
    out_.put(static_cast<char>(fixed | count));
  } else if (count <= 0xFFFF) {
    tagged(out_, wide, count, 2);
  } else {
    tagged(out_, static_cast<std::uint8_t>(wide + 1), count, 4);
  }
}

void MsgpackWriter::integer(std::int64_t number) {
  auto bits = static_cast<std::uint64_t>(number);
  if (number >= -32 && number < 0x80) {
    out_.put(static_cast<char>(number));
  } else if (number >= 0) {
    int power = bits <= 0xFF ? 0 : bits <= 0xFFFF ? 1 : bits <= 0xFFFFFFFF ? 2 : 3;
    tagged(out_, static_cast<std::uint8_t>(0xCC + power), bits, 1 << power);
  } else {
    int power = number >= std::numeric_limits<std::int8_t>::min()    ? 0
                : number >= std::numeric_limits<std::int16_t>::min() ? 1
                : number >= std::numeric_limits<std::int32_t>::min() ? 2
                                                                     : 3;
    tagged(out_, static_cast<std::uint8_t>(0xD0 + power), bits, 1 << power);
  }
}

void MsgpackWriter::real(double number) {
  std::uint64_t bits;
  std::memcpy(&bits, &number, sizeof bits);
  tagged(out_, 0xCB, bits, 8);
}

void MsgpackWriter::text(Text text) {
  if (text.size() > 31 && text.size() <= 0xFF) {
    tagged(out_, 0xD9, text.size(), 1);
  } else {
    head(text.size(), 0xA0, 31, 0xDA);
  }
  out_.append(text);
}

void MsgpackWriter::binary(Text bytes) {
  int power = bytes.size() <= 0xFF ? 0 : bytes.size() <= 0xFFFF ? 1 : 2;
  tagged(out_, static_cast<std::uint8_t>(0xC4 + power), bytes.size(), 1 << power);
  out_.append(bytes);
}

void MsgpackWriter::value(const Value& value) {
  switch (value.kind) {
    case Kind::Null:
      return null();
    case Kind::False:
    case Kind::True:
      return boolean(value.kind == Kind::True);
    case Kind::Integer:
      return integer(value.integer);
    case Kind::Real:
      return real(value.real);
    case Kind::Text:
      return text(value.as_text());
    case Kind::List:
      array(value.count);
      for (std::uint32_t place = 0; place < value.count; ++place) this->value(value.items[place]);
      return;
    case Kind::Object:
      map(value.count);
      for (std::uint32_t place = 0; place < value.count; ++place) {
        text(value.members[place].name);
        this->value(value.members[place].value);
      }
      return;
  }
}

}  // namespace duly
