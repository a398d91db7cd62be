#include "rules.h"

#include "declined.h"

namespace duly {

namespace {

const Hearing kUnheard;

std::string text_of(const Value& value) {
  if (value.kind != Kind::Text) throw Declined();
  return std::string(value.as_text());
}

std::optional<std::string> optional_text(const Value& value) {
  if (value.is_null()) return std::nullopt;
  return text_of(value);
}

std::int64_t integer_of(const Value& value) {
  if (value.kind != Kind::Integer) throw Declined();
  return value.integer;
}

bool truth_of(const Value& value) {
  if (value.kind != Kind::True && value.kind != Kind::False) throw Declined();
  return value.kind == Kind::True;
}

template <typename Item, typename Make>
std::vector<Item> all_of(const Value& list, Make make) {
  if (list.kind != Kind::List) throw Declined();
  std::vector<Item> found;
  found.reserve(list.count);
  for (std::uint32_t place = 0; place < list.count; ++place) found.push_back(make(list.items[place]));
  return found;
}

Arc arc_of(const Value& lowered) { return Arc(integer_of(lowered.at("start")), integer_of(lowered.at("end"))); }

Days days_of(const Value& lowered) {
  auto pair = [](const Value& range) {
    if (range.kind != Kind::List || range.count != 2) throw Declined();
    return std::pair(integer_of(range.items[0]), integer_of(range.items[1]));
  };
  Days days;
  days.weekdays = static_cast<unsigned>(integer_of(lowered.at("weekdays")));
  days.dates = all_of<std::pair<std::int64_t, std::int64_t>>(lowered.at("dates"), pair);
  auto month_day = [&](const Value& value) {
    auto [month, day] = pair(value);
    return Days::MonthDay(static_cast<int>(month), static_cast<int>(day));
  };
  days.seasons = all_of<std::pair<Days::MonthDay, Days::MonthDay>>(lowered.at("seasons"), [&](const Value& season) {
    if (season.kind != Kind::List || season.count != 2) throw Declined();
    return std::pair(month_day(season.items[0]), month_day(season.items[1]));
  });
  return days;
}

Schedule schedule_of(const Value& lowered) {
  return Schedule(all_of<std::int64_t>(lowered.at("at"), integer_of), all_of<Arc>(lowered.at("between"), arc_of),
                  days_of(lowered.at("days")), integer_of(lowered.at("after")),
                  static_cast<Passed>(integer_of(lowered.at("passed"))), integer_of(lowered.at("grace")),
                  optional_text(lowered.at("zone")));
}

QuietPlan quiet_of(const Value& lowered) { return {arc_of(lowered), optional_text(lowered.at("zone"))}; }

GapPlan gap_of(const Value& lowered) {
  return {integer_of(lowered.at("duration")), optional_text(lowered.at("category")),
          optional_text(lowered.at("channel"))};
}

CapPlan cap_of(const Value& lowered) {
  CapPlan plan;
  plan.cap = {integer_of(lowered.at("limit")), static_cast<Unit>(integer_of(lowered.at("unit"))),
              integer_of(lowered.at("duration"))};
  plan.text = text_of(lowered.at("text"));
  plan.rule = text_of(lowered.at("rule"));
  plan.per_object = truth_of(lowered.at("per_object"));
  plan.category = optional_text(lowered.at("category"));
  plan.channel = optional_text(lowered.at("channel"));
  plan.former = all_of<std::string>(lowered.at("former"), text_of);
  return plan;
}

RelationRead relation_of(const Value& lowered) { return {text_of(lowered.at("name")), path_of(lowered.at("key"))}; }

RelationUpdate update_of(const Value& lowered) {
  return {text_of(lowered.at("relation")), path_of(lowered.at("key")), path_of(lowered.at("listed")),
          truth_of(lowered.at("adds"))};
}

Message message_of(const Value& lowered) {
  return {Template(lowered.at("title")), Template(lowered.at("body")), Template(lowered.at("link"))};
}

Hearing hearing_of(const Value& lowered) {
  Hearing hearing;
  hearing.native = truth_of(lowered.at("native"));
  hearing.remembered = truth_of(lowered.at("remembered"));
  hearing.about = truth_of(lowered.at("about"));
  if (!lowered.at("index").is_null()) hearing.index = EventIndex(lowered.at("index"));
  hearing.updates = all_of<RelationUpdate>(lowered.at("updates"), update_of);
  return hearing;
}

}  // namespace

Rule::Rule(const Value& lowered)
    : name(text_of(lowered.at("name"))), native(truth_of(lowered.at("native"))), test(lowered.at("test")) {
  if (!native) return;
  location = text_of(lowered.at("location"));
  category = text_of(lowered.at("category"));
  channel = text_of(lowered.at("channel"));
  opt_in = truth_of(lowered.at("opt_in"));
  uncounted = truth_of(lowered.at("uncounted"));
  schedule = schedule_of(lowered.at("schedule"));
  quiet = all_of<QuietPlan>(lowered.at("quiet"), quiet_of);
  gaps = all_of<GapPlan>(lowered.at("gaps"), gap_of);
  caps = all_of<CapPlan>(lowered.at("caps"), cap_of);
  if (!lowered.at("wait").is_null()) wait = integer_of(lowered.at("wait"));
  expiry = integer_of(lowered.at("expiry"));
  sends_kept = integer_of(lowered.at("sends_kept"));
  if (!lowered.at("object_key").is_null()) object_key = path_of(lowered.at("object_key"));
  relations = all_of<RelationRead>(lowered.at("relations"), relation_of);
  if (!lowered.at("message").is_null()) message = message_of(lowered.at("message"));
}

Rules::Rules(const Value& lowered)
    : version(text_of(lowered.at("version"))),
      house_zone(optional_text(lowered.at("house_zone"))),
      recurring(truth_of(lowered.at("recurring"))),
      rules(all_of<Rule>(lowered.at("rules"), [](const Value& rule) { return Rule(rule); })) {
  const Value& events = lowered.at("events");
  if (events.kind != Kind::Object) throw Declined();
  for (std::uint32_t place = 0; place < events.count; ++place) {
    by_event.emplace(events.members[place].name, hearing_of(events.members[place].value));
  }
}

const Hearing& Rules::hearing(Text event) const {
  auto found = by_event.find(std::string(event));
  return found == by_event.end() ? kUnheard : found->second;
}

}  // namespace duly
