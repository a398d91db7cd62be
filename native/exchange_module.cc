#include "batch.h"
#include "exchange.h"
#include "native_module.h"

namespace duly {

namespace {

namespace py = pybind11;

// Also what ends Python's way of going through something that can only be indexed.
template <typename Items>
auto& item(Items& items, std::size_t place) {
  if (place >= items.size()) throw py::index_error();
  return items[place];
}

py::object pairs_of(const Puts& puts) {
  py::list keys(puts.pairs.size()), values(puts.pairs.size());
  for (std::size_t place = 0; place < puts.pairs.size(); ++place) {
    keys[place] = bytes_of(puts.pairs[place].first);
    values[place] = bytes_of(puts.pairs[place].second);
  }
  return py::reinterpret_borrow<py::object>(reinterpret_cast<PyObject*>(&PyZip_Type))(keys, values);
}

}  // namespace

void bind_exchange(py::module_& module) {
  py::class_<Wanted>(module, "Wanted")
      .def("__len__", [](const Wanted& wanted) { return wanted.keys.size(); })
      .def("__getitem__", [](const Wanted& wanted, std::size_t place) { return bytes_of(item(wanted.keys, place)); });
  py::class_<Values>(module, "Values")
      .def("__len__", [](const Values& values) { return values.values.size(); })
      .def("__getitem__",
           [](const Values& values, std::size_t place) { return bytes_or_none(item(values.values, place)); });
  // Pairs from `zip`, which makes each the same object if nobody keeps it.
  py::class_<Puts>(module, "Puts").def("__iter__", [](const Puts& puts) { return py::iter(pairs_of(puts)); });
}

}  // namespace duly
