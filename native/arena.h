#pragma once

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <string_view>
#include <vector>

namespace duly {

using Text = std::string_view;

// Memory that is given back all at once; what is read from a request or a record lives as long as it.
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  template <typename T>
  T* array(std::size_t count) {
    return static_cast<T*>(memory_.allocate(count * sizeof(T) + 1, alignof(T)));
  }
  // A copy of the text.
  Text keep(Text text);
  // For containers of the library.
  std::pmr::memory_resource* memory() { return &memory_; }

 private:
  // Hands out pieces of chunks, one behind the other. Chunks of the usual size go round among all arenas: fresh memory
  // from the system, or what has left the caches of the processor, costs a batch more than all else that it allocates.
  class Pieces : public std::pmr::memory_resource {
   public:
    Pieces() = default;
    ~Pieces() override;

   private:
    using Chunk = std::unique_ptr<std::byte[]>;

    void* do_allocate(std::size_t bytes, std::size_t alignment) override;
    void do_deallocate(void*, std::size_t, std::size_t) override {}
    bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
    void* piece(std::size_t bytes, std::size_t alignment);

    std::vector<Chunk> usual_, others_;
    void* next_ = nullptr;
    std::size_t left_ = 0;
  };

  Pieces memory_;
};

}  // namespace duly
