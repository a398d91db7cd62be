#pragma once

#include <cstdint>

#include "user.h"
#include "value.h"

namespace duly {

// What `duly.engine.observe` learns about a user from an event of the instant `time`; each
// tells, as that does, whether anything changed. Texts are copied; the values of traits live as long as the event's.
bool take_traits(User& user, const Value& traits, std::int64_t time, Arena& arena);
bool take_zone(User& user, Text zone, std::int64_t time, Arena& arena);

}  // namespace duly
