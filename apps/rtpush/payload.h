// SPDX-License-Identifier: MIT
// The payload of `rtpush order` and `run`: --json or the file's object, with what --set says put on top.
// Bytes that are not replaced stay as they were. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace rt::rtpush {

struct Payload {
  std::string json;
  std::vector<std::string> warnings;  // "--set: 'staus' is not a known field; did you mean 'status'?"
};

// `object`: a JSON object, or empty for none. Errors: usage (--set), invalid (`object`).
base::Result<Payload> make_payload(std::string_view object, const std::vector<std::string>& sets);

}  // namespace rt::rtpush
