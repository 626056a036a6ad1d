// SPDX-License-Identifier: MIT
// The input of `rtpush raw`: whole events, one JSON object a line, checked as the server will check them.
// Pure; one instance per input, one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "gps/reader.h"

namespace rt::rtpush {

struct RawOutput {
  std::function<void(std::size_t line, std::string json)> event;  // as it came
  std::function<void(std::size_t line, std::string what)> rejected;
};

std::unique_ptr<gps::Reader> make_raw_reader(RawOutput output);

}  // namespace rt::rtpush
