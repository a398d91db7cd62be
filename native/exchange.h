#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <memory_resource>
#include <optional>
#include <utility>
#include <vector>

#include "arena.h"
#include "value.h"

// What goes between a batch and a store: to Python, sequences of `bytes`; between the two of them, without making any.
namespace duly {

// Keys that a batch wants to be read.
struct Wanted {
  std::shared_ptr<Arena> arena;  // in which they lie
  std::vector<Text> keys;
};

// What a store read, in the order of the keys; each value lies in the arena or in one of the objects.
struct Values {
  Arena arena;
  std::vector<std::optional<Text>> values;
  pybind11::list objects;
};

// What a batch puts into a store: keys and values.
struct Puts {
  std::shared_ptr<Arena> arena;  // in which they lie
  std::pmr::vector<std::pair<Text, Text>> pairs;
};

}  // namespace duly
