#pragma once

#include <string>
#include <vector>

#include "value.h"

namespace duly {

// The items of a message that has one repeated field of messages, with the number 1, and no other; false for any other.
bool split(Text message, std::vector<Text>& items);

// A message with these items in its field 1.
std::string joined(const std::vector<Text>& items);

}  // namespace duly
