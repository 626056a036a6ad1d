// SPDX-License-Identifier: MIT
// The input formats of `rtpush gps`, behind one seam: text in, in pieces of any size; fixes, skips and
// rejections out, each with its line number. A Reader keeps only what it needs to merge the reports of one
// epoch. What it gives out does not depend on where the pieces were cut. Pure; one instance per input, one
// thread. Does not thin, publish or look at a clock; an absent date or time stays absent.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "model/position.h"

namespace rt::gps {

enum class Format { automatic, ndjson, gpsd, nmea, owntracks, traccar, geojson, gpx, csv };
enum class SpeedUnit { kmh, mps, knots, mph };

// In the order of Format, and of SpeedUnit.
inline constexpr std::array<std::string_view, 9> k_format_names = {
    "auto", "ndjson", "gpsd", "nmea", "owntracks", "traccar", "geojson", "gpx", "csv"};
inline constexpr std::array<std::string_view, 4> k_speed_unit_names = {"kmh", "mps", "knots", "mph"};

struct Fix {
  model::Position position;
  std::string driver;    // empty when the input names none
  std::size_t line = 0;  // where it stood (its last line, when merged from several)
};

// Where a Reader puts what it finds.
struct Output {
  std::function<void(Fix)> fix;
  // Understood, but holds no position: "no fix".
  std::function<void(std::size_t line, std::string_view reason)> skipped;
  // Not understood or not possible. `what` names the field.
  std::function<void(std::size_t line, std::string what)> rejected;
  // Given out all the same, but it looks wrong.
  std::function<void(std::size_t line, std::string what)> doubtful;
};

struct Options {
  Format format = Format::automatic;
  // The field (member, parameter or column) that names the driver; empty: what the format has for it.
  std::string driver_field = {};
  // Of the formats that do not settle it themselves: NDJSON, GeoJSON, CSV (else km/h), Traccar's query
  // (knots).
  std::optional<SpeedUnit> speed_unit = std::nullopt;
};

struct Tally {
  std::size_t count = 0;  // lines that are not blank (of CSV without the header row); of GPX: points
  std::string_view unit = "lines";
};

class Reader {
 public:
  virtual ~Reader() = default;
  // Takes the next bytes. Whole lines are worked on at once; a piece of a line waits for the rest. A line
  // over k_line_bytes_max is rejected and skipped to its end (GPX has no lines; there a tag is bounded).
  virtual void feed(std::string_view bytes) = 0;
  // The input has been quiet for a while: gives out the fix that was waiting for more reports of its epoch.
  // Reports that come all the same give the fix out again, if they say something new.
  virtual void flush() = 0;
  // The input has ended, perhaps without a line end.
  virtual void finish() = 0;
  // What was read so far.
  virtual Tally tally() const = 0;
};

inline constexpr std::size_t k_line_bytes_max = 64 * 1024;

// `output` is called from within feed(), flush() and finish(). With Format::automatic each line is recognised
// for itself; an input that starts with '<' is GPX; CSV is never guessed. With Format::gpsd NMEA sentences,
// and with Format::nmea JSON, are passed over in silence: gpspipe mixes them.
std::unique_ptr<Reader> make_reader(const Options& options, Output output);

}  // namespace rt::gps
