#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "batch.h"
#include "deciding.h"
#include "messages.h"
#include "native_module.h"
#include "taking.h"
#include "zone_loader.h"

namespace py = pybind11;

namespace duly {

Text view(py::handle bytes) {
  char* data = nullptr;
  Py_ssize_t size = 0;
  if (PyBytes_AsStringAndSize(bytes.ptr(), &data, &size) != 0) throw py::error_already_set();
  return {data, static_cast<std::size_t>(size)};
}

std::vector<Text> views(const py::sequence& items) {
  std::vector<Text> found;
  found.reserve(items.size());
  for (py::handle item : items) found.push_back(view(item));
  return found;
}

py::bytes bytes_of(Text text) { return py::bytes(text.data(), text.size()); }

py::object bytes_or_none(const std::optional<Text>& text) {
  return text ? py::object(bytes_of(*text)) : py::object(py::none());
}

py::list bytes_of(const std::vector<Text>& texts) {
  py::list list(texts.size());
  for (std::size_t place = 0; place < texts.size(); ++place) list[place] = bytes_of(texts[place]);
  return list;
}

void Tally::count(const Said& said) {
  std::vector<Count>& counts = of_[static_cast<std::size_t>(said.rule - rules_.rules.data())];
  for (Count& count : counts) {
    if (count.verdict != said.verdict || count.reason != said.reason) continue;
    ++count.number;
    return;
  }
  counts.push_back({said.verdict, said.reason, 1});
}

py::dict Tally::take() {
  // Set aside, because Python may let other threads count while it makes objects.
  std::vector<std::vector<Count>> taken(of_.size());
  taken.swap(of_);
  py::dict found;
  for (std::size_t rule = 0; rule < taken.size(); ++rule) {
    for (const Count& count : taken[rule]) {
      py::str reason(count.reason.data(), count.reason.size());
      found[py::make_tuple(rules_.rules[rule].name, count.verdict, reason)] = count.number;
    }
  }
  return found;
}

template <typename Work>
py::list Batch<Work>::left() const {
  py::list numbers;
  for (std::size_t number = 0; number < requests_.size(); ++number) {
    if (!work_.takes(number)) numbers.append(number);
  }
  return numbers;
}

template <typename Work>
Wanted Batch<Work>::begin() {
  values_ = py::list();
  work_.begin();
  return wanted();
}

template <typename Work>
Wanted Batch<Work>::load(const py::object& values) {
  values_.append(values);
  if (py::isinstance<Values>(values)) {
    work_.session().load(values.cast<const Values&>().values);
    return wanted();
  }
  std::vector<std::optional<Text>> read;
  for (py::handle value : py::cast<py::list>(values)) {
    read.push_back(value.is_none() ? std::nullopt : std::optional(view(value)));
  }
  work_.session().load(read);
  return wanted();
}

template <typename Work>
Wanted Batch<Work>::wanted() {
  return {work_.session().shared_arena(), work_.session().wanted()};
}

template <typename Work>
py::tuple Batch<Work>::change() {
  Change& change = work_.session().change();
  py::list buckets(change.buckets.size());
  for (std::size_t place = 0; place < change.buckets.size(); ++place) buckets[place] = change.buckets[place];
  return py::make_tuple(std::move(buckets), Puts{work_.session().shared_arena(), std::move(change.puts)});
}

template <typename Work>
py::list Batch<Work>::checks() {
  py::list found;
  for (const auto& [key, version] : work_.session().checks()) found.append(py::make_tuple(bytes_of(key), version));
  return found;
}

template <typename Work>
void Batch<Work>::count() {
  for (const Said& said : work_.verdicts()) plan_->tally.count(said);
}

template <typename Work>
py::list Batch<Work>::answers() {
  py::list found(requests_.size());
  for (std::size_t number = 0; number < requests_.size(); ++number) {
    found[number] = bytes_or_none(work_.answer(number));
  }
  return found;
}

template <typename Work>
py::object Batch<Work>::joined_answers(std::size_t first, std::size_t last) {
  std::vector<Text> found;
  found.reserve(requests_.size());
  for (std::size_t number = first; number < std::min(last, requests_.size()); ++number) {
    std::optional<Text> answer = work_.answer(number);
    if (!answer) return py::none();
    found.push_back(*answer);
  }
  return py::bytes(joined(found));
}

namespace {

template <typename Work>
py::class_<Batch<Work>> bind_batch(py::module_& module, const char* name) {
  return py::class_<Batch<Work>>(module, name)
      .def("left", &Batch<Work>::left)
      .def("buckets", &Batch<Work>::buckets)
      .def("begin", &Batch<Work>::begin)
      .def("load", &Batch<Work>::load)
      .def("work", &Batch<Work>::work)
      .def("change", &Batch<Work>::change)
      .def("checks", &Batch<Work>::checks)
      .def("dues", &Batch<Work>::dues)
      .def("count", &Batch<Work>::count)
      .def("answers", &Batch<Work>::answers)
      .def("joined", &Batch<Work>::joined_answers);
}

}  // namespace

void bind_batches(py::module_& module) {
  bind_batch<Deciding>(module, "Questions");
  bind_batch<Taking>(module, "Events");
  py::class_<Plan, std::shared_ptr<Plan>>(module, "Plan")
      .def(py::init([](const py::object& lowered, std::uint32_t buckets, const py::bytes& secret, py::function parts,
                       std::uint64_t seed) {
             return std::make_shared<Plan>(lowered, buckets, std::string(secret), zone_loader(std::move(parts)), seed);
           }),
           py::arg("lowered"), py::arg("buckets"), py::arg("secret"), py::arg("zone_parts"), py::arg("seed"))
      .def("verdicts", [](Plan& plan) { return plan.tally.take(); })
      .def("questions",
           [](std::shared_ptr<Plan> plan, py::list requests, std::int64_t arrival) {
             return std::make_unique<Batch<Deciding>>(std::move(plan), std::move(requests), arrival);
           })
      .def("events", [](std::shared_ptr<Plan> plan, py::list events, std::int64_t arrival, bool history) {
        return std::make_unique<Batch<Taking>>(std::move(plan), std::move(events), arrival, history);
      });
  module.def("split", [](const py::bytes& message) -> py::object {
    std::vector<Text> items;
    std::uint64_t number = 0;
    if (!split(view(message), items, number)) return py::none();
    return py::make_tuple(bytes_of(items), number);
  });
  module.def("joined", [](const py::list& items) { return py::bytes(joined(views(items))); });
}

}  // namespace duly
