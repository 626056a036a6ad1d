// SPDX-License-Identifier: MIT
// What is wrong with bytes that were found to be no JSON object, said by a second parser: the one that reads
// is quick, nlohmann/json names the place and what stands there. Pure; any thread. Inner part of model/json.
#pragma once

#include <optional>
#include <string_view>

#include "model/json.h"

namespace rt::model {

// Nothing when it finds no fault. Bytes of the input are not repeated, but for a single ASCII character.
std::optional<JsonError> find_json_fault(std::string_view bytes);

}  // namespace rt::model
