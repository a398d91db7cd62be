#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "value.h"

namespace duly {

// The items of a message, its repeated field 1, and what number its field 2 holds; false for one with other fields.
bool split(Text message, std::vector<Text>& items, std::uint64_t& number);

// A message with these items in its field 1.
std::string joined(const std::vector<Text>& items);

}  // namespace duly
