#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "answer.h"
#include "direct.h"
#include "observing.h"
#include "request.h"
#include "rules.h"
#include "session.h"

namespace duly {

// Tells wall clocks by the zones that are loaded.
class ZoneWalls : public Walls {
 public:
  explicit ZoneWalls(Zones& zones) : zones_(zones) {}
  std::int64_t wall(Text zone, std::int64_t instant) const override;

 private:
  Zones& zones_;
};

// Answers the questions of one batch, in order, as `duly.engine.answer.Answering`. Used in this order: `read`, then for
// each attempt `begin`, `Session::wanted` and `Session::load` until nothing is wanted any more, `work`.
class Deciding {
 public:
  Deciding(const Rules& rules, Zones& zones, DecisionIds& ids, std::uint32_t buckets, std::string secret)
      : rules_(rules),
        zones_(zones),
        walls_(zones),
        writer_(walls_),
        ids_(ids),
        buckets_(buckets),
        secret_(std::move(secret)) {}

  // Take in requests that arrived at the instant `arrival`; they must outlive this. Those that cannot be dealt with
  // here have no answer from now on.
  void read(const std::vector<Text>& requests, std::int64_t arrival);
  // The buckets in which the persons live that the questions are about.
  std::vector<std::uint16_t> buckets() const;

  // Name what has to be read.
  void begin();
  // Answer at the instant `now`.
  void work(std::int64_t now);
  Session& session() { return *session_; }

  // The `DecideResponse` to a request; none where the engine has to be asked.
  const std::optional<Text>& answer(std::size_t number) const { return answers_[number]; }
  // Whether a request is still dealt with here.
  bool takes(std::size_t number) const { return asked_[number].has_value(); }
  const std::vector<Said>& verdicts() const { return verdicts_; }

 private:
  // A question with what it is about.
  struct Asked {
    DecideRequest request;
    std::vector<Heard> heard;
    std::vector<Linked> links;
    bool own = false;    // whether its user did it, so that it has to be written down
    bool noted = false;  // whether that can be done here
    Person* person = nullptr;
    Case* about = nullptr;
    std::optional<std::size_t> kept;  // where the answer to its `request_id` lies
  };

  void name(Asked& asked);
  void name_own(Asked& asked);
  Text answer(Asked& asked, std::int64_t now);
  void take(Asked& asked);
  void remember(const Asked& asked, const Decision* decision, std::int64_t now);

  const Rules& rules_;
  Zones& zones_;
  ZoneWalls walls_;
  AnswerWriter writer_;
  DecisionIds& ids_;
  std::uint32_t buckets_;
  std::string secret_;
  Arena arena_;
  std::optional<Session> session_;  // before what lies in it
  std::vector<std::optional<Asked>> asked_;
  std::vector<std::string> left_;  // whom the requests are about that are left to the engine
  std::vector<std::optional<Text>> answers_;
  std::vector<Said> verdicts_;
  Scratch scratch_;
  ProtoWriter response_;
};

}  // namespace duly
