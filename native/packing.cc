#include "packing.h"

#include <iterator>

#include "words.h"

namespace duly {

namespace {

constexpr std::size_t kDecisionFields = 34, kEventFields = 12, kRequestFields = 4;
constexpr std::size_t kUsualSize = 512;  // of a decision

void pack_time(const TimeInput& time, MsgpackWriter& to) {
  to.array(6);
  to.text("time");
  to.text(time.zone);
  to.text(time.source);
  std::size_t moved = 0;
  for (std::size_t gate = 0; gate < std::size(kMovedBy); ++gate) moved += time.moved >> gate & 1U;
  to.array(moved);
  for (std::size_t gate = 0; gate < std::size(kMovedBy); ++gate) {
    if (time.moved >> gate & 1U) to.text(kMovedBy[gate]);
  }
  to.integer(time.at);
  to.array(0);
}

void pack_cap(const CapInput& cap, MsgpackWriter& to) {
  to.array(5);
  to.text("cap");
  to.text(cap.text);
  to.integer(cap.count);
  to.integer(cap.limit);
  to.integer(cap.frees);
}

void pack_inputs(const Decision& decision, MsgpackWriter& to) {
  to.map(decision.cap ? 2 : 1);
  to.integer(static_cast<int>(Gate::Time));
  pack_time(decision.time, to);
  if (!decision.cap) return;
  to.integer(static_cast<int>(Gate::Caps));
  pack_cap(*decision.cap, to);
}

void pack_opens(const Decision& decision, MsgpackWriter& to) {
  to.map(decision.opens ? 1 : 0);
  if (!decision.opens) return;
  to.integer(static_cast<int>(*decision.opens));
  to.integer(decision.next);
}

}  // namespace

void pack_event(const LoggedEvent& event, MsgpackWriter& to) {
  to.array(kEventFields);
  to.text(event.message_id);
  to.text(event.type);
  to.text(event.name);
  to.text(event.user_id);
  to.text(event.anonymous_id);
  to.integer(event.time);
  to.integer(event.arrival);
  to.binary(event.properties);
  to.value(event.traits);
  to.value(event.context);
  to.text(event.previous_id);
  to.text(event.group_id);
}

void pack_decision(const Decision& decision, MsgpackWriter& to) {
  to.reserve(kUsualSize);
  to.array(kDecisionFields);
  to.binary(decision.id);
  to.text(decision.identity);
  to.text(decision.rule);
  to.text(decision.location);
  to.text(decision.rules_version);
  to.text(decision.message_id);
  to.text(decision.event);
  to.integer(decision.event_time);
  to.integer(decision.created);
  to.integer(static_cast<int>(decision.verdict));
  to.text(decision.reason);
  to.integer(decision.due);
  to.integer(decision.next);
  to.integer(decision.expires);
  to.binary(Text(reinterpret_cast<const char*>(decision.statuses.data()), kGates));
  pack_inputs(decision, to);
  pack_opens(decision, to);
  to.text(decision.object);
  to.text(decision.category);
  to.text(decision.channel);
  to.text(decision.zone);
  to.text(decision.zone_source);
  to.text(decision.title);
  to.text(decision.body);
  to.text(decision.link);
  to.text({});  // no variant
  to.integer(static_cast<int>(decision.standing));
  to.integer(decision.mode);
  to.integer(0);  // no lease
  to.text({});    // not outranked
  to.integer(0);  // not held out
  to.array(0);    // no outcomes
  to.integer(0);  // not lapsed
  to.map(0);      // no descriptions
}

void pack_request(Text digest, std::int64_t now, const Decision* decision, Text rules_version, MsgpackWriter& to) {
  MsgpackWriter decisions;
  decisions.array(decision == nullptr ? 0 : 1);
  if (decision != nullptr) pack_decision(*decision, decisions);
  to.array(kRequestFields);
  to.binary(digest);
  to.integer(now);
  to.binary(decisions.written());
  to.text(rules_version);
}

}  // namespace duly
