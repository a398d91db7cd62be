#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "timing.h"
#include "zone_loader.h"

namespace duly {

namespace {

namespace py = pybind11;

using Sents = std::vector<std::pair<std::int64_t, std::int64_t>>;
using Instant = std::optional<std::int64_t>;
using Answer = std::tuple<int, Instant, Instant, std::int64_t, Instant, int, int, std::int64_t>;

Schedule make_schedule(std::vector<std::int64_t> at, std::vector<Arc> between, unsigned weekdays,
                       std::vector<std::pair<std::int64_t, std::int64_t>> dates,
                       std::vector<std::pair<Days::MonthDay, Days::MonthDay>> seasons, std::int64_t after, int passed,
                       std::int64_t grace, std::optional<std::string> zone) {
  Days days;
  days.weekdays = weekdays;
  days.dates = std::move(dates);
  days.seasons = std::move(seasons);
  return Schedule(std::move(at), std::move(between), std::move(days), after, static_cast<Passed>(passed), grace,
                  std::move(zone));
}

std::vector<std::vector<Sent>> sents_of(const std::vector<std::pair<const Cap*, Sents>>& caps) {
  std::vector<std::vector<Sent>> all;
  for (const auto& use : caps) {
    auto& sents = all.emplace_back();
    for (const auto& [at, wall] : use.second) sents.push_back({at, wall});
  }
  return all;
}

Answer answer(const Schedule& schedule, const Zone& zone, std::int64_t base, std::int64_t now, std::int64_t expiry,
              const std::vector<std::pair<const Arc*, const Zone*>>& quiet,
              const std::vector<std::pair<const Cap*, Sents>>& caps, std::int64_t gap, Instant last_send, Instant wait,
              const Zone* calendar) {
  std::vector<Quiet> arcs;
  for (const auto& [arc, place] : quiet) arcs.push_back({*arc, place});
  const auto sents = sents_of(caps);
  std::vector<CapUse> uses;
  for (const auto& use : caps) uses.push_back({use.first, sents[uses.size()]});
  TimeQuestion question;
  question.schedule = &schedule;
  question.zone = &zone;
  question.base = base;
  question.now = now;
  question.expiry = expiry;
  question.quiet = arcs;
  question.caps = uses;
  question.gap = gap;
  question.last_send = last_send;
  question.wait = wait;
  question.calendar = calendar;
  const Solution found = solve(question);
  return {static_cast<int>(found.outcome),
          found.at,
          found.frees,
          found.opened,
          found.first,
          found.moved,
          found.cap,
          found.count};
}

void bind_zones(py::module_& module) {
  py::class_<Zone>(module, "Zone")
      .def_property_readonly("name", &Zone::name)
      .def_property_readonly("until", &Zone::until)
      .def("offset", &Zone::offset)
      .def("wall", &Zone::wall)
      .def("span",
           [](const Zone& zone, std::int64_t instant) {
             const Zone::Span& span = zone.span(instant);
             return std::tuple(span.low, span.high, span.offset);
           })
      .def("calm", &Zone::calm)
      .def("resolve", &Zone::resolve)
      .def("exists", &Zone::exists);
  py::class_<Zones>(module, "Zones")
      .def(py::init([](py::function zone_parts) { return Zones(zone_loader(std::move(zone_parts))); }))
      .def("find", &Zones::find, py::return_value_policy::reference_internal);
}

void bind_dates(py::module_& module) {
  module.def("date_of", [](std::int64_t day) {
    const Date date = date_of(day);
    return std::tuple(date.year, date.month, date.day);
  });
  module.def("day_of", [](std::int64_t year, int month, int day) { return day_of({year, month, day}); });
  module.def("period", [](int unit, std::int64_t wall) {
    return std::pair(period_start(static_cast<Unit>(unit), wall), period_end(static_cast<Unit>(unit), wall));
  });
}

}  // namespace

void bind_timing(py::module_& module) {
  bind_zones(module);
  bind_dates(module);
  py::class_<Arc>(module, "Arc").def(py::init<std::int64_t, std::int64_t>(), py::arg("start"), py::arg("end"));
  py::class_<Cap>(module, "Cap")
      .def(py::init([](std::int64_t limit, int unit, std::int64_t duration) {
             return Cap{limit, static_cast<Unit>(unit), duration};
           }),
           py::arg("limit"), py::arg("unit"), py::arg("duration"));
  py::class_<Schedule>(module, "Schedule")
      .def(py::init(&make_schedule), py::kw_only(), py::arg("at"), py::arg("between"), py::arg("weekdays"),
           py::arg("dates"), py::arg("seasons"), py::arg("after"), py::arg("passed"), py::arg("grace"),
           py::arg("zone"));
  module.def("solve", &answer, py::arg("schedule"), py::arg("zone"), py::kw_only(), py::arg("base"), py::arg("now"),
             py::arg("expiry"), py::arg("quiet"), py::arg("caps"), py::arg("gap"), py::arg("last_send"),
             py::arg("wait"), py::arg("calendar"));
}

}  // namespace duly
