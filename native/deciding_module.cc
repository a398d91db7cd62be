#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "deciding.h"
#include "lowered.h"
#include "messages.h"
#include "rules.h"
#include "zone_loader.h"

namespace py = pybind11;

namespace duly {

namespace {

Text view(py::handle bytes) {
  char* data = nullptr;
  Py_ssize_t size = 0;
  if (PyBytes_AsStringAndSize(bytes.ptr(), &data, &size) != 0) throw py::error_already_set();
  return {data, static_cast<std::size_t>(size)};
}

std::vector<Text> views(const py::list& list) {
  std::vector<Text> found;
  found.reserve(list.size());
  for (py::handle item : list) found.push_back(view(item));
  return found;
}

py::bytes bytes(Text text) { return py::bytes(text.data(), text.size()); }

py::list keys_of(const std::vector<Text>& keys) {
  py::list list(keys.size());
  for (std::size_t place = 0; place < keys.size(); ++place) list[place] = bytes(keys[place]);
  return list;
}

}  // namespace

// A plan in its native form, with all that is needed to work by it on one store.
class Plan {
 public:
  Plan(const py::object& lowered, std::uint32_t buckets, std::string secret, Zones::Loader loader, std::uint64_t seed)
      : rules(value_of(lowered, arena_)), zones(std::move(loader)), ids(seed), buckets(buckets), secret(secret) {}

  Arena arena_;
  Rules rules;
  Zones zones;
  DecisionIds ids;
  std::uint32_t buckets;
  std::string secret;
};

// One batch in the making; it keeps alive what it looks at.
class Questions {
 public:
  Questions(std::shared_ptr<Plan> plan, py::list requests, std::int64_t arrival)
      : plan_(std::move(plan)),
        requests_(std::move(requests)),
        deciding_(plan_->rules, plan_->zones, plan_->ids, plan_->buckets, plan_->secret) {
    deciding_.read(views(requests_), arrival);
  }

  py::list left() const {
    py::list numbers;
    for (std::size_t number = 0; number < requests_.size(); ++number) {
      if (!deciding_.takes(number)) numbers.append(number);
    }
    return numbers;
  }

  std::vector<std::uint16_t> buckets() const { return deciding_.buckets(); }

  py::list begin() {
    values_ = py::list();
    deciding_.begin();
    return keys_of(deciding_.session().wanted());
  }

  py::list load(const py::list& values) {
    values_.append(values);
    std::vector<std::optional<Text>> read;
    read.reserve(values.size());
    for (py::handle value : values) read.push_back(value.is_none() ? std::nullopt : std::optional(view(value)));
    deciding_.session().load(read);
    return keys_of(deciding_.session().wanted());
  }

  void decide(std::int64_t now) { deciding_.decide(now); }

  py::list changes() {
    py::list found;
    for (auto& [bucket, change] : deciding_.session().changes()) {
      py::list checks(change.checks.size()), puts(change.puts.size());
      for (std::size_t place = 0; place < change.checks.size(); ++place) {
        checks[place] = py::make_tuple(bytes(change.checks[place].first), change.checks[place].second);
      }
      for (std::size_t place = 0; place < change.puts.size(); ++place) {
        puts[place] = py::make_tuple(bytes(change.puts[place].first), bytes(change.puts[place].second));
      }
      found.append(py::make_tuple(bucket, std::move(checks), std::move(puts)));
    }
    return found;
  }

  std::vector<std::pair<std::uint16_t, std::int64_t>> dues() { return deciding_.session().dues(); }

  py::list answers() const {
    const auto& answers = deciding_.answers();
    py::list found(answers.size());
    for (std::size_t number = 0; number < answers.size(); ++number) {
      found[number] = answers[number] ? py::object(bytes(*answers[number])) : py::object(py::none());
    }
    return found;
  }

  py::dict verdicts() const {
    py::dict found;
    for (const auto& [said, count] : deciding_.verdicts()) {
      auto [rule, verdict, reason] = said;
      found[py::make_tuple(py::str(rule.data(), rule.size()), verdict, py::str(reason.data(), reason.size()))] = count;
    }
    return found;
  }

 private:
  std::shared_ptr<Plan> plan_;
  py::list requests_, values_;
  Deciding deciding_;
};

void bind_deciding(py::module_& module) {
  py::class_<Plan, std::shared_ptr<Plan>>(module, "Plan")
      .def(py::init([](const py::object& lowered, std::uint32_t buckets, const py::bytes& secret,
                       py::function parts, std::uint64_t seed) {
             return std::make_shared<Plan>(lowered, buckets, std::string(secret), zone_loader(std::move(parts)), seed);
           }),
           py::arg("lowered"), py::arg("buckets"), py::arg("secret"), py::arg("zone_parts"), py::arg("seed"))
      .def("questions", [](std::shared_ptr<Plan> plan, py::list requests, std::int64_t arrival) {
        return std::make_unique<Questions>(std::move(plan), std::move(requests), arrival);
      });
  py::class_<Questions>(module, "Questions")
      .def("left", &Questions::left)
      .def("buckets", &Questions::buckets)
      .def("begin", &Questions::begin)
      .def("load", &Questions::load)
      .def("decide", &Questions::decide)
      .def("changes", &Questions::changes)
      .def("dues", &Questions::dues)
      .def("answers", &Questions::answers)
      .def("verdicts", &Questions::verdicts);
  module.def("split", [](const py::bytes& message) -> py::object {
    std::vector<Text> items;
    if (!split(view(message), items)) return py::none();
    return keys_of(items);
  });
  module.def("joined", [](const py::list& items) { return py::bytes(joined(views(items))); });
}

}  // namespace duly
