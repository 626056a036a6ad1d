// SPDX-License-Identifier: MIT
#include "model/json_fault.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace rt::model {

namespace {

using nlohmann::json;

// What nlohmann says, without its prefix and without bytes of the input.
std::string short_reason(std::string_view message) {
  const std::size_t dash = message.find(" - ");
  if (dash == std::string_view::npos) return "number out of range";
  message.remove_prefix(dash + 3);
  return std::string(message.substr(0, message.find(';')));
}

class FaultFinder {
 public:
  explicit FaultFinder(std::size_t size) : size_(size) {}

  bool null() { return value(); }
  bool boolean(bool) { return value(); }
  bool number_integer(json::number_integer_t) { return value(); }
  bool number_unsigned(json::number_unsigned_t) { return value(); }
  bool number_float(json::number_float_t, const std::string&) { return value(); }
  bool binary(json::binary_t&) { return value(); }
  bool string(std::string&) { return value(); }
  bool start_object(std::size_t) { return in_object_ = true; }
  bool end_object() { return true; }
  bool start_array(std::size_t) { return value(); }
  bool end_array() { return true; }
  bool key(std::string&) { return true; }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& why) {
    if (!fault_) say(std::min(position == 0 ? 0 : position - 1, size_), short_reason(why.what()));
    return false;
  }

  const std::optional<JsonError>& fault() const { return fault_; }

 private:
  bool value() {
    if (!in_object_) say(0, "not an object");
    return in_object_;
  }

  void say(std::size_t offset, std::string what) {
    what += " at byte " + std::to_string(offset);
    fault_ = JsonError{offset, std::move(what)};
  }

  std::size_t size_;
  bool in_object_ = false;
  std::optional<JsonError> fault_;
};

}  // namespace

std::optional<JsonError> find_json_fault(std::string_view bytes) {
  FaultFinder finder(bytes.size());
  json::sax_parse(bytes.begin(), bytes.end(), &finder);
  return finder.fault();
}

}  // namespace rt::model
