#include "recent.h"

#include <algorithm>
#include <cstring>
#include <functional>

namespace duly {

namespace {

constexpr std::size_t kLargest = 4 * 1024;  // of a record; larger ones are few, and would drive out many
constexpr std::size_t kUsual = 96;          // bytes of an entry, of which half have less
constexpr std::size_t kSpare = 8;           // the part of a value that it may grow by where it lies
constexpr std::size_t kFree = 8;            // the part of the ring that is made free ahead of time
constexpr std::size_t kPasses = 8;          // of the oldest entries, at most, while less is free, for each new one
constexpr std::size_t kAligned = 8, kLine = 64;
constexpr unsigned kPlaceBits = 48;  // of a slot; the others are the tag
constexpr std::uint64_t kPlace = (std::uint64_t{1} << kPlaceBits) - 1;
constexpr std::uint64_t kLast = kPlace / 2 * kAligned;  // after which places begin anew

std::uint64_t hash_of(Text key) { return std::hash<Text>()(key); }
std::uint64_t tag_of(std::uint64_t hash) { return hash >> kPlaceBits << kPlaceBits; }

// Places are told from nothing by being one more.
std::uint64_t slot_with(std::uint64_t hash, std::uint64_t place) { return tag_of(hash) | (place / kAligned + 1); }
std::uint64_t place_of(std::uint64_t slot) { return ((slot & kPlace) - 1) * kAligned; }

std::uint32_t narrow(std::size_t size) { return static_cast<std::uint32_t>(size); }

std::size_t power_of_two(std::size_t least) {
  std::size_t found = 1;
  while (found < least) found *= 2;
  return found;
}

}  // namespace

Recent::Recent(std::size_t bytes)
    : bytes_(std::max(bytes, 4 * kLargest) / kAligned * kAligned),
      ring_(bytes_),
      sets_(power_of_two(bytes_ / kUsual / kWays)),
      slots_(sets_ * kWays * sizeof(Slot)) {
  clear();
}

void Recent::fetch_set(Text key) const { __builtin_prefetch(slots() + set_of(hash_of(key))); }

void Recent::fetch_entry(Text key) const {
  std::uint64_t hash = hash_of(key);
  const Slot* set = slots() + set_of(hash);
  for (std::size_t way = 0; way < kWays; ++way) {
    if (set[way] == 0 || tag_of(set[way]) != tag_of(hash)) continue;
    const char* entry = at(place_of(set[way]));
    __builtin_prefetch(entry);
    __builtin_prefetch(entry + kLine);
  }
}

std::optional<Text> Recent::find(Text key) {
  const Slot* slot = slot_of(key, hash_of(key));
  if (slot == nullptr) return std::nullopt;
  std::uint64_t place = place_of(*slot);
  Head head = head_at(place);
  if (head.state != State::Asked) mark(place, State::Asked);
  return Text(at(place) + sizeof(Head) + head.key, head.value);
}

void Recent::keep(Text key, Text value) {
  std::uint64_t hash = hash_of(key);
  Slot* slot = slot_of(key, hash);
  if (slot != nullptr) forget(*slot);
  add(key, value, hash);
}

void Recent::change(Text key, Text value, bool welcome) {
  std::uint64_t hash = hash_of(key);
  Slot* slot = slot_of(key, hash);
  if (slot == nullptr) {
    if (welcome) add(key, value, hash);
    return;
  }
  std::uint64_t place = place_of(*slot);
  Head head = head_at(place);
  if (value.size() <= head.room) {
    head.value = narrow(value.size());
    write(place, head, key, value);
  } else {
    forget(*slot);
    add(key, value, hash);
  }
}

void Recent::forget(Text key) {
  Slot* slot = slot_of(key, hash_of(key));
  if (slot != nullptr) forget(*slot);
}

void Recent::clear() {
  std::fill_n(slots(), sets_ * kWays, 0);
  oldest_ = next_ = held_ = 0;
}

bool Recent::is_kept(Slot slot) const { return slot != 0 && place_of(slot) >= oldest_; }

Recent::Slot* Recent::slot_of(Text key, std::uint64_t hash) {
  Slot* set = slots() + set_of(hash);
  for (std::size_t way = 0; way < kWays; ++way) {
    if (!is_kept(set[way]) || tag_of(set[way]) != tag_of(hash)) continue;
    if (key_at(place_of(set[way])) == key) return &set[way];
  }
  return nullptr;
}

// A free slot of a set, else that of its oldest entry.
Recent::Slot& Recent::slot_for(std::size_t set) {
  Slot* oldest = slots() + set;
  for (std::size_t way = 0; way < kWays; ++way) {
    Slot& slot = slots()[set + way];
    if (!is_kept(slot)) return slot;
    if ((slot & kPlace) < (*oldest & kPlace)) oldest = &slot;
  }
  return *oldest;
}

// Keep a record of which nothing is kept.
void Recent::add(Text key, Text value, std::uint64_t hash) {
  std::size_t size = sizeof(Head) + key.size() + value.size();
  if (size > kLargest) return;
  size = (size + value.size() / kSpare + kAligned - 1) / kAligned * kAligned;
  if (next_ > kLast) clear();
  make_room(size);
  Slot& slot = slot_for(set_of(hash));
  if (is_kept(slot)) forget(slot);
  slot = slot_with(hash, next_);
  write(next_, {narrow(key.size()), narrow(value.size()), narrow(size - sizeof(Head) - key.size()), State::Fresh}, key,
        value);
  held_ += size;
  next_ += size;
}

// The entry that a slot leads to becomes a gap.
void Recent::forget(Slot& slot) {
  std::uint64_t place = place_of(slot);
  held_ -= head_at(place).size();
  mark(place, State::Gap);
  slot = 0;
}

// See to it that an entry may lie at `next_`. Some room is made ahead, so that a stretch of entries that all stay holds
// up nobody for long.
void Recent::make_room(std::size_t size) {
  for (std::size_t pass = 0; pass < kPasses && is_short_of(bytes_ / kFree); ++pass) pass_oldest(true);
  for (;;) {
    std::size_t left = left_from(next_);
    if (is_short_of(std::min(left, size))) {
      pass_oldest(false);
    } else if (left < size) {
      // No entry goes on at the beginning of the ring.
      if (left >= sizeof(Head)) put(next_, {0, 0, narrow(left - sizeof(Head)), State::Gap});
      next_ += left;
    } else {
      return;
    }
  }
}

// Let the oldest entry go, or move it to the front if that is worth it.
void Recent::pass_oldest(bool may_stay) {
  std::uint64_t place = oldest_;
  if (left_from(place) < sizeof(Head)) {
    oldest_ += left_from(place);
    return;
  }
  Head head = head_at(place);
  std::size_t size = head.size();
  bool is_gap = head.state == State::Gap;
  bool worthy = head.state == State::Asked || held_ < bytes_ - 2 * (bytes_ / kFree);
  Slot* slot = is_gap ? nullptr : slot_of(key_at(place), hash_of(key_at(place)));
  oldest_ += size;
  if (is_gap) return;
  if (slot == nullptr || !may_stay || !worthy || size > left_from(next_)) {
    held_ -= size;
    return;
  }
  std::memmove(at(next_), at(place), size);
  mark(next_, State::Fresh);
  *slot = tag_of(*slot) | slot_with(0, next_);
  next_ += size;
}

void Recent::write(std::uint64_t place, const Head& head, Text key, Text value) {
  put(place, head);
  char* text = at(place) + sizeof(Head);
  key.copy(text, key.size());
  value.copy(text + key.size(), value.size());
}

void Recent::put(std::uint64_t place, const Head& head) { std::memcpy(at(place), &head, sizeof(Head)); }

void Recent::mark(std::uint64_t place, State state) {
  Head head = head_at(place);
  head.state = state;
  put(place, head);
}

Recent::Head Recent::head_at(std::uint64_t place) const {
  Head head;
  std::memcpy(&head, at(place), sizeof(Head));
  return head;
}

Text Recent::key_at(std::uint64_t place) const { return {at(place) + sizeof(Head), head_at(place).key}; }

}  // namespace duly
