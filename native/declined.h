#pragma once

namespace duly {

// What the native way does not deal with: the Python way is asked, before anything has changed.
struct Declined {};

}  // namespace duly
