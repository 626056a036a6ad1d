// SPDX-License-Identifier: MIT
// Standard output as the tools use it: each line goes out at once, and a reader that goes away ends the
// program as SIGPIPE would, also while there is nothing to write (`rtwatch ... | head -1`). The program
// ignores SIGPIPE (signals.h). One thread writes; the watcher is a thread of its own.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string_view>

#include "base/error.h"

namespace rt::cli {

// Takes the places of stdin, stdout and stderr where the caller closed them, so that no connection gets their
// descriptors; reading and writing there fails. First thing in main, of rtserve too.
void fill_standard_descriptors();

// All of `text`, unbuffered. Does not return when the reader has gone. Error: io.
base::Result<void> write_out(std::string_view text);

// The same; on a terminal with control characters but tab and line end shown as \xNN.
base::Result<void> write_plain(std::string_view text);

// Waits that long, unless the reader goes away, which ends the program.
void wait_while_read(std::chrono::milliseconds time);

// Starts the watcher. When `timeout` is over, it ends the program with what `at_timeout` returns, and no line
// is cut in the middle.
void watch_reader(std::optional<std::chrono::milliseconds> timeout, std::function<int()> at_timeout);

}  // namespace rt::cli
