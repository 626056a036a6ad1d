// SPDX-License-Identifier: MIT
#include "rtpush/raw_reader.h"

#include <utility>

#include "base/text.h"
#include "gps/lines.h"
#include "model/event.h"

namespace rt::rtpush {
namespace {

// An event's payload at its largest, and room for what stands around it.
constexpr std::size_t k_raw_line_bytes_max = model::EventLimits{}.event_bytes_max + 4096;

class RawReader final : public gps::Reader {
 public:
  explicit RawReader(RawOutput output) : output_(std::move(output)), cutter_(k_raw_line_bytes_max) {
    cutter_.on_line = [this](std::size_t number, std::string_view line) { take(number, base::trim(line)); };
    cutter_.on_too_long = [this](std::size_t number) {
      ++lines_;
      output_.rejected(number, "the line is longer than an event may be (64 KiB)");
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
    const auto event = model::parse_event(line, {}, {});
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
