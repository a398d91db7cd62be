#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "direct.h"
#include "observing.h"
#include "proto.h"
#include "request.h"
#include "rules.h"
#include "session.h"

namespace duly {

// What became of an event, a `duly.v1.IngestStatus`.
enum class Intake : std::uint8_t { Accepted = 1, Duplicate = 2 };

// Takes the events of one batch in, in order, as `duly.engine.intake.Taking`. Used as `Deciding` is.
class Taking {
 public:
  Taking(const Rules& rules, Zones& zones, DecisionIds& ids, std::uint32_t buckets, std::string secret, bool history)
      : rules_(rules), zones_(zones), ids_(ids), buckets_(buckets), secret_(std::move(secret)), history_(history) {}

  // Take in events that arrived at the instant `arrival`; they must outlive this. Those that cannot be dealt with here
  // have no result from now on.
  void read(const std::vector<Text>& events, std::int64_t arrival);
  std::vector<std::uint16_t> buckets() const;

  void begin();
  void work(std::int64_t now);
  Session& session() { return *session_; }

  // The `IngestResult` of an event; none where the engine has to be asked.
  std::optional<Text> answer(std::size_t number);
  bool takes(std::size_t number) const { return taken_[number].has_value(); }
  const std::vector<Said>& verdicts() const { return verdicts_; }

 private:
  // An event with what it is about.
  struct Arrived {
    Event event;
    std::string identity;
    const Hearing* hearing = nullptr;
    std::vector<Heard> heard;
    std::vector<Linked> links;
    Person* person = nullptr;
    Case* about = nullptr;
  };
  void name(Arrived& arrived);
  Intake take(Arrived& arrived, std::int64_t now);

  const Rules& rules_;
  Zones& zones_;
  DecisionIds& ids_;
  std::uint32_t buckets_;
  std::string secret_;
  bool history_;
  Arena arena_;
  std::optional<Session> session_;  // before what lies in it
  std::vector<std::optional<Arrived>> taken_;
  std::vector<std::string> left_;
  std::vector<std::optional<Intake>> results_;
  std::vector<Said> verdicts_;
  Scratch scratch_;
  ProtoWriter result_;
};

}  // namespace duly
