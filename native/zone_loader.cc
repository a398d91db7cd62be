#include "zone_loader.h"

#include <pybind11/stl.h>

#include <utility>

#include "utf8.h"

namespace duly {

namespace py = pybind11;

Zones::Loader zone_loader(py::function zone_parts) {
  return [zone_parts = std::move(zone_parts)](Text name) -> std::unique_ptr<Zone> {
    if (!is_utf8(name)) return nullptr;
    const py::object found = zone_parts(py::str(name.data(), name.size()));
    if (found.is_none()) return nullptr;
    using Instants = std::vector<std::int64_t>;
    auto [starts, offsets, walls, until, skipped] =
        found.cast<std::tuple<Instants, Instants, Instants, std::int64_t, Instants>>();
    Zone::Changes changes{std::move(starts), std::move(offsets), std::move(walls), until};
    return std::make_unique<Zone>(std::string(name), std::move(changes), std::move(skipped));
  };
}

}  // namespace duly
