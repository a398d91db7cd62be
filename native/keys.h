#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "value.h"

namespace duly {

inline constexpr std::size_t kIdBytes = 20;
inline constexpr std::size_t kPrefixBytes = 8;  // of a decision's id: bucket and user; the rest grows with time

// The bucket that an identity (or, for an event without a user, its message id) lives in.
std::uint16_t bucket_of(Text identity, std::uint32_t buckets);

// The buckets in order, each once.
std::vector<std::uint16_t> distinct(std::vector<std::uint16_t> buckets);

// `duly.engine.decision.user_prefix`, and the bucket a decision's record lives in, which its id tells.
void user_prefix(std::string& out, std::uint16_t bucket, Text identity);
std::uint16_t bucket_in(Text decision);

// Where everything lies in the store, as `duly.engine.keys.Keys` has it; each key takes the place of what `out` held.
namespace keys {

void user(std::string& out, std::uint16_t bucket, Text identity);
void member(std::string& out, std::uint16_t bucket, Text relation, Text thing, Text identity);
void related(std::string& out, std::uint16_t bucket, Text identity, Text relation, Text thing);
void instance(std::string& out, std::uint16_t bucket, Text identity, Text message_id);
void request(std::string& out, std::uint16_t bucket, Text identity, Text request_id);
void event(std::string& out, std::uint16_t bucket, Text identity, std::int64_t time, Text message_id);
void history(std::string& out, std::uint16_t bucket, Text identity, Text name);
void decision(std::string& out, std::uint16_t bucket, Text decision);
void due(std::string& out, std::uint16_t bucket, std::int64_t time, Text decision);
// That a user was deleted; `secret` is that of the store's suppression list, see `duly.engine.suppression`.
void suppressed(std::string& out, std::uint16_t bucket, Text identity, Text secret);

}  // namespace keys

}  // namespace duly
