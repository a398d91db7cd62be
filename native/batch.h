#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "direct.h"
#include "exchange.h"
#include "lowered.h"
#include "rules.h"
#include "session.h"

// What batches of questions and of events have in common, towards Python.
namespace duly {

// How often a rule came to a verdict for a reason, for rules by their numbers.
class Tally {
 public:
  explicit Tally(const Rules& rules) : rules_(rules), of_(rules.rules.size()) {}
  void count(const Said& said);
  // Numbers by rule, verdict and reason, since this was last asked.
  pybind11::dict take();

 private:
  struct Count {
    std::uint8_t verdict;
    Text reason;
    std::int64_t number;
  };
  const Rules& rules_;
  std::vector<std::vector<Count>> of_;
};

// A plan in its native form, with all that is needed to work by it on one store.
struct Plan {
  Plan(const pybind11::object& lowered, std::uint32_t bucket_count, std::string suppression_secret,
       Zones::Loader loader, std::uint64_t seed)
      : rules(value_of(lowered, arena)),
        zones(std::move(loader)),
        ids(seed),
        buckets(bucket_count),
        secret(std::move(suppression_secret)),
        tally(rules) {}

  Arena arena;
  Rules rules;
  Zones zones;
  DecisionIds ids;
  std::uint32_t buckets;
  std::string secret;
  Tally tally;
};

// What a Python object of type `bytes` holds.
Text view(pybind11::handle bytes);
std::vector<Text> views(const pybind11::sequence& items);
pybind11::bytes bytes_of(Text text);
pybind11::object bytes_or_none(const std::optional<Text>& text);
pybind11::list bytes_of(const std::vector<Text>& texts);

// One batch in the making; it keeps alive what it looks at. `Work` is `Deciding` or `Taking`.
template <typename Work>
class Batch {
 public:
  template <typename... More>
  Batch(std::shared_ptr<Plan> plan, pybind11::list requests, std::int64_t arrival, More... more)
      : plan_(std::move(plan)),
        requests_(std::move(requests)),
        work_(plan_->rules, plan_->zones, plan_->ids, plan_->buckets, plan_->secret, more...) {
    work_.read(views(requests_), arrival);
  }

  // The numbers of the requests that are not dealt with here.
  pybind11::list left() const;
  std::vector<std::uint16_t> buckets() const { return work_.buckets(); }
  // Start anew. Gives, as `load` does, the keys of what is to be read and given to `load`.
  Wanted begin();
  Wanted load(const pybind11::object& values);
  void work(std::int64_t now) { work_.work(now); }
  // All that changes: the buckets, and what to put. Then, what is to be checked: keys and versions.
  pybind11::tuple change();
  pybind11::list checks();
  std::vector<std::pair<std::uint16_t, std::int64_t>> dues() { return work_.session().dues(); }
  // Count the verdicts, once they are written.
  void count();
  // The answer to each request, None where there is none.
  pybind11::list answers();
  // Those from one request to another in one message; None where one of them has none.
  pybind11::object joined_answers(std::size_t first, std::size_t last);

 private:
  Wanted wanted();

  std::shared_ptr<Plan> plan_;
  pybind11::list requests_, values_;
  Work work_;
};

}  // namespace duly
