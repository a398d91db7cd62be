#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <optional>
#include <string>
#include <vector>

#include "condition.h"
#include "index.h"
#include "lowered.h"
#include "path.h"
#include "template.h"
#include "thing.h"

namespace py = pybind11;

namespace duly {

namespace {

template <typename Part>
Part part_of(const py::object& lowered) {
  Arena arena;
  return Part(value_of(lowered, arena));
}

// Properties and traits that were handed over.
struct Given {
  Given(const py::dict& properties, const py::dict& traits, std::uint64_t related)
      : event(value_of(properties, arena)), user(value_of(traits, arena)), facts{&event, &user, related} {}

  Arena arena;
  Value event, user;
  Facts facts;
};

std::optional<bool> test(const Condition& condition, const py::dict& properties, const py::dict& traits,
                         std::uint64_t related) {
  Truth truth = condition.test(Given(properties, traits, related).facts);
  return truth == Truth::Unknown ? std::nullopt : std::optional(truth == Truth::True);
}

std::optional<std::string> render(const Template& text, const py::dict& properties, const py::dict& traits) {
  std::string to;
  return text.render(Given(properties, traits, 0).facts, to) ? std::optional(to) : std::nullopt;
}

std::vector<std::uint32_t> candidates(const EventIndex& index, const py::dict& properties) {
  Arena arena;
  std::vector<std::uint32_t> to;
  index.candidates(value_of(properties, arena), to);
  return to;
}

std::optional<std::string> key_of(const Value& value) {
  std::string to;
  return thing(value, to) ? std::optional(to) : std::nullopt;
}

std::optional<std::string> thing_of(const py::object& value) {
  Arena arena;
  return key_of(value_of(value, arena));
}

std::optional<std::string> thing_at(const py::dict& properties, const py::tuple& path) {
  Arena arena;
  return key_of(at_path(value_of(properties, arena), path_of(value_of(path, arena))));
}

std::vector<std::optional<std::string>> things(const py::dict& properties, const py::tuple& key,
                                               const py::tuple& listed) {
  Arena arena;
  std::vector<const Value*> values;
  Value event = value_of(properties, arena);
  things_at(event, path_of(value_of(key, arena)), path_of(value_of(listed, arena)), values);
  std::vector<std::optional<std::string>> keys;
  for (const Value* value : values) keys.push_back(key_of(*value));
  return keys;
}

}  // namespace

void bind_terms(py::module_& module) {
  py::class_<Condition>(module, "Condition")
      .def(py::init(&part_of<Condition>))
      .def("test", &test, py::arg("properties"), py::arg("traits"), py::arg("related"));
  py::class_<Template>(module, "Template").def(py::init(&part_of<Template>)).def("render", &render);
  py::class_<EventIndex>(module, "EventIndex").def(py::init(&part_of<EventIndex>)).def("candidates", &candidates);
  module.def("thing", &thing_of);
  module.def("thing_at", &thing_at);
  module.def("things_at", &things);
}

}  // namespace duly
