#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "binding.h"
#include "hash.h"
#include "instance.h"
#include "json.h"
#include "keys.h"
#include "learn.h"
#include "packing.h"
#include "user.h"

namespace duly {

namespace {

namespace py = pybind11;

py::bytes blake2b_of(Text data, Text key, std::size_t size) {
  std::string digest(size, '\0');
  blake2b(data, key, size, digest.data());
  return digest;
}

// A key of the store by what it is of; `parts` are those of the function of that name.
py::bytes key_of(const std::string& kind, std::uint16_t bucket, const std::vector<Text>& parts, std::int64_t time) {
  std::string out;
  if (kind == "user") keys::user(out, bucket, parts.at(0));
  if (kind == "member") keys::member(out, bucket, parts.at(0), parts.at(1), parts.at(2));
  if (kind == "related") keys::related(out, bucket, parts.at(0), parts.at(1), parts.at(2));
  if (kind == "instance") keys::instance(out, bucket, parts.at(0), parts.at(1));
  if (kind == "request") keys::request(out, bucket, parts.at(0), parts.at(1));
  if (kind == "event") keys::event(out, bucket, parts.at(0), time, parts.at(1));
  if (kind == "history") keys::history(out, bucket, parts.at(0), parts.at(1));
  if (kind == "decision") keys::decision(out, bucket, parts.at(0));
  if (kind == "due") keys::due(out, bucket, time, parts.at(0));
  if (kind == "suppressed") keys::suppressed(out, bucket, parts.at(0), parts.at(1));
  if (kind == "prefix") user_prefix(out, bucket, parts.at(0));
  return out;
}

Send send_of(const py::object& send) {
  Send made;
  made.at = integer_of(send, "at");
  made.wall = integer_of(send, "wall");
  made.rule = text_of(send, "rule");
  made.category = text_of(send, "category");
  made.channel = text_of(send, "channel");
  made.object = text_of(send, "object");
  made.decision = text_of(send, "decision");
  made.held_until = integer_of(send, "held_until");
  made.counted = send.attr("counted").cast<bool>();
  made.shadow = send.attr("shadow").cast<bool>();
  return made;
}

Pending pending_of(const py::object& pending) {
  Pending made;
  made.decision = text_of(pending, "decision");
  made.rule = text_of(pending, "rule");
  made.message_id = text_of(pending, "message_id");
  made.event = text_of(pending, "event");
  made.event_time = integer_of(pending, "event_time");
  made.due = integer_of(pending, "due");
  made.created = integer_of(pending, "created");
  made.expires = integer_of(pending, "expires");
  return made;
}

// A user of the store who is changed step by step.
class StoredUser {
 public:
  explicit StoredUser(const py::object& record) {
    if (record.is_none()) return;
    record_ = record.cast<std::string>();
    user_ = read_user(record_, arena_);
  }

  void enter(const py::object& send, std::int64_t edge) { duly::enter(user_, send_of(send), edge, arena_); }
  void wait(const py::object& pending) { duly::wait(user_, pending_of(pending)); }
  std::optional<bool> take_traits(Text json, std::int64_t time) {
    return or_none([&] { return duly::take_traits(user_, read_json(arena_.keep(json), arena_), time, arena_); });
  }
  bool take_zone(Text zone, std::int64_t time) { return duly::take_zone(user_, zone, time, arena_); }
  void count(std::int64_t version, std::int64_t created, std::int64_t updated) {
    user_.version = version;
    user_.created = created;
    user_.updated = updated;
  }
  py::bytes pack() const {
    MsgpackWriter writer;
    pack_user(user_, writer);
    return std::string(writer.written());
  }

  // What is read of a user, traits and consent as MessagePack.
  py::dict seen() const {
    py::list sends;
    for (const Send& send : user_.sends) {
      sends.append(py::make_tuple(send.at, send.wall, send.rule, send.category, send.channel, send.object,
                                  py::bytes(send.decision), send.held_until, send.counted, send.shadow));
    }
    MsgpackWriter traits, consent;
    traits.value(user_.traits);
    consent.value(user_.consent);
    py::dict seen;
    seen["version"] = user_.version;
    seen["created"] = user_.created;
    seen["updated"] = user_.updated;
    seen["traits"] = py::bytes(traits.written());
    seen["context_zone"] = user_.context_zone;
    seen["context_zone_time"] = user_.context_zone_time;
    seen["consent"] = py::bytes(consent.written());
    seen["sends"] = sends;
    seen["pending"] = user_.pending;
    seen["check"] = user_.check;
    seen["ordinary"] = user_.is_ordinary();
    seen["odd_sends"] = user_.has_odd_sends();
    return seen;
  }

 private:
  Arena arena_;
  std::string record_;
  User user_;
};

// The packed instance after rules have decided; none where that is declined.
std::optional<py::bytes> changed_instance(const py::object& record, std::int64_t version, bool taken, bool ingested,
                                          const std::vector<std::pair<Text, Text>>& decided) {
  return or_none([&] {
    std::string stored = record.is_none() ? "" : record.cast<std::string>();
    Instance instance = record.is_none() ? Instance() : read_instance(stored);
    instance.version += version;
    instance.taken = instance.taken || taken;
    instance.ingested = instance.ingested || ingested;
    for (const auto& [rule, decision] : decided) add_decision(instance, rule, decision);
    MsgpackWriter writer;
    pack_instance(instance, writer);
    return py::bytes(writer.written());
  });
}

// A packed event; traits and context are JSON or none.
std::optional<py::bytes> packed_event(const py::object& event, const std::optional<Text>& traits,
                                      const std::optional<Text>& context) {
  return or_none([&] {
    Arena arena;
    LoggedEvent made;
    made.message_id = text_of(event, "message_id");
    made.type = text_of(event, "type");
    made.name = text_of(event, "name");
    made.user_id = text_of(event, "user_id");
    made.anonymous_id = text_of(event, "anonymous_id");
    made.time = integer_of(event, "time");
    made.arrival = integer_of(event, "arrival");
    made.properties = text_of(event, "properties");
    if (traits) made.traits = read_json(*traits, arena);
    if (context) made.context = read_json(*context, arena);
    made.previous_id = text_of(event, "previous_id");
    made.group_id = text_of(event, "group_id");
    MsgpackWriter writer;
    pack_event(made, writer);
    return py::bytes(writer.written());
  });
}

}  // namespace

void bind_records(py::module_& module) {
  module.def("crc32", &crc32);
  module.def("blake2b", &blake2b_of);
  module.def("bucket_of", &bucket_of);
  module.def("bucket_in", &bucket_in);
  module.def("key", &key_of, py::arg("kind"), py::arg("bucket"), py::arg("parts"), py::arg("time") = 0);
  py::class_<StoredUser>(module, "StoredUser")
      .def("enter", &StoredUser::enter)
      .def("wait", &StoredUser::wait)
      .def("take_traits", &StoredUser::take_traits)
      .def("take_zone", &StoredUser::take_zone)
      .def("count", &StoredUser::count)
      .def("pack", &StoredUser::pack)
      .def("seen", &StoredUser::seen);
  module.def("stored_user", [](const py::object& record) {
    return or_none([&] { return std::make_unique<StoredUser>(record); }).value_or(nullptr);
  });
  module.def("changed_instance", &changed_instance);
  module.def("packed_event", &packed_event);
}

}  // namespace duly
