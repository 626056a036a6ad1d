// SPDX-License-Identifier: MIT
#include "gps/reader.h"

#include <array>
#include <utility>

#include "base/text.h"
#include "gps/gpsd.h"
#include "gps/gpx.h"
#include "gps/lines.h"
#include "gps/ndjson.h"
#include "gps/nmea.h"

namespace rt::gps {
namespace {

struct FormatName {
  std::string_view name;
  Format format;
};
constexpr std::array k_format_names = {
    FormatName{"auto", Format::automatic}, FormatName{"ndjson", Format::ndjson},
    FormatName{"gpsd", Format::gpsd},      FormatName{"nmea", Format::nmea},
    FormatName{"gpx", Format::gpx},
};

class LineReader final : public Reader {
 public:
  LineReader(const Options& options, Output output)
      : format_(options.format),
        output_(std::move(output)),
        ndjson_(output_, options.driver_field),
        gpsd_(output_),
        nmea_(output_),
        cutter_(k_line_bytes_max) {
    cutter_.on_line = [this](std::size_t number, std::string_view line) { take(number, line); };
    cutter_.on_too_long = [this](std::size_t number) {
      ++lines_;
      output_.rejected(number, "the line is longer than 64 KiB");
    };
  }
  LineReader(const LineReader&) = delete;  // its parts refer to output_
  LineReader& operator=(const LineReader&) = delete;

  void feed(std::string_view bytes) override { cutter_.feed(bytes); }
  void flush() override {
    gpsd_.flush();
    nmea_.flush();
  }
  void finish() override {
    cutter_.finish();
    flush();
  }
  Tally tally() const override { return {lines_, "lines"}; }

 private:
  bool reads(Format format) const { return format_ == Format::automatic || format_ == format; }

  void take(std::size_t number, std::string_view line) {
    line = base::trim(line);
    if (line.empty()) {
      return;
    }
    ++lines_;
    switch (line.front()) {
      case '#':
        return;
      case '{':
        take_json(number, line);
        return;
      case '$':
      case '!':
        take_sentence(number, line);
        return;
      default:
        output_.rejected(number, "not recognised: '" + base::printable(line, 40) + "'");
    }
  }

  void take_sentence(std::size_t number, std::string_view line) {
    if (reads(Format::nmea)) {
      nmea_.take(number, line);
    } else if (format_ == Format::ndjson) {
      output_.rejected(number, "NMEA where JSON was expected");
    }
  }

  void take_json(std::size_t number, std::string_view line) {
    if (format_ == Format::nmea) {
      return;
    }
    const auto members = model::parse_object(line);
    if (!members) {
      output_.rejected(number, "not JSON: " + members.error().what);
      return;
    }
    const Fields fields(*members);
    if (format_ == Format::gpsd || (format_ == Format::automatic && is_gpsd(fields))) {
      gpsd_.take(number, fields);
    } else {
      ndjson_.take(number, fields);
    }
  }

  // An object with a class and without coordinates is one of gpsd's other reports; AIS, of other ships, has
  // coordinates too.
  static bool is_gpsd(const Fields& fields) {
    const auto name = fields.text("class");
    return name == "TPV" || name == "AIS" ||
           (!name.empty() && fields.find({"latitude", "lat", "longitude", "lon", "lng"}) == nullptr);
  }

  Format format_;
  Output output_;
  Ndjson ndjson_;
  Gpsd gpsd_;
  Nmea nmea_;
  LineCutter cutter_;
  std::size_t lines_ = 0;
};

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
    const bool is_gpx =
        options_.format == Format::gpx ||
        (options_.format == Format::automatic && first != std::string_view::npos && text[first] == '<');
    start(is_gpx, text);
  }
  void flush() override {
    if (reader_) {
      reader_->flush();
    }
  }
  void finish() override {
    if (!reader_) {
      start(options_.format == Format::gpx, held_);
    }
    reader_->finish();
  }
  Tally tally() const override { return reader_ ? reader_->tally() : Tally{}; }

 private:
  static constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";

  void start(bool is_gpx, std::string_view text) {
    reader_ = is_gpx ? make_gpx_reader(std::move(output_))
                     : std::make_unique<LineReader>(options_, std::move(output_));
    reader_->feed(text);
    held_.clear();
  }

  Options options_;
  Output output_;
  std::string held_;
  std::unique_ptr<Reader> reader_;
};

}  // namespace

base::Result<Format> parse_format(std::string_view name) {
  std::string known;
  for (const auto& row : k_format_names) {
    if (row.name == name) {
      return row.format;
    }
    known.append(known.empty() ? "" : ", ").append(row.name);
  }
  return base::fail(base::ErrorKind::usage, "format '" + base::printable(name, 40) + "' is none of " + known);
}

std::unique_ptr<Reader> make_reader(const Options& options, Output output) {
  return std::make_unique<Recogniser>(options, std::move(output));
}

}  // namespace rt::gps
