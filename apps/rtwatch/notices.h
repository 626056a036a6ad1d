// SPDX-License-Identifier: MIT
// What rtwatch says about the stream itself: lines on stderr, or with --notices objects among the events. The
// main thread's.
#pragma once

#include <string>
#include <string_view>

#include "client/control.h"
#include "client/event_source.h"
#include "rtwatch/options.h"

namespace rt::rtwatch {

class Notices {
 public:
  Notices(const Options& options, bool as_json) : options_(options), as_json_(as_json) {}

  void opened(const client::Server& server);
  void control(const client::Control& control);
  void comment(std::string_view text);
  void lost(const client::Lost& lost);
  void closed(const std::string& why);
  // For stderr alone.
  void remark(const std::string& line);

 private:
  void connected(const client::Control& control);
  // `members` is the rest of the object: `,"key":value`...
  void say(std::string_view name, const std::string& members, const std::string& line);

  const Options& options_;
  bool as_json_;
  std::string server_;
};

}  // namespace rt::rtwatch
