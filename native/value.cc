#include "value.h"

#include <cstring>

namespace duly {

Text Arena::keep(Text text) {
  char* kept = array<char>(text.size());
  if (!text.empty()) std::memcpy(kept, text.data(), text.size());
  return {kept, text.size()};
}

const Value& Value::at(Text name) const {
  if (kind != Kind::Object) return kNull;
  for (std::uint32_t place = count; place > 0; --place) {
    if (members[place - 1].name == name) return members[place - 1].value;
  }
  return kNull;
}

}  // namespace duly
