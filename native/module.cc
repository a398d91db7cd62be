#include <pybind11/pybind11.h>

#include <exception>

#include "declined.h"
#include "native_module.h"

// What the parts show of themselves, in one unit: pybind11 takes most of the time that compiling one needs.
#include "batch_module.cc"
#include "exchange_module.cc"
#include "recent_module.cc"
#include "records_module.cc"
#include "terms_module.cc"
#include "timing_module.cc"
#include "values_module.cc"
#include "words_module.cc"

namespace py = pybind11;

namespace {

// `Declined` becomes the exception of the same name in Python.
void bind_declined(py::module_& module) {
  static const py::handle declined = py::exception<duly::Declined>(module, "Declined", PyExc_ValueError).release();
  py::register_local_exception_translator([](std::exception_ptr thrown) {
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const duly::Declined&) {
      PyErr_SetString(declined.ptr(), "the compiled core does not deal with this");
    }
  });
}

}  // namespace

PYBIND11_MODULE(_native, module) {
  bind_declined(module);
  duly::bind_values(module);
  duly::bind_timing(module);
  duly::bind_terms(module);
  duly::bind_records(module);
  duly::bind_exchange(module);
  duly::bind_recent(module);
  duly::bind_words(module);
  duly::bind_batches(module);
}
