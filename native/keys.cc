#include "keys.h"

#include <algorithm>

#include "hash.h"

namespace duly {

namespace {

constexpr std::size_t kIdentityDigest = 6, kSuppressionDigest = 16;

void start(std::string& out, std::uint16_t bucket, char kind) {
  out.clear();
  out += static_cast<char>(bucket >> 8);
  out += static_cast<char>(bucket & 0xFF);
  out += kind;
}

void start(std::string& out, std::uint16_t bucket, char kind, Text first, Text second) {
  start(out, bucket, kind);
  out.append(first);
  out += '\0';
  out.append(second);
}

// Eight bytes that sort; instants before 1970 count as 1970.
void add_instant(std::string& out, std::int64_t time) {
  if (time < 0) time = 0;
  for (int place = 7; place >= 0; --place) out += static_cast<char>(time >> 8 * place);
}

}  // namespace

std::uint16_t bucket_of(Text identity, std::uint32_t buckets) {
  return static_cast<std::uint16_t>(crc32(identity) % buckets);
}

std::vector<std::uint16_t> distinct(std::vector<std::uint16_t> buckets) {
  std::sort(buckets.begin(), buckets.end());
  buckets.erase(std::unique(buckets.begin(), buckets.end()), buckets.end());
  return buckets;
}

void user_prefix(std::string& out, std::uint16_t bucket, Text identity) {
  char digest[kIdentityDigest];
  blake2b(identity, {}, kIdentityDigest, digest);
  out.clear();
  out += static_cast<char>(bucket >> 8);
  out += static_cast<char>(bucket & 0xFF);
  out.append(digest, kIdentityDigest);
}

std::uint16_t bucket_in(Text decision) {
  return static_cast<std::uint16_t>(static_cast<std::uint8_t>(decision[0]) << 8 |
                                    static_cast<std::uint8_t>(decision[1]));
}

namespace keys {

void user(std::string& out, std::uint16_t bucket, Text identity) {
  start(out, bucket, 'u');
  out.append(identity);
}

void member(std::string& out, std::uint16_t bucket, Text relation, Text thing, Text identity) {
  start(out, bucket, 'm', relation, thing);
  out += '\0';
  out.append(identity);
}

void related(std::string& out, std::uint16_t bucket, Text identity, Text relation, Text thing) {
  start(out, bucket, 'f', identity, relation);
  out += '\0';
  out.append(thing);
}

void instance(std::string& out, std::uint16_t bucket, Text identity, Text message_id) {
  start(out, bucket, 'i', identity, message_id);
}

void request(std::string& out, std::uint16_t bucket, Text identity, Text request_id) {
  start(out, bucket, 'r', identity, request_id);
}

void event(std::string& out, std::uint16_t bucket, Text identity, std::int64_t time, Text message_id) {
  start(out, bucket, 'e', identity, {});
  add_instant(out, time);
  out.append(message_id);
}

void history(std::string& out, std::uint16_t bucket, Text identity, Text name) {
  start(out, bucket, 'h', identity, name);
}

void decision(std::string& out, std::uint16_t bucket, Text decision) {
  start(out, bucket, 'g');
  out.append(decision.substr(kPrefixBytes));
  out.append(decision.substr(2, kPrefixBytes - 2));
}

void due(std::string& out, std::uint16_t bucket, std::int64_t time, Text decision) {
  start(out, bucket, 'q');
  add_instant(out, time);
  out.append(decision);
}

void suppressed(std::string& out, std::uint16_t bucket, Text identity, Text secret) {
  char digest[kSuppressionDigest];
  blake2b(identity, secret, kSuppressionDigest, digest);
  start(out, bucket, 'x');
  out.append(digest, kSuppressionDigest);
}

}  // namespace keys

}  // namespace duly
