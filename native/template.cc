#include "template.h"

#include "declined.h"
#include "number.h"
#include "values.h"

namespace duly {

namespace {

// Adds a value as people write it; false for what is not printed.
bool add_printed(const Value& value, bool percent, std::string& to) {
  if (is_finite(value)) {
    if (!percent) {
      add_number_words(value, to);
    } else {
      add_percent_words(value, to);
      to += '%';
    }
    return true;
  }
  if (percent) return false;
  if (value.kind == Kind::Text) {
    to += value.as_text();
    return true;
  }
  if (value.kind != Kind::True && value.kind != Kind::False) return false;
  to += value.kind == Kind::True ? "true" : "false";
  return true;
}

}  // namespace

Template::Template(const Value& lowered) {
  if (lowered.kind != Kind::List) throw Declined();
  parts_.reserve(lowered.count);
  for (std::uint32_t place = 0; place < lowered.count; ++place) parts_.push_back(part_of(lowered.items[place]));
}

// A text, or a slot: whether it is of the user, its path, its fallback or null, and whether it is a percentage.
Template::Part Template::part_of(const Value& lowered) {
  Part part;
  if (lowered.kind == Kind::Text) {
    part.fallback = lowered.as_text();
    return part;
  }
  if (lowered.kind != Kind::List || lowered.count != 4) throw Declined();
  const Value& fallback = lowered.items[2];
  if (!is_truth(lowered.items[0]) || !is_truth(lowered.items[3])) throw Declined();
  if (fallback.kind != Kind::Text && !fallback.is_null()) throw Declined();
  part.of_user = lowered.items[0].kind == Kind::True;
  part.path = path_of(lowered.items[1]);
  if (!fallback.is_null()) part.fallback = fallback.as_text();
  part.percent = lowered.items[3].kind == Kind::True;
  return part;
}

bool Template::render(const Facts& facts, std::string& to) const {
  for (const Part& part : parts_) {
    if (!fill(part, facts, to)) return false;
  }
  return true;
}

bool Template::fill(const Part& part, const Facts& facts, std::string& to) {
  if (!part.path.empty()) {
    const Value& source = part.of_user ? *facts.traits : *facts.properties;
    if (add_printed(at_path(source, part.path), part.percent, to)) return true;
  }
  if (!part.fallback) return false;
  to += *part.fallback;
  return true;
}

}  // namespace duly
