#include "hash.h"

#include <array>
#include <cstring>

namespace duly {

namespace {

constexpr std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t sum = byte;
    for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ ((sum & 1) ? 0xEDB88320U : 0U);
    table[byte] = sum;
  }
  return table;
}

constexpr std::array<std::uint32_t, 256> kCrc = crc_table();

// --- BLAKE2b, in the words of RFC 7693 ---

constexpr std::size_t kBlock = 128;
using Words = std::array<std::uint64_t, 16>;

constexpr std::uint64_t kStart[8] = {
    0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1,
    0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179,
};

// Which word of the block each mixing takes, by round; the last two rounds are the first two again.
constexpr std::uint8_t kOrder[12][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
};

std::uint64_t turned(std::uint64_t word, int bits) { return word >> bits | word << (64 - bits); }

using Word = std::uint64_t;

// Inlined, because the words then stay in registers.
[[gnu::always_inline]] inline void mix(Word& a, Word& b, Word& c, Word& d, Word x, Word y) {
  a += b + x;
  d = turned(d ^ a, 32);
  c += d;
  b = turned(b ^ c, 24);
  a += b + y;
  d = turned(d ^ a, 16);
  c += d;
  b = turned(b ^ c, 63);
}

std::uint64_t little_endian(const char* at) {
  std::uint64_t word = 0;
  for (int place = 7; place >= 0; --place) word = word << 8 | static_cast<std::uint8_t>(at[place]);
  return word;
}

// Takes one block of 128 bytes in, after which `count` bytes have been.
void compress(std::uint64_t (&state)[8], const char* block, std::uint64_t count, bool last) {
  Words words{}, v{};
  for (std::size_t place = 0; place < 16; ++place) words[place] = little_endian(block + 8 * place);
  for (std::size_t place = 0; place < 8; ++place) {
    v[place] = state[place];
    v[place + 8] = kStart[place];
  }
  v[12] ^= count;
  if (last) v[14] = ~v[14];
  for (const auto& order : kOrder) {
    mix(v[0], v[4], v[8], v[12], words[order[0]], words[order[1]]);
    mix(v[1], v[5], v[9], v[13], words[order[2]], words[order[3]]);
    mix(v[2], v[6], v[10], v[14], words[order[4]], words[order[5]]);
    mix(v[3], v[7], v[11], v[15], words[order[6]], words[order[7]]);
    mix(v[0], v[5], v[10], v[15], words[order[8]], words[order[9]]);
    mix(v[1], v[6], v[11], v[12], words[order[10]], words[order[11]]);
    mix(v[2], v[7], v[8], v[13], words[order[12]], words[order[13]]);
    mix(v[3], v[4], v[9], v[14], words[order[14]], words[order[15]]);
  }
  for (std::size_t place = 0; place < 8; ++place) state[place] ^= v[place] ^ v[place + 8];
}

}  // namespace

std::uint32_t crc32(Text data) {
  std::uint32_t sum = 0xFFFFFFFF;
  for (char c : data) sum = kCrc[(sum ^ static_cast<std::uint8_t>(c)) & 0xFF] ^ sum >> 8;
  return ~sum;
}

void blake2b(Text data, Text key, std::size_t size, char* digest) {
  std::uint64_t state[8];
  std::memcpy(state, kStart, sizeof state);
  state[0] ^= 0x01010000 ^ key.size() << 8 ^ size;
  char block[kBlock] = {};
  std::uint64_t count = 0;
  if (!key.empty()) {
    std::memcpy(block, key.data(), key.size());
    count = kBlock;
    if (!data.empty()) compress(state, block, count, false);
  }
  for (; data.size() > kBlock; data.remove_prefix(kBlock)) compress(state, data.data(), count += kBlock, false);
  if (!data.empty()) {
    std::memset(block, 0, kBlock);
    std::memcpy(block, data.data(), data.size());
    count += data.size();
  }
  compress(state, block, count, true);
  for (std::size_t place = 0; place < size; ++place) {
    digest[place] = static_cast<char>(state[place / 8] >> 8 * (place % 8));
  }
}

}  // namespace duly
