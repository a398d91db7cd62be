#pragma once

#include <cstddef>
#include <cstdint>

#include "value.h"

namespace duly {

inline constexpr std::size_t kLargestDigest = 64;

// CRC-32 as `zlib.crc32` computes it.
std::uint32_t crc32(Text data);

// BLAKE2b (RFC 7693) with a digest of `size` bytes (1 to 64), written to `digest`; the key, if any, has at most 64
// bytes. As `hashlib.blake2b(data, key=key, digest_size=size)`.
void blake2b(Text data, Text key, std::size_t size, char* digest);

}  // namespace duly
