#pragma once

#include <cstdint>
#include <string>

#include "value.h"

namespace duly {

// Whether a text is UTF-8, without surrogates and in its shortest form.
bool is_utf8(Text text);

// Adds a code point, which must not be a surrogate.
void append_utf8(std::string& to, std::uint32_t code);

}  // namespace duly
