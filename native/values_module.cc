#include "json.h"
#include "msgpack.h"
#include "native_module.h"
#include "value.h"

namespace duly {

namespace {

namespace py = pybind11;

py::bytes json_to_msgpack(const py::bytes& json) {
  Arena arena;
  MsgpackWriter writer;
  writer.value(read_json(Text(json), arena));
  return py::bytes(writer.written());
}

}  // namespace

void bind_values(py::module_& module) { module.def("json_to_msgpack", &json_to_msgpack, py::arg("json")); }

}  // namespace duly
