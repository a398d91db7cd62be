#pragma once

#include <pybind11/pybind11.h>

// What each part shows of itself to Python, in `<name>_module.cc`; `module.cc` calls all of them.
namespace duly {

void bind_batches(pybind11::module_& module);
void bind_exchange(pybind11::module_& module);
void bind_recent(pybind11::module_& module);
void bind_records(pybind11::module_& module);
void bind_terms(pybind11::module_& module);
void bind_timing(pybind11::module_& module);
void bind_words(pybind11::module_& module);
void bind_values(pybind11::module_& module);

}  // namespace duly
