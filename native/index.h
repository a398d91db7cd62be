#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "path.h"
#include "value.h"

namespace duly {

// The rules that listen to one event name, by their numbers, as `duly.planning.index.EventIndex`.
class EventIndex {
 public:
  // Without rules.
  EventIndex() = default;
  // From what `duly.native.index.lower_index` made of it; throws `Declined` for anything else.
  explicit EventIndex(const Value& lowered);

  // Adds the numbers of the rules that an event with these properties can match, in the order of the Python index.
  void candidates(const Value& properties, std::vector<std::uint32_t>& to) const;

 private:
  struct Span {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };

  // The rules that demand a constant at one path.
  struct Demands {
    Path path;
    std::unordered_map<Text, Span> texts;
    std::unordered_map<std::int64_t, Span> integers;  // those included that are written as 1.0
    std::unordered_map<double, Span> reals;
    std::array<Span, 2> truths;
  };

  Span add_rules(const Value& numbers);
  void add_demands(const Value& lowered);
  void add_constant(Demands& demands, const Value& constant, Span rules);
  static Span found(const Demands& demands, const Value& value);

  std::vector<std::uint32_t> rules_;
  Span always_;
  std::vector<Demands> by_path_;
  std::unique_ptr<Arena> texts_ = std::make_unique<Arena>();  // of the constants
};

}  // namespace duly
