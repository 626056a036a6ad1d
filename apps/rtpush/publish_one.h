// SPDX-License-Identifier: MIT
// The common end of `order`, `run` and `driver`: one event is printed (--dry-run) or published, and the
// answer printed. Main thread.
#pragma once

#include <memory>

#include "base/error.h"
#include "client/publisher.h"
#include "model/event.h"
#include "rtpush/options.h"

namespace rt::rtpush {

// Ends the program when --timeout is over.
void limit_time(const Options& options);

// `event` is checked; its timestamp is empty when the server is to give it. `body` is its payload as the
// stream URL takes it. Returns the exit code.
int publish_one(const Options& options, const model::Event& event, const std::string& body);

// A publisher that says on stderr when it waits to try again.
base::Result<std::unique_ptr<client::Publisher>> open_publisher(const Options& options);

}  // namespace rt::rtpush
