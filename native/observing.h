#pragma once

#include <cstdint>
#include <vector>

#include "direct.h"
#include "request.h"
#include "rules.h"
#include "session.h"

namespace duly {

// A thing that an event puts into a relation or takes from it, and where that stands.
struct Linked {
  const RelationUpdate* update = nullptr;
  Text thing;
  std::size_t slot = 0;
};

// Adds what an event of a person changes in relations, and names what has to be read for that. Throws `Declined` for an
// event that has to be written down by the engine, because more goes by it.
void name_links(const Hearing& hearing, const Event& event, const Person& person, Session& session, Scratch& scratch,
                std::vector<Linked>& to);

// Throws `Declined` for an event that sets off more than is done here, see `duly.engine.triggers.hear`; `heard` by some
// rule, it must not change what that goes by.
void demand_ordinary(const Rules& rules, const Event& event, const Person& person, bool heard, std::int64_t now);

// Write down what an event says about a person, as `duly.engine.observe`; it must not have been taken in before.
void observe(Session& session, const Event& event, Person& person, const std::vector<Linked>& links, Scratch& scratch);

}  // namespace duly
