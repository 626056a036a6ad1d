// SPDX-License-Identifier: MIT
#include "gps/line_reader.h"

#include <utility>

#include "base/text.h"
#include "gps/geojson.h"
#include "gps/gpsd.h"
#include "gps/lines.h"
#include "gps/nmea.h"
#include "gps/owntracks.h"
#include "gps/spelling.h"
#include "gps/traccar.h"

namespace rt::gps {
namespace {

// An object with a class and without coordinates is one of gpsd's other reports; AIS, of other ships, has
// coordinates too.
bool is_gpsd(const Fields& fields) {
  const auto name = fields.text("class");
  return name == "TPV" || name == "AIS" ||
         (!name.empty() && fields.find(k_native.latitude) == nullptr &&
          fields.find(k_native.longitude) == nullptr);
}

Format recognise(const Fields& fields) {
  if (is_gpsd(fields)) {
    return Format::gpsd;
  }
  if (is_owntracks(fields)) {
    return Format::owntracks;
  }
  if (GeoJson::recognises(fields)) {
    return Format::geojson;
  }
  return is_traccar_json(fields) ? Format::traccar : Format::ndjson;
}

class LineReader final : public Reader {
 public:
  LineReader(Options options, Output output)
      : options_(std::move(options)),
        output_(std::move(output)),
        gpsd_(output_, options_.driver_field),
        geojson_(output_, options_),
        nmea_(output_),
        cutter_(k_line_bytes_max) {
    cutter_.on_line = [this](std::size_t number, std::string_view line) { take(number, line); };
    cutter_.on_too_long = [this](std::size_t number) {
      ++lines_;
      output_.rejected(number, "the line is longer than 64 KiB");
    };
    native_.speed_unit = options_.speed_unit.value_or(native_.speed_unit);
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
  bool reads(Format format) const {
    return options_.format == Format::automatic || options_.format == format;
  }

  void take(std::size_t number, std::string_view line) {
    line = base::trim(line);
    constexpr char k_record_separator = '\x1E';  // of JSON text sequences, RFC 7464
    if (line.starts_with(k_record_separator)) {
      line.remove_prefix(1);
    }
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
        take_other(number, line);
    }
  }

  void take_sentence(std::size_t number, std::string_view line) {
    if (reads(Format::nmea)) {
      nmea_.take(number, line);
    } else if (options_.format != Format::gpsd) {
      output_.rejected(number, "NMEA where another format was expected");
    }
  }

  void take_other(std::size_t number, std::string_view line) {
    if (reads(Format::traccar) && is_traccar_query(line)) {
      take_traccar_query(output_, line, options_, number);
      return;
    }
    if (line.starts_with("\xFF\xFE") || line.starts_with("\xFE\xFF")) {
      output_.rejected(number, "this is UTF-16; iconv -f UTF-16 -t UTF-8 makes of it what can be read");
      return;
    }
    const bool may_be_csv = lines_ == 1 && line.find_first_of(",;\t") != std::string_view::npos;
    output_.rejected(number, "not recognised: '" + base::printable(line, 40) + "'" +
                                 (may_be_csv ? "; if this is CSV, say --format csv" : ""));
  }

  void take_json(std::size_t number, std::string_view line) {
    if (options_.format == Format::nmea) {
      return;
    }
    const auto members = model::parse_object(line);
    if (!members) {
      output_.rejected(number, "not JSON: " + members.error().what);
      return;
    }
    const Fields fields(*members);
    switch (options_.format == Format::automatic ? recognise(fields) : options_.format) {
      case Format::gpsd:
        gpsd_.take(number, fields);
        break;
      case Format::owntracks:
        take_owntracks(output_, fields, options_, number);
        break;
      case Format::traccar:
        take_traccar_json(output_, fields, options_, number);
        break;
      case Format::geojson:
        geojson_.take(number, fields);
        break;
      default:
        give_fields(output_, fields, native_, options_.driver_field, number);
    }
  }

  const Options options_;
  const Output output_;
  Spelling native_ = k_native;
  Gpsd gpsd_;
  GeoJson geojson_;
  Nmea nmea_;
  LineCutter cutter_;
  std::size_t lines_ = 0;
};

}  // namespace

std::unique_ptr<Reader> make_line_reader(const Options& options, Output output) {
  return std::make_unique<LineReader>(options, std::move(output));
}

}  // namespace rt::gps
