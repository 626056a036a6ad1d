// SPDX-License-Identifier: MIT
#include "gps/reader.h"

#include <utility>

#include "gps/csv.h"
#include "gps/gpx.h"
#include "gps/line_reader.h"

namespace rt::gps {
namespace {

// Looks at the first byte that is no space (nor of a byte order mark), then hands everything on.
class Recogniser final : public Reader {
 public:
  Recogniser(Options options, Output output) : options_(std::move(options)), output_(std::move(output)) {}

  void feed(std::string_view bytes) override {
    if (reader_) {
      reader_->feed(bytes);
      return;
    }
    held_.append(bytes);
    const std::string_view all = held_;
    if (all.size() < k_byte_order_mark.size() && k_byte_order_mark.starts_with(all)) {
      return;
    }
    const auto text = all.substr(all.starts_with(k_byte_order_mark) ? k_byte_order_mark.size() : 0);
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos && held_.size() < k_line_bytes_max) {
      return;
    }
    if (options_.format == Format::automatic && first != std::string_view::npos && text[first] == '<') {
      options_.format = Format::gpx;
    }
    start(text);
  }
  void flush() override {
    if (reader_) {
      reader_->flush();
    }
  }
  void finish() override {
    if (!reader_) {
      start(held_);
    }
    reader_->finish();
  }
  Tally tally() const override { return reader_ ? reader_->tally() : Tally{}; }

 private:
  static constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";

  void start(std::string_view text) {
    switch (options_.format) {
      case Format::gpx:
        reader_ = make_gpx_reader(std::move(output_));
        break;
      case Format::csv:
        reader_ = make_csv_reader(options_, std::move(output_));
        break;
      default:
        reader_ = make_line_reader(options_, std::move(output_));
    }
    reader_->feed(text);
    held_.clear();
  }

  Options options_;
  Output output_;
  std::string held_;
  std::unique_ptr<Reader> reader_;
};

}  // namespace

std::unique_ptr<Reader> make_reader(const Options& options, Output output) {
  return std::make_unique<Recogniser>(options, std::move(output));
}

}  // namespace rt::gps
