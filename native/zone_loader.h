#pragma once

#include <pybind11/pybind11.h>

#include "zone.h"

namespace duly {

// The zones that a Python function knows: `duly.native.zones.zone_parts`, or one like it.
Zones::Loader zone_loader(pybind11::function zone_parts);

}  // namespace duly
