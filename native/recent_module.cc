#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "batch.h"
#include "exchange.h"
#include "keys.h"
#include "native_module.h"
#include "recent.h"

namespace duly {

namespace {

namespace py = pybind11;

constexpr std::size_t kKind = 2;  // the place of a record's kind in its key

// What a store knows without looking into its files: `duly.stores.recent.Recent`.
class RecentRecords {
 public:
  RecentRecords(std::size_t bytes, std::string kinds, std::uint32_t buckets)
      : kept_(bytes), kinds_(std::move(kinds)), changed_(buckets) {}

  // The values of the keys, which of them are missing, in which places, and the time. Of what a batch wants, as it
  // takes them.
  py::tuple look(const py::sequence& keys) {
    py::list missing, places;
    if (py::isinstance<Wanted>(keys)) {
      auto values = std::make_unique<Values>();
      look_up(keys.cast<const Wanted&>().keys, missing, places, [&](std::optional<Text> value) {
        values->values.push_back(value ? std::optional(values->arena.keep(*value)) : std::nullopt);
      });
      return py::make_tuple(std::move(values), std::move(missing), std::move(places), now_);
    }
    py::list asked(keys), values;
    look_up(views(asked), missing, places, [&](std::optional<Text> value) { values.append(bytes_or_none(value)); });
    return py::make_tuple(std::move(values), std::move(missing), std::move(places), now_);
  }

  // Put what was found for the missing keys in their places, and keep it unless its bucket has changed since `look`
  // gave the time.
  void fill(const py::object& values, const py::list& missing, const py::list& places, const py::list& found,
            std::uint64_t since) {
    bool native = py::isinstance<Values>(values);
    if (native) values.cast<Values&>().objects = found;
    for (std::size_t number = 0; number < missing.size(); ++number) {
      py::object value = found[number];
      if (value.is_none()) continue;
      Text key = view(missing[number]);
      if (key.size() > kKind && changed(key) <= since) kept_.keep(key, view(value));
      auto place = places[number].cast<std::size_t>();
      if (native) {
        values.cast<Values&>().values[place] = view(value);
      } else {
        values.cast<py::list>()[place] = value;
      }
    }
  }

  // Keep up with what was written into the buckets.
  void change(const py::iterable& buckets, const py::iterable& puts, const py::iterable& deletes) {
    ++now_;
    for (py::handle bucket : buckets) changed_.at(bucket.cast<std::size_t>()) = now_;
    for (py::handle key : deletes) kept_.forget(view(key));
    if (py::isinstance<Puts>(puts)) return keep_up(puts.cast<const Puts&>().pairs);
    // While the puts are gone through, Python may let other threads look and fill.
    std::vector<std::pair<Text, Text>> pairs;
    for (py::handle put : puts) {
      // What holds the pairs holds both parts, whatever becomes of the pair itself.
      pairs.emplace_back(view(PyTuple_GetItem(put.ptr(), 0)), view(PyTuple_GetItem(put.ptr(), 1)));
    }
    keep_up(pairs);
  }

  void clear() {
    cleared_ = ++now_;
    kept_.clear();
  }

 private:
  template <typename Give>
  void look_up(const std::vector<Text>& keys, py::list& missing, py::list& places, const Give& give) {
    for (Text key : keys) kept_.fetch_set(key);
    for (Text key : keys) kept_.fetch_entry(key);
    for (std::size_t place = 0; place < keys.size(); ++place) {
      std::optional<Text> value = kept_.find(keys[place]);
      if (!value) missing.append(bytes_of(keys[place]));
      if (!value) places.append(place);
      give(value);
    }
  }

  template <typename Pairs>
  void keep_up(const Pairs& pairs) {
    for (const auto& [key, _] : pairs) kept_.fetch_set(key);
    for (const auto& [key, _] : pairs) kept_.fetch_entry(key);
    for (const auto& [key, value] : pairs) kept_.change(key, value, is_welcome(key));
  }

  bool is_welcome(Text key) const { return key.size() > kKind && kinds_.find(key[kKind]) != std::string::npos; }

  std::uint64_t changed(Text key) const {
    std::uint16_t bucket = bucket_in(key);
    return bucket < changed_.size() ? std::max(changed_[bucket], cleared_) : now_ + 1;
  }

  Recent kept_;
  std::string kinds_;                   // of the records that are kept when they are written
  std::vector<std::uint64_t> changed_;  // when each bucket was, last
  std::uint64_t now_ = 0, cleared_ = 0;
};

}  // namespace

void bind_recent(py::module_& module) {
  py::class_<RecentRecords>(module, "Recent")
      .def(py::init<std::size_t, std::string, std::uint32_t>(), py::arg("bytes"), py::arg("kinds"), py::arg("buckets"))
      .def("look", &RecentRecords::look)
      .def("fill", &RecentRecords::fill)
      .def("change", &RecentRecords::change)
      .def("clear", &RecentRecords::clear);
}

}  // namespace duly
