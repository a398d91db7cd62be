#include "lowered.h"

#include <memory>

#include "declined.h"

namespace duly {

namespace {

constexpr int kDeepest = 128;

Value read(pybind11::handle object, Arena& arena, int depth);

Text text_of(pybind11::handle object, Arena& arena) {
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(object.ptr(), &size);
  if (text == nullptr) {
    PyErr_Clear();
    throw Declined();
  }
  return arena.keep(Text(text, static_cast<std::size_t>(size)));
}

Value integer_of(pybind11::handle object) {
  int overflow = 0;
  Value value;
  value.kind = Kind::Integer;
  value.integer = PyLong_AsLongLongAndOverflow(object.ptr(), &overflow);
  if (overflow != 0) throw Declined();
  return value;
}

Value list_of(pybind11::handle object, Arena& arena, int depth) {
  auto items = pybind11::reinterpret_borrow<pybind11::sequence>(object);
  Value value;
  value.kind = Kind::List;
  value.count = static_cast<std::uint32_t>(items.size());
  Value* kept = arena.array<Value>(value.count);
  for (std::uint32_t place = 0; place < value.count; ++place) {
    new (kept + place) Value(read(pybind11::object(items[place]), arena, depth));
  }
  value.items = kept;
  return value;
}

Value object_of(pybind11::handle object, Arena& arena, int depth) {
  auto members = pybind11::reinterpret_borrow<pybind11::dict>(object);
  Value value;
  value.kind = Kind::Object;
  Member* kept = arena.array<Member>(members.size());
  for (auto [name, member] : members) {
    if (!PyUnicode_CheckExact(name.ptr())) throw Declined();
    new (kept + value.count++) Member{text_of(name, arena), read(member, arena, depth)};
  }
  value.members = kept;
  return value;
}

Value read(pybind11::handle object, Arena& arena, int depth) {
  if (depth > kDeepest) throw Declined();
  PyObject* found = object.ptr();
  Value value;
  if (found == Py_None) return value;
  if (PyBool_Check(found)) {
    value.kind = found == Py_True ? Kind::True : Kind::False;
  } else if (PyLong_CheckExact(found)) {
    return integer_of(object);
  } else if (PyFloat_CheckExact(found)) {
    value.kind = Kind::Real;
    value.real = PyFloat_AS_DOUBLE(found);
  } else if (PyUnicode_CheckExact(found)) {
    Text text = text_of(object, arena);
    value.kind = Kind::Text;
    value.text = text.data();
    value.length = static_cast<std::uint32_t>(text.size());
  } else if (PyTuple_CheckExact(found) || PyList_CheckExact(found)) {
    return list_of(object, arena, depth + 1);
  } else if (PyDict_CheckExact(found)) {
    return object_of(object, arena, depth + 1);
  } else {
    throw Declined();
  }
  return value;
}

}  // namespace

Value value_of(pybind11::handle object, Arena& arena) { return read(object, arena, 0); }

}  // namespace duly
