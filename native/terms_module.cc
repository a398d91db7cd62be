#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <optional>
#include <string>
#include <vector>

#include "condition.h"
#include "declined.h"
#include "index.h"
#include "lowered.h"
#include "path.h"
#include "template.h"
#include "thing.h"

namespace py = pybind11;

namespace duly {

namespace {

// Calls `made`, and tells Python of what is declined.
template <typename Made>
auto told(Made made) {
  try {
    return made();
  } catch (const Declined&) {
    throw py::value_error("the native way declines this");
  }
}

template <typename Part>
Part part_of(const py::object& lowered) {
  return told([&] {
    Arena arena;
    return Part(value_of(lowered, arena));
  });
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
  Truth truth = told([&] { return condition.test(Given(properties, traits, related).facts); });
  return truth == Truth::Unknown ? std::nullopt : std::optional(truth == Truth::True);
}

std::optional<std::string> render(const Template& text, const py::dict& properties, const py::dict& traits) {
  std::string to;
  bool full = told([&] { return text.render(Given(properties, traits, 0).facts, to); });
  return full ? std::optional(to) : std::nullopt;
}

std::vector<std::uint32_t> candidates(const EventIndex& index, const py::dict& properties) {
  std::vector<std::uint32_t> to;
  told([&] {
    Arena arena;
    index.candidates(value_of(properties, arena), to);
  });
  return to;
}

std::optional<std::string> thing_of(const py::object& value) {
  std::string to;
  bool is_thing = told([&] {
    Arena arena;
    return thing(value_of(value, arena), to);
  });
  return is_thing ? std::optional(to) : std::nullopt;
}

// The keys of the things, None for what identifies nothing.
std::vector<std::optional<std::string>> things(const py::dict& properties, const py::tuple& key,
                                               const py::tuple& listed) {
  return told([&] {
    Arena arena;
    std::vector<const Value*> values;
    things_at(value_of(properties, arena), path_of(value_of(key, arena)), path_of(value_of(listed, arena)), values);
    std::vector<std::optional<std::string>> found;
    for (const Value* value : values) {
      std::string to;
      found.push_back(thing(*value, to) ? std::optional(to) : std::nullopt);
    }
    return found;
  });
}

std::optional<std::string> thing_at(const py::dict& properties, const py::tuple& path) {
  return told([&]() -> std::optional<std::string> {
    Arena arena;
    std::string to;
    if (!thing(at_path(value_of(properties, arena), path_of(value_of(path, arena))), to)) return std::nullopt;
    return to;
  });
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
