#pragma once

#include <pybind11/pybind11.h>

#include "value.h"

namespace duly {

// A lowered plan, or any JSON value, that Python hands over: tuples and lists are lists, dicts are objects. Throws
// `Declined` for whole numbers beyond 64 bits, texts that are not UTF-8, and types that JSON has not.
Value value_of(pybind11::handle object, Arena& arena);

}  // namespace duly
