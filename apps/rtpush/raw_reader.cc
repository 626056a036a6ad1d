// SPDX-License-Identifier: MIT
#include "rtpush/raw_reader.h"

#include <utility>

#include "base/text.h"
#include "gps/lines.h"
#include "model/event.h"
#include "rtpush/run.h"

namespace rt::rtpush {
namespace {

// With room for what stands around the payload.
constexpr std::size_t k_raw_line_bytes_max = k_event_limits.event_bytes_max + 4096;

class RawReader final : public gps::Reader {
 public:
  explicit RawReader(RawOutput output) : output_(std::move(output)), cutter_(k_raw_line_bytes_max) {
    cutter_.on_line = [this](std::size_t number, std::string_view line) { take(number, base::trim(line)); };
    cutter_.on_too_long = [this](std::size_t number) {
      ++lines_;
      output_.rejected(number, "the line is longer than an event may be (4 MiB)");
    };
  }

  void feed(std::string_view bytes) override { cutter_.feed(bytes); }
  void flush() override {}
  void finish() override { cutter_.finish(); }
  gps::Tally tally() const override { return {lines_, "lines"}; }

 private:
  void take(std::size_t number, std::string_view line) {
    if (line.empty()) {
      return;
    }
    ++lines_;
    const auto event = model::parse_event(line, k_event_limits, {});
    if (event) {
      output_.event(number, std::string(line));
    } else {
      output_.rejected(number, event.error().what);
    }
  }

  RawOutput output_;
  gps::LineCutter cutter_;
  std::size_t lines_ = 0;
};

}  // namespace

std::unique_ptr<gps::Reader> make_raw_reader(RawOutput output) {
  return std::make_unique<RawReader>(std::move(output));
}

}  // namespace rt::rtpush
