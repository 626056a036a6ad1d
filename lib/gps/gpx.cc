// SPDX-License-Identifier: MIT
#include "gps/gpx.h"

#include <expat.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/time_text.h"
#include "gps/verdict.h"

namespace rt::gps {
namespace {

constexpr std::size_t k_depth_max = 32;
constexpr std::size_t k_text_bytes_max = 64;
constexpr std::size_t k_route_points_max = 100'000;
constexpr std::size_t k_piece_bytes =
    16 * 1024;  // fed to expat at a time, hence the grain of the bound on a tag

enum class PointKind { track, route };

struct Point {
  PointKind kind = PointKind::track;
  std::size_t line = 0;
  std::size_t depth = 0;  // of its element
  std::string latitude, longitude, altitude, time, speed, course;
};

std::string_view local_name(const char* name) {
  const char* colon = std::strrchr(name, ':');
  return colon == nullptr ? name : colon + 1;
}

// The number in `text`; an absent one is no error.
bool read_number(const std::string& text, std::optional<double>& value) {
  const auto trimmed = base::trim(text);
  value = base::parse_decimal(trimmed);
  return value.has_value() || trimmed.empty();
}

std::string unreadable(std::string_view name, const std::string& text) {
  return std::string(name) + " '" + base::printable(text, 40) + "' cannot be read";
}

class GpxReader final : public Reader {
 public:
  explicit GpxReader(Output output)
      : output_(std::move(output)), parser_(XML_ParserCreate(nullptr), &XML_ParserFree) {
    if (!parser_) {
      refuse("no memory for the XML parser");
      return;
    }
    XML_SetUserData(parser_.get(), this);
    XML_SetStartDoctypeDeclHandler(parser_.get(), &GpxReader::on_doctype);
    XML_SetElementHandler(parser_.get(), &GpxReader::on_start, &GpxReader::on_end);
    XML_SetCharacterDataHandler(parser_.get(), &GpxReader::on_text);
  }

  void feed(std::string_view bytes) override {
    while (!over_ && !bytes.empty()) {
      const auto piece = bytes.substr(0, k_piece_bytes);
      bytes.remove_prefix(piece.size());
      parse(piece, XML_FALSE);
      if (over_) {
        return;
      }
      const auto token_start = XML_GetCurrentByteIndex(parser_.get());
      if (token_start >= 0) {
        token_start_ = static_cast<std::size_t>(token_start);
      }
      if (fed_ - token_start_ > k_line_bytes_max + k_piece_bytes) {
        refuse("a tag or comment is longer than 64 KiB");
      }
    }
  }

  void flush() override {}

  void finish() override {
    if (over_) {
      return;
    }
    parse({}, XML_TRUE);
    over_ = true;
    for (const auto& point : std::exchange(route_, {})) {
      give_point(point);
    }
  }

  Tally tally() const override { return {points_, "points"}; }

 private:
  static void on_doctype(void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    static_cast<GpxReader*>(self)->refuse("a document type (DOCTYPE) is not accepted");
  }
  static void on_start(void* self, const XML_Char* name, const XML_Char** attributes) {
    static_cast<GpxReader*>(self)->start(local_name(name), attributes);
  }
  static void on_end(void* self, const XML_Char*) { static_cast<GpxReader*>(self)->end(); }
  static void on_text(void* self, const XML_Char* text, int length) {
    auto* wanted = static_cast<GpxReader*>(self)->wanted_;
    if (wanted != nullptr && wanted->size() < k_text_bytes_max) {
      wanted->append(text, std::min(static_cast<std::size_t>(length), k_text_bytes_max - wanted->size()));
    }
  }

  std::size_t line() const { return static_cast<std::size_t>(XML_GetCurrentLineNumber(parser_.get())); }

  void parse(std::string_view piece, XML_Bool is_last) {
    fed_ += piece.size();
    const auto status = XML_Parse(parser_.get(), piece.data(), static_cast<int>(piece.size()), is_last);
    if (status == XML_STATUS_ERROR && !over_) {
      const auto code = XML_GetErrorCode(parser_.get());
      const bool cut = code == XML_ERROR_NO_ELEMENTS || code == XML_ERROR_UNCLOSED_TOKEN ||
                       code == XML_ERROR_PARTIAL_CHAR || code == XML_ERROR_UNCLOSED_CDATA_SECTION;
      // After the end expat names the fault by how much of it has come.
      refuse(ended_ ? "something follows the end of the document"
             : cut  ? "the document ends before its end tag"
                    : std::string("not well-formed XML: ") + XML_ErrorString(code));
    }
  }

  // The rest of the document is not looked at; what was given out stays.
  void refuse(std::string what) {
    over_ = true;
    const std::size_t at = parser_ ? line() : 1;
    if (parser_) {
      XML_StopParser(parser_.get(), XML_FALSE);
    }
    output_.rejected(at, std::move(what));
  }

  void start(std::string_view name, const XML_Char** attributes) {
    wanted_ = nullptr;
    if (over_) {
      return;
    }
    if (++depth_ > k_depth_max) {
      refuse("elements are nested more than 32 deep");
      return;
    }
    if (depth_ == 1 && name != "gpx") {
      refuse("not GPX: the document is <" + base::printable(name, 40) + ">");
      return;
    }
    if (!point_ && (name == "trkpt" || name == "rtept")) {
      start_point(name == "trkpt" ? PointKind::track : PointKind::route, attributes);
    } else if (point_) {
      wanted_ = text_for(name);
      if (wanted_ != nullptr) {
        wanted_->clear();
      }
    }
  }

  void start_point(PointKind kind, const XML_Char** attributes) {
    ++points_;
    point_.emplace();
    point_->kind = kind;
    point_->line = line();
    point_->depth = depth_;
    for (; *attributes != nullptr; attributes += 2) {
      const std::string_view name = attributes[0];
      if (name == "lat") {
        point_->latitude = attributes[1];
      } else if (name == "lon") {
        point_->longitude = attributes[1];
      }
    }
  }

  std::string* text_for(std::string_view name) {
    const bool is_child = depth_ == point_->depth + 1;
    if (is_child && name == "ele") {
      return &point_->altitude;
    }
    if (is_child && name == "time") {
      return &point_->time;
    }
    // Children in GPX 1.0; in 1.1 within <extensions>, at any depth.
    if (name == "speed") {
      return &point_->speed;
    }
    return name == "course" ? &point_->course : nullptr;
  }

  void end() {
    wanted_ = nullptr;
    if (over_) {
      return;
    }
    if (point_ && point_->depth == depth_) {
      end_point(*std::exchange(point_, std::nullopt));
    }
    ended_ = --depth_ == 0;
  }

  void end_point(Point point) {
    if (point.kind == PointKind::track) {
      saw_track_ = true;
      route_.clear();
      give_point(point);
    } else if (!saw_track_) {
      if (route_.size() == k_route_points_max) {
        refuse("the route has more than 100000 points");
        return;
      }
      route_.push_back(std::move(point));
    }
  }

  void give_point(const Point& point) {
    Fix fix{.position = {}, .driver = {}, .line = point.line};
    std::optional<double> latitude, longitude;
    auto& position = fix.position;
    struct Number {
      std::string_view name;
      const std::string& text;
      std::optional<double>& value;
    };
    for (const auto& [name, text, value] :
         {Number{"lat", point.latitude, latitude}, Number{"lon", point.longitude, longitude},
          Number{"ele", point.altitude, position.altitude}, Number{"speed", point.speed, position.speed},
          Number{"course", point.course, position.heading}}) {
      if (!read_number(text, value)) {
        output_.rejected(point.line, unreadable(name, text));
        return;
      }
    }
    if (!latitude || !longitude) {
      output_.rejected(point.line, !latitude ? "lat is missing" : "lon is missing");
      return;
    }
    if (const auto text = base::trim(point.time); !text.empty()) {
      position.time = base::parse_time(text);
      if (!position.time) {
        position.time = base::parse_time(std::string(text) + "Z");  // GPX times are UTC, said or not
      }
      if (!position.time) {
        output_.rejected(point.line, unreadable("time", point.time));
        return;
      }
    }
    position.latitude = *latitude;
    position.longitude = *longitude;
    if (position.speed) {
      position.speed = to_kmh(*position.speed, SpeedUnit::mps);
    }
    give(output_, std::move(fix));
  }

  Output output_;
  std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser_;
  bool over_ = false;   // refused, or finished
  bool ended_ = false;  // the root's end tag came
  std::size_t fed_ = 0;
  std::size_t token_start_ = 0;  // of what expat waits to see the end of
  std::size_t depth_ = 0;
  std::size_t points_ = 0;
  std::optional<Point> point_;     // the one being read
  std::string* wanted_ = nullptr;  // where text goes now; into point_
  bool saw_track_ = false;
  std::vector<Point> route_;
};

}  // namespace

std::unique_ptr<Reader> make_gpx_reader(Output output) {
  return std::make_unique<GpxReader>(std::move(output));
}

}  // namespace rt::gps
