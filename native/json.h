#pragma once

#include "value.h"

namespace duly {

// The value that JSON text holds, as `msgspec.json` reads it; throws `Declined` for what is no JSON, is nested deeper
// than the engine allows, or holds whole numbers beyond 64 bits or an object with very many members. An object has no
// name twice: what comes last counts, in the place of the first, as in Python's dict.
Value read_json(Text json, Arena& arena);

}  // namespace duly
