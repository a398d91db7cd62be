#include "value.h"

namespace duly {

const Value& Value::at(Text name) const {
  if (kind != Kind::Object) return kNull;
  for (std::uint32_t place = count; place > 0; --place) {
    if (members[place - 1].name == name) return members[place - 1].value;
  }
  return kNull;
}

}  // namespace duly
