#include "instance.h"

#include "declined.h"

namespace duly {

namespace {

constexpr std::size_t kFields = 5;
constexpr std::size_t kFormerFields = 4;  // of records from before there were replaced decisions
constexpr std::size_t kVersionBytes = 8;

void demand_new(Text decisions, Text rule) {
  MsgpackReader known(decisions);
  while (known.left() > 0) {
    if (known.text() == rule) throw Declined();
    known.skip();
  }
}

}  // namespace

Instance read_instance(Text record) {
  if (record.size() < kVersionBytes) throw Declined();
  MsgpackReader reader(record.substr(kVersionBytes));
  std::size_t fields = reader.array();
  if (fields != kFields && fields != kFormerFields) throw Declined();
  Instance instance;
  instance.version = reader.integer();
  instance.taken = reader.boolean();
  instance.ingested = reader.boolean();
  instance.decisions = reader.map();
  const char* start = reader.place();
  for (std::uint32_t left = instance.decisions; left > 0; --left) {
    reader.text();
    reader.binary();
  }
  instance.known = Text(start, static_cast<std::size_t>(reader.place() - start));
  bool replaced = fields == kFields && reader.array() > 0;
  if (replaced || reader.left() > 0) throw Declined();
  return instance;
}

void add_decision(Instance& instance, Text rule, Text decision) {
  demand_new(instance.known, rule);
  demand_new(instance.added, rule);
  MsgpackWriter pair;
  pair.text(rule);
  pair.binary(decision);
  instance.added += pair.written();
  ++instance.decisions;
}

void pack_instance(const Instance& instance, MsgpackWriter& to) {
  to.version(instance.version);
  to.array(kFields);
  to.integer(instance.version);
  to.boolean(instance.taken);
  to.boolean(instance.ingested);
  to.map(instance.decisions);
  to.raw(instance.known);
  to.raw(instance.added);
  to.array(0);
}

}  // namespace duly
