// SPDX-License-Identifier: MIT
// Output: the bytes of one write to one subscriber, in its form: one chunk around all that it is given. Lives
// for that write. Pure; one thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "hub/form.h"
#include "hub/gzip.h"
#include "hub/window.h"

namespace rt::hub {

// What compression has to know of the text that a subscriber was sent.
struct Trail {
  GzipSum sum;
  Seq event = 0;  // whose text the last of it is; 0: it is something else
};

class Output {
 public:
  // Appends to `bytes`; accounts to `trail` what it compresses.
  Output(std::string& bytes, Form form, Trail& trail) : bytes_(bytes), form_(form), trail_(trail) {}

  // The response's head, and the begin of the body. Before anything else.
  void begin_stream(std::string_view head);
  void text(std::string_view text);
  // For a subscriber with gzip alone. `event`: whose text that is.
  void deflated(const DeflatedText& text, Seq event = 0);
  // Nothing comes behind it.
  void end_stream();

  const Form& form() const { return form_; }
  const Trail& trail() const { return trail_; }
  bool is_empty() const { return bytes_.empty(); }
  std::size_t size() const { return bytes_.size(); }
  // All of it, in a chunk where the form has them.
  std::string_view finish();

 private:
  void open_chunk();

  std::string& bytes_;
  Form form_;
  Trail& trail_;
  std::size_t chunk_at_ = std::string::npos;  // where the chunk's data begins
  bool ended_ = false;
};

}  // namespace rt::hub
