#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proto.h"
#include "value.h"

namespace duly {

// The numbers of `duly.engine.decision`, where their meaning is told.
enum class Verdict : std::uint8_t { None = 0, Notify = 1, Defer = 2, Suppress = 3 };
enum class Standing : std::uint8_t { Open, Pending, Reserved, Committed, Leased, Sent, Failed, Closed };
enum class Status : std::uint8_t { Pass = 1, Fail = 2, NotReached = 3, Waived = 4 };
enum class Gate : std::uint8_t { Match, Duplicate, Holdout, Consent, Cancelled, Expiry, Time, Caps, Competition };
inline constexpr std::size_t kGates = 9;

// What the gate of time used: `["time", zone, source, moved, at, refused]`, of which nothing was refused here.
struct TimeInput {
  Text zone;
  Text source;
  std::uint8_t moved = 0;  // the gates that moved it, as the mask of `duly.timing.gates`
  std::int64_t at = 0;
};

// What the gate of caps used: `["cap", text, count, limit, frees]`.
struct CapInput {
  Text text;
  std::int64_t count = 0;
  std::int64_t limit = 0;
  std::int64_t frees = 0;
};

// One rule's verdict about one user, as `duly.engine.decision.Decision`; what is not here has its default there.
struct Decision {
  Text id, identity, rule, location, rules_version, message_id, event;
  std::int64_t event_time = 0, created = 0;
  Verdict verdict = Verdict::Suppress;
  Text reason;
  std::int64_t due = 0, next = 0, expires = 0;
  std::array<Status, kGates> statuses{};
  TimeInput time;
  std::optional<CapInput> cap;
  std::optional<Gate> opens;  // the gate that could next pass, at `next`
  Text object, category, channel, zone, zone_source;
  std::string title, body, link;
  Standing standing = Standing::Open;
  std::uint8_t mode = 0;
};

}  // namespace duly
