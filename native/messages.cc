#include "messages.h"

#include "declined.h"
#include "proto.h"

namespace duly {

bool split(Text message, std::vector<Text>& items, std::uint64_t& number) {
  Field field;
  try {
    for (ProtoReader reader(message); reader.next(field);) {
      if (field.number == 1 && field.is_bytes) {
        items.push_back(field.bytes);
      } else if (field.number == 2 && !field.is_bytes) {
        number = field.integer;
      } else {
        return false;
      }
    }
  } catch (const Declined&) {
    return false;
  }
  return true;
}

std::string joined(const std::vector<Text>& items) {
  ProtoWriter message;
  for (Text item : items) message.item(1, item);
  return std::string(message.written());
}

}  // namespace duly
