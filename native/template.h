#pragma once

#include <optional>
#include <string>
#include <vector>

#include "condition.h"
#include "path.h"
#include "value.h"

namespace duly {

// A text with slots for properties of the trigger and traits of the user, as `duly.conditions.template`.
class Template {
 public:
  // Without parts: the empty text.
  Template() = default;
  // From what `duly.native.templates.lower_template` made of it; throws `Declined` for anything else.
  explicit Template(const Value& lowered);

  // Adds the text; false, with a part of it perhaps added, when a slot has neither a value nor a fallback.
  bool render(const Facts& facts, std::string& to) const;

 private:
  // A slot, or with an empty path the text in `fallback`.
  struct Part {
    Path path;
    bool of_user = false;
    bool percent = false;
    std::optional<std::string> fallback;
  };

  static Part part_of(const Value& lowered);
  static bool fill(const Part& part, const Facts& facts, std::string& to);

  std::vector<Part> parts_;
};

}  // namespace duly
