#include "recent.h"

#include <algorithm>
#include <cstring>
#include <functional>

namespace duly {

namespace {

constexpr std::size_t kLargest = 4 * 1024;  // of a record; larger ones are few, and would drive out many
constexpr std::size_t kUsual = 96;          // bytes of an entry, of which half have less
constexpr std::size_t kAligned = 8, kLine = 64;
constexpr unsigned kPlaceBits = 48;  // of a slot; the others are the tag
constexpr std::uint64_t kPlace = (std::uint64_t{1} << kPlaceBits) - 1;
constexpr std::uint64_t kLast = kPlace / 2 * kAligned;  // after which places begin anew

std::uint64_t hash_of(Text key) { return std::hash<Text>()(key); }
std::uint64_t tag_of(std::uint64_t hash) { return hash >> kPlaceBits << kPlaceBits; }

// Places are told from nothing by being one more.
std::uint64_t slot_with(std::uint64_t hash, std::uint64_t place) { return tag_of(hash) | (place / kAligned + 1); }
std::uint64_t place_of(std::uint64_t slot) { return ((slot & kPlace) - 1) * kAligned; }

std::size_t power_of_two(std::size_t least) {
  std::size_t found = 1;
  while (found < least) found *= 2;
  return found;
}

}  // namespace

Recent::Recent(std::size_t bytes)
    : bytes_(std::max(bytes, 4 * kLargest) / kAligned * kAligned),
      ring_(new char[bytes_]),
      mask_(power_of_two(bytes_ / kUsual / kWays) - 1),
      slots_((mask_ + 1) * kWays) {}

void Recent::fetch_set(Text key) const { __builtin_prefetch(&slots_[set_of(hash_of(key))]); }

void Recent::fetch_entry(Text key) const {
  std::uint64_t hash = hash_of(key);
  const Slot* set = &slots_[set_of(hash)];
  for (std::size_t way = 0; way < kWays; ++way) {
    if (set[way] == 0 || tag_of(set[way]) != tag_of(hash)) continue;
    const char* entry = &ring_[place_of(set[way]) % bytes_];
    __builtin_prefetch(entry);
    __builtin_prefetch(entry + kLine);
  }
}

std::optional<Text> Recent::find(Text key) {
  const Slot* slot = slot_of(key, hash_of(key));
  if (slot == nullptr) return std::nullopt;
  Text kept = key_at(place_of(*slot));
  Head head;
  std::memcpy(&head, kept.data() - sizeof(Head), sizeof(Head));
  return Text(kept.data() + kept.size(), head.value);
}

Recent::Slot* Recent::slot_of(Text key, std::uint64_t hash) {
  Slot* set = &slots_[set_of(hash)];
  for (std::size_t way = 0; way < kWays; ++way) {
    if (set[way] == 0 || tag_of(set[way]) != tag_of(hash)) continue;
    std::uint64_t place = place_of(set[way]);
    if (is_live(place) && key_at(place) == key) return &set[way];
  }
  return nullptr;
}

void Recent::keep(Text key, Text value) {
  std::size_t size = sizeof(Head) + key.size() + value.size();
  if (size > kLargest) return forget(key);
  size = (size + kAligned - 1) / kAligned * kAligned;
  if (next_ > kLast) clear();
  // No entry goes on at the beginning of the ring.
  std::size_t offset = next_ % bytes_;
  if (offset + size > bytes_) next_ += bytes_ - offset;
  std::uint64_t hash = hash_of(key), place = next_;
  next_ += size;
  char* entry = &ring_[place % bytes_];
  Head head{static_cast<std::uint32_t>(key.size()), static_cast<std::uint32_t>(value.size())};
  // Before the key that it is found by is overwritten.
  Slot* kept = slot_of(key, hash);
  std::memcpy(entry, &head, sizeof(Head));
  std::memcpy(entry + sizeof(Head), key.data(), key.size());
  std::memcpy(entry + sizeof(Head) + key.size(), value.data(), value.size());
  Slot& slot = kept != nullptr ? *kept : slot_for(set_of(hash));
  slot = slot_with(hash, place);
}

// A free slot of a set, else that of its oldest entry.
Recent::Slot& Recent::slot_for(std::size_t set) {
  Slot* oldest = &slots_[set];
  for (std::size_t way = 0; way < kWays; ++way) {
    Slot& slot = slots_[set + way];
    if (slot == 0 || !is_live(place_of(slot))) return slot;
    if ((slot & kPlace) < (*oldest & kPlace)) oldest = &slot;
  }
  return *oldest;
}

void Recent::change(Text key, Text value) {
  if (slot_of(key, hash_of(key)) != nullptr) keep(key, value);
}

void Recent::forget(Text key) {
  Slot* slot = slot_of(key, hash_of(key));
  if (slot != nullptr) *slot = 0;
}

void Recent::clear() {
  std::fill(slots_.begin(), slots_.end(), 0);
  next_ = 0;
}

Text Recent::key_at(std::uint64_t place) const {
  const char* entry = &ring_[place % bytes_];
  Head head;
  std::memcpy(&head, entry, sizeof(Head));
  return {entry + sizeof(Head), head.key};
}

}  // namespace duly
