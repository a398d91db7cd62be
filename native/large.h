#pragma once

#include <cstddef>
#include <memory>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace duly {

// Memory in the largest pages the system gives: who looks here and there in many megabytes else waits for where each
// small page lies as long as for what is in it. Nothing of it is touched before it is needed.
class Large {
 public:
  explicit Large(std::size_t bytes) : start_(static_cast<char*>(::operator new(bytes, kAlignment))) {
#if defined(MADV_HUGEPAGE)
    madvise(start_.get(), bytes, MADV_HUGEPAGE);  // small ones do as well
#endif
  }

  char* get() const { return start_.get(); }

 private:
  static constexpr std::align_val_t kAlignment{2 << 20};
  struct Release {
    void operator()(char* start) const { ::operator delete(start, kAlignment); }
  };
  std::unique_ptr<char, Release> start_;
};

}  // namespace duly
