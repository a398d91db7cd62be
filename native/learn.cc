#include "learn.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "msgpack.h"

namespace duly {

namespace {

Value integer_value(std::int64_t number) {
  Value value;
  value.kind = Kind::Integer;
  value.integer = number;
  return value;
}

// The members of an object that are to be changed, as those of a Python dict are.
class Changing {
 public:
  Changing(const Value& object, std::size_t more) {
    members_.reserve(object.count + more);
    members_.assign(object.members, object.members + object.count);
  }

  const Value& at(Text name) const {
    auto found = find(name);
    return found == members_.end() ? kNull : found->value;
  }

  void set(Text name, const Value& value) {
    auto found = find(name);
    if (found == members_.end()) {
      members_.push_back({name, value});
    } else {
      members_[static_cast<std::size_t>(found - members_.begin())].value = value;
    }
  }

  void remove(Text name) {
    auto found = find(name);
    if (found != members_.end()) members_.erase(found);
  }

  Value whole(Arena& arena) const {
    Value value;
    value.kind = Kind::Object;
    value.count = static_cast<std::uint32_t>(members_.size());
    Member* kept = arena.array<Member>(members_.size());
    std::uninitialized_copy(members_.begin(), members_.end(), kept);
    value.members = kept;
    return value;
  }

 private:
  std::vector<Member>::const_iterator find(Text name) const {
    return std::find_if(members_.begin(), members_.end(), [&](const Member& member) { return member.name == name; });
  }

  std::vector<Member> members_;
};

// The event times by trait or by consent.
Changing times(const User& user, UserField field, std::size_t more, Arena& arena) {
  MsgpackReader reader(user.kept(field));
  return {reader.value(arena), more};
}

// What was never heard of is of the instant 0, so that what happened before 1970 does not count.
bool is_later(const Changing& times, Text name, std::int64_t time) {
  const Value& known = times.at(name);
  return (known.kind == Kind::Integer ? known.integer : 0) > time;
}

Value keep(User& user, UserField field, const Changing& changed, Arena& arena) {
  Value value = changed.whole(arena);
  MsgpackWriter writer;
  writer.value(value);
  user.keep(field, writer.written(), arena);
  return value;
}

}  // namespace

bool take_traits(User& user, const Value& traits, std::int64_t time, Arena& arena) {
  Changing known(user.traits, traits.count), since = times(user, UserField::TraitTimes, traits.count, arena);
  bool changed = false;
  for (std::uint32_t number = 0; number < traits.count; ++number) {
    const auto& [name, value] = traits.members[number];
    if (is_later(since, name, time)) continue;
    since.set(name, integer_value(time));
    changed = true;
    if (value.is_null()) {
      known.remove(name);
    } else {
      known.set(name, value);
    }
  }
  if (!changed) return false;
  user.traits = keep(user, UserField::Traits, known, arena);
  keep(user, UserField::TraitTimes, since, arena);
  return true;
}

bool take_zone(User& user, Text zone, std::int64_t time, Arena& arena) {
  if (time < user.context_zone_time) return false;
  bool changed = user.context_zone != zone;
  user.context_zone = arena.keep(zone);
  user.context_zone_time = time;
  MsgpackWriter name, since;
  name.text(zone);
  since.integer(time);
  user.keep(UserField::ContextZone, name.written(), arena);
  user.keep(UserField::ContextZoneTime, since.written(), arena);
  return changed;
}

}  // namespace duly
