#pragma once

#include <string>
#include <vector>

#include "value.h"

namespace duly {

// The names that lead to a value, from the outermost object inwards.
using Path = std::vector<std::string>;

// The path of a list of names, as plans are lowered; throws `Declined` for anything else.
Path path_of(const Value& names);

// The value at a path, null where there is none.
const Value& at_path(const Value& properties, const Path& path);

// Adds the values at a path that may lead through lists, such as `products.product_id`; nulls are none.
void all_at_path(const Value& properties, const Path& path, std::vector<const Value*>& to);

// Adds the keys of the things in an event that change a relation, as `RelationUpdate.things`: they lie under `key`, or
// under `listed` in each of several.
void things_at(const Value& properties, const Path& key, const Path& listed, std::vector<const Value*>& to);

}  // namespace duly
