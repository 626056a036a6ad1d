// SPDX-License-Identifier: MIT
// StateFile (--state): the last event id, kept from one run to the next. Each id replaces the file as a
// whole, so that a run that is killed leaves the one before it. One instance, main thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace rt::rtwatch {

class StateFile {
 public:
  // Empty: keeps nothing.
  explicit StateFile(std::string path) : path_(std::move(path)) {}

  // Empty when there is no file yet, or no id in it. Errors: io; invalid, when it holds something else.
  base::Result<std::string> read() const;
  base::Result<void> keep(std::string_view id);

 private:
  std::string path_;
  std::optional<std::string> kept_;
};

}  // namespace rt::rtwatch
