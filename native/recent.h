#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "large.h"
#include "value.h"

namespace duly {

// Records that were read or written lately, by key, in a fixed number of bytes: who was asked about is soon asked about
// again, and the store looks for a record in several places that are far apart.
//
// A ring of entries, in which the next one takes the place of the oldest, and an index of where each of them lies. A
// record that is written again stays where it is as long as it has room there, else it leaves a gap. The oldest entry
// moves to the front instead of going if it was asked for since it came, or as long as much of the ring is gaps: else
// records that grow would drive out those that do not.
class Recent {
 public:
  explicit Recent(std::size_t bytes);

  // Who deals with many keys fetches all their sets, then all their entries, before asking for the first: one that is
  // waited for takes as long as many that are not.
  void fetch_set(Text key) const;
  void fetch_entry(Text key) const;

  std::optional<Text> find(Text key);
  // Keep a record, instead of what was kept under its key.
  void keep(Text key, Text value);
  // Keep up with a record that was written; one that is not kept comes in only if it is `welcome`.
  void change(Text key, Text value, bool welcome);
  void forget(Text key);
  void clear();

 private:
  static constexpr std::size_t kWays = 8;  // whose places fill one line of the processor's cache

  enum class State : std::uint32_t { Fresh, Asked, Gap };
  // The beginning of an entry; its key and its value follow, then what is left of `room`.
  struct Head {
    std::uint32_t key, value, room;
    State state;

    std::size_t size() const { return sizeof(Head) + key + room; }
  };
  // A place, and what tells most keys that lie in one set apart; 0 is none.
  using Slot = std::uint64_t;

  std::size_t set_of(std::uint64_t hash) const { return (hash & (sets_ - 1)) * kWays; }
  Slot* slots() const { return reinterpret_cast<Slot*>(slots_.get()); }
  Slot* slot_of(Text key, std::uint64_t hash);
  Slot& slot_for(std::size_t set);
  bool is_kept(Slot slot) const;

  void add(Text key, Text value, std::uint64_t hash);
  void forget(Slot& slot);
  void make_room(std::size_t size);
  bool is_short_of(std::size_t size) const { return oldest_ + bytes_ < next_ + size; }
  void pass_oldest(bool may_stay);

  char* at(std::uint64_t place) const { return ring_.get() + place % bytes_; }
  std::size_t left_from(std::uint64_t place) const { return bytes_ - place % bytes_; }
  Head head_at(std::uint64_t place) const;
  Text key_at(std::uint64_t place) const;
  void write(std::uint64_t place, const Head& head, Text key, Text value);
  void put(std::uint64_t place, const Head& head);
  void mark(std::uint64_t place, State state);

  std::size_t bytes_;
  Large ring_;
  // Places count on, round after round: those of the oldest entry and of the next one.
  std::uint64_t oldest_ = 0, next_ = 0;
  std::size_t held_ = 0;  // bytes of the entries that are no gaps
  std::size_t sets_;      // a power of two
  Large slots_;
};

}  // namespace duly
