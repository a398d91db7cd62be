#include <pybind11/functional.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <string>

#include "answer.h"
#include "binding.h"
#include "packing.h"
#include "words.h"

namespace duly {

namespace {

namespace py = pybind11;

using Asked = std::function<std::int64_t(Text, std::int64_t)>;

// The wall clocks that Python knows.
class AskedWalls : public Walls {
 public:
  explicit AskedWalls(const Asked& ask) : ask_(ask) {}
  std::int64_t wall(Text zone, std::int64_t instant) const override { return ask_(zone, instant); }

 private:
  const Asked& ask_;
};

TimeInput time_input(const py::list& inputs) {
  if (py::len(inputs[5]) > 0) throw Declined();
  TimeInput time;
  time.zone = inputs[1].cast<Text>();
  time.source = inputs[2].cast<Text>();
  for (const auto& name : inputs[3].cast<py::list>()) {
    for (std::size_t gate = 0; gate < std::size(kMovedBy); ++gate) {
      if (name.cast<Text>() == kMovedBy[gate]) time.moved |= static_cast<std::uint8_t>(1U << gate);
    }
  }
  time.at = inputs[4].cast<std::int64_t>();
  return time;
}

CapInput cap_input(const py::list& inputs) {
  return {inputs[1].cast<Text>(), inputs[2].cast<std::int64_t>(), inputs[3].cast<std::int64_t>(),
          inputs[4].cast<std::int64_t>()};
}

// A decision of the direct way; its texts live as long as Python's.
Decision decision_of(const py::object& made) {
  Decision decision;
  decision.id = text_of(made, "id");
  decision.identity = text_of(made, "identity");
  decision.rule = text_of(made, "rule");
  decision.location = text_of(made, "location");
  decision.rules_version = text_of(made, "rules_version");
  decision.message_id = text_of(made, "message_id");
  decision.event = text_of(made, "event");
  decision.event_time = integer_of(made, "event_time");
  decision.created = integer_of(made, "created");
  decision.verdict = static_cast<Verdict>(integer_of(made, "verdict"));
  decision.reason = text_of(made, "reason");
  decision.due = integer_of(made, "due");
  decision.next = integer_of(made, "next");
  decision.expires = integer_of(made, "expires");
  Text statuses = text_of(made, "statuses");
  for (std::size_t gate = 0; gate < kGates; ++gate) decision.statuses[gate] = static_cast<Status>(statuses.at(gate));
  py::dict inputs = made.attr("inputs");
  decision.time = time_input(inputs[py::int_(static_cast<int>(Gate::Time))]);
  py::int_ caps(static_cast<int>(Gate::Caps));
  if (inputs.contains(caps)) decision.cap = cap_input(inputs[caps]);
  for (const auto& [gate, next] : made.attr("opens").cast<py::dict>()) {
    if (next.cast<std::int64_t>() != decision.next) throw Declined();
    decision.opens = static_cast<Gate>(gate.cast<int>());
  }
  decision.object = text_of(made, "object");
  decision.category = text_of(made, "category");
  decision.channel = text_of(made, "channel");
  decision.zone = text_of(made, "zone");
  decision.zone_source = text_of(made, "zone_source");
  decision.title = text_of(made, "title");
  decision.body = text_of(made, "body");
  decision.link = text_of(made, "link");
  decision.standing = static_cast<Standing>(integer_of(made, "standing"));
  decision.mode = static_cast<std::uint8_t>(integer_of(made, "mode"));
  return decision;
}

std::optional<py::bytes> packed_decision(const py::object& made) {
  return or_none([&] {
    MsgpackWriter writer;
    pack_decision(decision_of(made), writer);
    return py::bytes(writer.written());
  });
}

std::optional<py::bytes> packed_request(Text digest, std::int64_t now, const py::object& made, Text rules_version) {
  return or_none([&] {
    MsgpackWriter writer;
    Decision decision = made.is_none() ? Decision() : decision_of(made);
    pack_request(digest, now, made.is_none() ? nullptr : &decision, rules_version, writer);
    return py::bytes(writer.written());
  });
}

std::optional<py::bytes> decision_message(const py::object& made, int explain, const Asked& ask) {
  return or_none([&] {
    AskedWalls walls(ask);
    ProtoWriter writer;
    AnswerWriter(walls).decision(decision_of(made), explain, writer);
    return py::bytes(writer.written());
  });
}

std::optional<py::bytes> decide_response(const py::object& made, Text rules_version, int explain, const Asked& ask) {
  return or_none([&] {
    AskedWalls walls(ask);
    ProtoWriter writer;
    Decision decision = made.is_none() ? Decision() : decision_of(made);
    AnswerWriter(walls).response(made.is_none() ? nullptr : &decision, rules_version, explain, writer);
    return py::bytes(writer.written());
  });
}

std::optional<std::string> sentence_of(const py::object& made, const Asked& ask) {
  return or_none([&] {
    std::string out;
    sentence(out, decision_of(made), AskedWalls(ask));
    return out;
  });
}

std::optional<std::string> gate_sentence_of(const py::object& made, int gate, const Asked& ask) {
  return or_none([&] {
    std::string out;
    gate_sentence(out, decision_of(made), static_cast<Gate>(gate), AskedWalls(ask));
    return out;
  });
}

std::optional<std::string> local_time_of(std::int64_t instant, Text zone, const Asked& ask) {
  return or_none([&] {
    std::string out;
    local_time(out, instant, zone, AskedWalls(ask));
    return out;
  });
}

}  // namespace

void bind_words(py::module_& module) {
  module.def("packed_decision", &packed_decision);
  module.def("packed_request", &packed_request);
  module.def("decision_message", &decision_message);
  module.def("decide_response", &decide_response);
  module.def("sentence", &sentence_of);
  module.def("gate_sentence", &gate_sentence_of);
  module.def("local_time", &local_time_of);
}

}  // namespace duly
