#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <optional>

#include "declined.h"
#include "value.h"

namespace duly {

// An attribute that is a str or bytes; it lives as long as the object has it.
inline Text text_of(const pybind11::object& object, const char* name) { return object.attr(name).cast<Text>(); }

inline std::int64_t integer_of(const pybind11::object& object, const char* name) {
  return object.attr(name).cast<std::int64_t>();
}

// What a function returns, none where it declines.
template <typename Function>
auto or_none(Function function) -> std::optional<decltype(function())> {
  try {
    return function();
  } catch (const Declined&) {
    return std::nullopt;
  }
}

}  // namespace duly
