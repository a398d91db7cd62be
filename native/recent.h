#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "value.h"

namespace duly {

// Records that were read lately, by key, in a fixed number of bytes: who was asked about is soon asked about again, and
// the store looks for a record in several places that are far apart.
//
// A ring of entries, in which the next one overwrites the oldest, and an index of where each of them lies.
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
  // Keep up with a record that was written.
  void change(Text key, Text value);
  void forget(Text key);
  void clear();

 private:
  static constexpr std::size_t kWays = 8;  // whose places fill one line of the processor's cache

  // The beginning of an entry; its key and its value follow.
  struct Head {
    std::uint32_t key, value;
  };
  // A place, and what tells most keys that lie in one set apart; 0 is none.
  using Slot = std::uint64_t;

  std::size_t set_of(std::uint64_t hash) const { return (hash & mask_) * kWays; }
  bool is_live(std::uint64_t place) const { return place + bytes_ >= next_; }
  Slot* slot_of(Text key, std::uint64_t hash);
  Slot& slot_for(std::size_t set);
  Text key_at(std::uint64_t place) const;

  std::size_t bytes_;
  std::unique_ptr<char[]> ring_;  // not touched, and so not in memory, before it is needed
  std::uint64_t next_ = 0;        // the place of the next entry; places count on, round after round
  std::size_t mask_;
  std::vector<Slot> slots_;
};

}  // namespace duly
