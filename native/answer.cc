#include "answer.h"

#include <array>

namespace duly {

namespace {

// The numbers of the fields in protos/duly/v1/decision.proto and decision_service.proto.
enum DecisionField : std::uint32_t {
  kDecisionId = 1,
  kVerdict = 2,
  kRule = 3,
  kUserId = 4,
  kAnonymousId = 5,
  kDueTime = 6,
  kNextTime = 7,
  kExpireTime = 8,
  kReason = 9,
  kDescription = 10,
  kGatesField = 11,
  kMessage = 12,
  kCategory = 14,
  kChannel = 15,
  kRulesVersion = 16,
  kRuleLocation = 17,
  kEventMessageId = 18,
  kCreateTime = 19,
  kMode = 20,
  kZone = 22,
  kZoneSource = 23,
  kObject = 26,
};
enum GateField : std::uint32_t { kGateName = 1, kGateStatus = 2, kGateDescription = 3, kGateNext = 4, kGateReason = 5 };
enum MessageField : std::uint32_t { kTitle = 1, kBody = 2, kLink = 3 };
enum ResponseField : std::uint32_t { kDecisions = 1, kResponseVersion = 2 };

constexpr Text kNames[kGates] = {"match",  "duplicate", "holdout", "consent",    "cancelled",
                                 "expiry", "time",      "caps",    "competition"};
constexpr std::size_t kStatuses = 5;

// How each gate begins, and all of a gate about which there is nothing special to tell, by status: without and with
// its explanation. These are said again and again.
struct Gates {
  Gates() {
    for (std::size_t gate = 0; gate < kGates; ++gate) {
      for (std::size_t status = 1; status < kStatuses; ++status) put(gate, static_cast<Status>(status));
    }
  }

  void put(std::size_t gate, Status status) {
    auto number = static_cast<std::size_t>(status);
    ProtoWriter start, whole, told;
    start.bytes(kGateName, kNames[gate]);
    start.integer(kGateStatus, number);
    starts[gate][number] = start.written();
    whole.item(kGatesField, start.written());
    plain[gate][number] = whole.written();
    start.bytes(kGateDescription, status == Status::Pass ? kPassed[gate] : status == Status::Waived ? kWaived : Text());
    told.item(kGatesField, start.written());
    explained[gate][number] = told.written();
  }

  using Table = std::array<std::array<std::string, kStatuses>, kGates>;
  Table starts, plain, explained;
};

const Gates& said_of_gates() {
  static const Gates gates;
  return gates;
}

Text object_text(Text thing) {
  if (thing.empty() || thing.front() != '"') return thing;
  return thing.size() < 2 ? Text() : thing.substr(1, thing.size() - 2);
}

Text hexadecimal(Text id, std::string& out) {
  constexpr char kDigits[] = "0123456789abcdef";
  out.clear();
  for (char c : id) {
    auto byte = static_cast<std::uint8_t>(c);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

void put_instant(ProtoWriter& to, std::uint32_t field, std::int64_t instant) {
  if (instant != 0) to.instant(field, instant);
}

}  // namespace

void AnswerWriter::decision(const Decision& decision, int explain, ProtoWriter& to) {
  bool notify = decision.verdict == Verdict::Notify;
  bool known = !decision.identity.empty() && decision.identity.front() == 'u';
  to.bytes(kDecisionId, hexadecimal(decision.id, said_));
  to.integer(kVerdict, static_cast<std::uint64_t>(decision.verdict));
  to.bytes(kRule, decision.rule);
  to.bytes(known ? kUserId : kAnonymousId, decision.identity.substr(2));
  put_instant(to, kDueTime, decision.due);
  put_instant(to, kNextTime, decision.next);
  put_instant(to, kExpireTime, decision.expires);
  if (!notify) to.bytes(kReason, decision.reason);
  said_.clear();
  sentence(said_, decision, walls_);
  to.bytes(kDescription, said_);
  gates(decision, explain, to);
  message(decision, to);
  to.bytes(kCategory, decision.category);
  to.bytes(kChannel, decision.channel);
  to.bytes(kRulesVersion, decision.rules_version);
  to.bytes(kRuleLocation, decision.location);
  to.bytes(kEventMessageId, decision.message_id);
  to.instant(kCreateTime, decision.created);
  to.integer(kMode, decision.mode);
  to.bytes(kZone, decision.zone);
  to.bytes(kZoneSource, decision.zone_source);
  to.bytes(kObject, object_text(decision.object));
}

void AnswerWriter::gates(const Decision& decision, int explain, ProtoWriter& to) {
  const Gates& said = said_of_gates();
  bool is_told = explain != 0 || decision.verdict != Verdict::Notify;
  for (std::size_t number = 0; number < kGates; ++number) {
    auto gate = static_cast<Gate>(number);
    Status status = decision.statuses[number];
    bool is_open = is_told && decision.opens == gate;
    bool is_special = status == Status::Fail || gate == Gate::Time || (gate == Gate::Caps && decision.cap);
    bool is_reached = status == Status::Pass || status == Status::Fail;
    if (is_open || (is_reached && is_special && (explain != 0 || status == Status::Fail))) {
      gate_in_full(decision, gate, explain, is_open, to);
    } else {
      to.raw((explain != 0 ? said.explained : said.plain)[number][static_cast<std::size_t>(status)]);
    }
  }
}

void AnswerWriter::gate_in_full(const Decision& decision, Gate gate, int explain, bool is_open, ProtoWriter& to) {
  auto number = static_cast<std::size_t>(gate);
  Status status = decision.statuses[number];
  part_.clear();
  part_.raw(said_of_gates().starts[number][static_cast<std::size_t>(status)]);
  bool is_first_failure = decision.verdict != Verdict::Notify && failed_gate(decision) == gate;
  if (explain != 0 || is_first_failure) {
    said_.clear();
    gate_sentence(said_, decision, gate, walls_);
    part_.bytes(kGateDescription, said_);
  }
  if (is_open) part_.instant(kGateNext, decision.next);
  if (status == Status::Fail) part_.bytes(kGateReason, decision.reason);
  to.item(kGatesField, part_.written());
}

void AnswerWriter::message(const Decision& decision, ProtoWriter& to) {
  if (decision.title.empty() && decision.body.empty() && decision.link.empty()) return;
  part_.clear();
  part_.bytes(kTitle, decision.title);
  part_.bytes(kBody, decision.body);
  part_.bytes(kLink, decision.link);
  to.item(kMessage, part_.written());
}

void AnswerWriter::response(const Decision* decision, Text rules_version, int explain, ProtoWriter& to) {
  if (decision != nullptr) {
    decision_.clear();
    this->decision(*decision, explain, decision_);
    to.item(kDecisions, decision_.written());
  }
  to.bytes(kResponseVersion, rules_version);
}

}  // namespace duly
