// SPDX-License-Identifier: MIT
// Inflater: reads a gzip stream as it comes, as a browser does: what a piece completes is there at once.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;

namespace rt::simulation {

class Inflater {
 public:
  Inflater();
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // False when the bytes are no gzip stream, or come behind its end.
  bool feed(std::string_view bytes, std::string& text);
  // The trailer came, and its sums were right.
  bool ended() const { return ended_; }

 private:
  std::unique_ptr<z_stream_s> zlib_;
  bool ended_ = false;
};

}  // namespace rt::simulation
