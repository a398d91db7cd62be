#pragma once

#include <cstddef>
#include <cstring>
#include <memory>

#include "value.h"

namespace duly {

// Bytes that are written one after the other. Cheaper than a string, which is checked for room and ended anew each
// time.
class Buffer {
 public:
  // Where up to `most` bytes may be written; how many were is then told to `wrote`.
  char* room(std::size_t most) {
    if (capacity_ - size_ < most) grow(most);
    return bytes_.get() + size_;
  }
  void wrote(std::size_t count) { size_ += count; }

  void put(char byte) {
    *room(1) = byte;
    wrote(1);
  }
  void append(Text bytes) {
    if (bytes.empty()) return;
    std::memcpy(room(bytes.size()), bytes.data(), bytes.size());
    wrote(bytes.size());
  }
  void reserve(std::size_t more) { room(more); }
  void clear() { size_ = 0; }
  // What was written since it was cleared; until more is written.
  Text written() const { return {bytes_.get(), size_}; }

 private:
  void grow(std::size_t more) {
    capacity_ = 2 * capacity_ + more + kLeast;
    std::unique_ptr<char[]> larger(new char[capacity_]);
    if (size_ > 0) std::memcpy(larger.get(), bytes_.get(), size_);
    bytes_ = std::move(larger);
  }

  static constexpr std::size_t kLeast = 64;

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0, capacity_ = 0;
};

}  // namespace duly
