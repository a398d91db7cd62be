#include "words.h"

#include <algorithm>
#include <iterator>

#include "civil.h"
#include "declined.h"

namespace duly {

namespace {

constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kFirstYear = 1'000;  // before it, years have fewer digits in Python

struct Phrase {
  Text name, said;
};

// What a reason of the direct way is in words, as `REASONS` of `duly.engine.decision`.
constexpr Phrase kReasons[] = {
    {"due", "every gate is open"},
    {"not-yet", "the earliest permitted instant is later"},
    {"capped", "the cap is full"},
};

constexpr Phrase kSources[] = {
    {"rule", "the rule"},
    {"trait timezone", "trait timezone"},
    {"context timezone", "context.timezone"},
    {"house", "the house timezone"},
    {"utc", "the default"},
};

Text phrase(const Phrase* first, const Phrase* last, Text name) {
  const Phrase* found = std::find_if(first, last, [&](const Phrase& phrase) { return phrase.name == name; });
  if (found == last) throw Declined();
  return found->said;
}

Text reason_in_words(Text reason) { return phrase(std::begin(kReasons), std::end(kReasons), reason); }

Text source(Text name) { return phrase(std::begin(kSources), std::end(kSources), name); }

void add_number(std::string& out, std::int64_t number) { out += std::to_string(number); }

void add_digits(std::string& out, std::int64_t number, int digits) {
  out.append(static_cast<std::size_t>(digits), '0');
  for (auto place = out.end() - 1; digits > 0; --digits, --place, number /= 10) {
    *place = static_cast<char>('0' + number % 10);
  }
}

void add_date(std::string& out, const Date& date) {
  if (date.year < kFirstYear) throw Declined();
  add_digits(out, date.year, 4);
  out += '-';
  add_digits(out, date.month, 2);
  out += '-';
  add_digits(out, date.day, 2);
}

// `duly.engine.words._time`.
void when(std::string& out, const TimeInput& time, const Walls& walls) {
  out.append("in ").append(time.zone).append(", from ").append(source(time.source));
  if (time.moved == 0 || time.at == 0) return;
  Text before = ", moved by ";
  for (std::size_t gate = 0; gate < std::size(kMovedBy); ++gate) {
    if (!(time.moved >> gate & 1U)) continue;
    out.append(before).append(kMovedBy[gate]);
    before = " and ";
  }
  out.append(" to ");
  local_time(out, time.at, time.zone, walls);
}

// `duly.engine.words._cap`.
void used(std::string& out, const Decision& decision, const CapInput& cap, const Walls& walls) {
  add_number(out, cap.count);
  out.append(" of ");
  add_number(out, cap.limit);
  out.append(" used of `").append(cap.text).append("` in ").append(decision.zone);
  out.append(", from ").append(source(decision.zone_source));
  if (cap.frees == 0) return;
  out.append("; a slot frees ");
  local_time(out, cap.frees, decision.zone, walls);
}

bool has_detail(const Decision& decision, Gate gate) {
  return gate == Gate::Time || (gate == Gate::Caps && decision.cap);
}

void detail(std::string& out, const Decision& decision, Gate gate, const Walls& walls) {
  if (gate == Gate::Time) return when(out, decision.time, walls);
  used(out, decision, *decision.cap, walls);
}

}  // namespace

std::optional<Gate> failed_gate(const Decision& decision) {
  auto found = std::find(decision.statuses.begin(), decision.statuses.end(), Status::Fail);
  if (found == decision.statuses.end()) return std::nullopt;
  return static_cast<Gate>(found - decision.statuses.begin());
}

void local_time(std::string& out, std::int64_t instant, Text zone, const Walls& walls) {
  std::int64_t wall = walls.wall(zone, instant);
  std::int64_t time = floor_mod(wall, kDay);
  add_date(out, date_of(floor_div(wall, kDay)));
  out += ' ';
  add_digits(out, time / kHour, 2);
  out += ':';
  add_digits(out, time % kHour / kMinute, 2);
  if (time % kMinute != 0) {
    out += ':';
    add_digits(out, time % kMinute / kSecond, 2);
  }
  out.append(" in ").append(zone);
}

void sentence(std::string& out, const Decision& decision, const Walls& walls) {
  out.append(reason_in_words(decision.reason));
  if (decision.verdict == Verdict::Defer) {
    out.append(": ");
    return local_time(out, decision.due, decision.zone, walls);
  }
  std::optional<Gate> failed = failed_gate(decision);
  if (!failed || !has_detail(decision, *failed)) return;
  out.append(": ");
  detail(out, decision, *failed, walls);
}

void gate_sentence(std::string& out, const Decision& decision, Gate gate, const Walls& walls) {
  Status status = decision.statuses[static_cast<std::size_t>(gate)];
  if (status != Status::Pass && status != Status::Fail) {
    out.append(status == Status::Waived ? kWaived : Text());
  } else if (has_detail(decision, gate)) {
    detail(out, decision, gate, walls);
  } else {
    out.append(status == Status::Pass ? kPassed[static_cast<std::size_t>(gate)] : reason_in_words(decision.reason));
  }
}

}  // namespace duly
