#pragma once

#include <string>

#include "value.h"

namespace duly {

// Adds a thing's key as it is filed, as `duly.engine.keys.thing`; false, with nothing added, for a value that
// identifies nothing.
bool thing(const Value& value, std::string& to);

}  // namespace duly
