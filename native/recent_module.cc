#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "batch.h"
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

  // The values of the keys, those places where there is none, and the time.
  py::tuple look(const py::sequence& keys) {
    py::list values(keys.size()), missing;
    std::vector<Text> asked;
    asked.reserve(keys.size());
    for (py::handle key : keys) asked.push_back(view(key));
    fetch(asked);
    for (std::size_t place = 0; place < asked.size(); ++place) {
      std::optional<Text> value = kept_.find(asked[place]);
      if (!value) missing.append(place);
      values[place] = value ? py::object(bytes_of(*value)) : py::object(py::none());
    }
    return py::make_tuple(std::move(values), std::move(missing), now_);
  }

  // Put what was found in the missing places, and keep it unless its bucket has changed since `look` gave the time.
  void fill(const py::sequence& keys, py::list values, const py::list& missing, const py::list& found,
            std::uint64_t since) {
    for (std::size_t number = 0; number < missing.size(); ++number) {
      py::object value = found[number];
      if (value.is_none()) continue;
      auto place = missing[number].cast<std::size_t>();
      Text key = view(keys[place]);
      if (key.size() >= 2 && changed(key) <= since) kept_.keep(key, view(value));
      values[place] = std::move(value);
    }
  }

  // Keep up with what was written into the buckets.
  void change(const py::iterable& buckets, const py::iterable& puts, const py::iterable& deletes) {
    ++now_;
    for (py::handle bucket : buckets) changed_.at(bucket.cast<std::size_t>()) = now_;
    for (py::handle key : deletes) kept_.forget(view(key));
    // While the puts are gone through, Python may let other threads look and fill.
    std::vector<Text> asked, values;
    for (py::handle put : puts) {
      // What holds the pairs holds both parts, whatever becomes of the pair itself.
      asked.push_back(view(PyTuple_GetItem(put.ptr(), 0)));
      values.push_back(view(PyTuple_GetItem(put.ptr(), 1)));
    }
    fetch(asked);
    for (std::size_t number = 0; number < asked.size(); ++number) {
      kept_.change(asked[number], values[number], is_welcome(asked[number]));
    }
  }

  void clear() {
    cleared_ = ++now_;
    kept_.clear();
  }

 private:
  void fetch(const std::vector<Text>& keys) const {
    for (Text key : keys) kept_.fetch_set(key);
    for (Text key : keys) kept_.fetch_entry(key);
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
