#include "path.h"

#include "declined.h"

namespace duly {

namespace {

void all_from(const Value& value, const Path& path, std::size_t depth, std::vector<const Value*>& to);

void all_from_item(const Value& item, const Path& path, std::size_t depth, std::vector<const Value*>& to) {
  if (depth < path.size()) {
    if (item.kind == Kind::Object) all_from(item.at(path[depth]), path, depth + 1, to);
  } else if (!item.is_null()) {
    to.push_back(&item);
  }
}

void all_from(const Value& value, const Path& path, std::size_t depth, std::vector<const Value*>& to) {
  if (value.kind != Kind::List) return all_from_item(value, path, depth, to);
  for (std::uint32_t place = 0; place < value.count; ++place) all_from_item(value.items[place], path, depth, to);
}

}  // namespace

Path path_of(const Value& names) {
  if (names.kind != Kind::List || names.count == 0) throw Declined();
  Path path;
  for (std::uint32_t place = 0; place < names.count; ++place) {
    if (names.items[place].kind != Kind::Text) throw Declined();
    path.emplace_back(names.items[place].as_text());
  }
  return path;
}

const Value& at_path(const Value& properties, const Path& path) {
  const Value* value = &properties;
  for (const std::string& name : path) value = &value->at(name);
  return *value;
}

void all_at_path(const Value& properties, const Path& path, std::vector<const Value*>& to) {
  all_from(properties, path, 0, to);
}

void things_at(const Value& properties, const Path& key, const Path& listed, std::vector<const Value*>& to) {
  std::size_t before = to.size();
  all_at_path(properties, key, to);
  if (to.size() == before) all_at_path(properties, listed, to);
}

}  // namespace duly
