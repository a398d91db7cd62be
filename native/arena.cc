#include "arena.h"

#include <cstring>
#include <mutex>
#include <utility>

namespace duly {

namespace {

using Chunk = std::unique_ptr<std::byte[]>;

constexpr std::size_t kUsual = 32 * 1024;
constexpr std::size_t kFirst = 2 * 1024;  // of what may never need more
constexpr std::size_t kSpare = 64;        // chunks: what two batches of a few hundred need

// Usual chunks that no arena has; for any thread.
class Spare {
 public:
  Chunk take() {
    std::lock_guard<std::mutex> turn(turn_);
    if (chunks_.empty()) return Chunk(new std::byte[kUsual]);
    Chunk chunk = std::move(chunks_.back());
    chunks_.pop_back();
    return chunk;
  }
  void give(std::vector<Chunk>& chunks) {
    std::lock_guard<std::mutex> turn(turn_);
    for (Chunk& chunk : chunks) {
      if (chunks_.size() < kSpare) chunks_.push_back(std::move(chunk));
    }
  }

 private:
  std::mutex turn_;
  std::vector<Chunk> chunks_;
};

Spare& spare() {
  // Never destroyed, because arenas may outlive what is destroyed at the end of the process.
  static auto* chunks = new Spare();
  return *chunks;
}

}  // namespace

Arena::Pieces::~Pieces() {
  if (!usual_.empty()) spare().give(usual_);
}

void* Arena::Pieces::do_allocate(std::size_t bytes, std::size_t alignment) {
  if (void* found = piece(bytes, alignment)) return found;
  if (bytes + alignment > kUsual) {
    // What is left of the chunk before is not given up for one large piece.
    others_.push_back(Chunk(new std::byte[bytes + alignment]));
    void* start = others_.back().get();
    std::size_t room = bytes + alignment;
    return std::align(alignment, bytes, start, room);
  }
  bool first = next_ == nullptr && bytes + alignment <= kFirst;
  std::vector<Chunk>& chunks = first ? others_ : usual_;
  chunks.push_back(first ? Chunk(new std::byte[kFirst]) : spare().take());
  next_ = chunks.back().get();
  left_ = first ? kFirst : kUsual;
  return piece(bytes, alignment);
}

// Of the chunk at hand, or null.
void* Arena::Pieces::piece(std::size_t bytes, std::size_t alignment) {
  void* found = std::align(alignment, bytes, next_, left_);
  if (found == nullptr) return nullptr;
  next_ = static_cast<std::byte*>(found) + bytes;
  left_ -= bytes;
  return found;
}

Text Arena::keep(Text text) {
  char* kept = array<char>(text.size());
  if (!text.empty()) std::memcpy(kept, text.data(), text.size());
  return {kept, text.size()};
}

}  // namespace duly
