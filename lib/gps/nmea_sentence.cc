// SPDX-License-Identifier: MIT
// NMEA 0183 as receivers write it. Field numbers count from the address, which is 0.
#include "gps/nmea_sentence.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "gps/verdict.h"

namespace rt::gps {
namespace {

using std::chrono::milliseconds;

// The functions that read a field leave the first fault here; the whole sentence is then rejected.
struct FieldList {
  std::vector<std::string_view> fields;
  std::string fault;

  // Empty beyond the end: older versions of the standard have fewer fields.
  std::string_view at(std::size_t index) const {
    return index < fields.size() ? base::trim(fields[index]) : std::string_view{};
  }
  void blame(std::string_view field, std::string_view text) {
    if (fault.empty()) {
      fault = std::string(field) + " '" + base::printable(text, 24) + "' is none";
    }
  }
};

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, base::is_digit);
}

std::optional<double> number(FieldList& list, std::size_t index, std::string_view name) {
  const auto text = list.at(index);
  if (text.empty()) {
    return std::nullopt;
  }
  const auto value = base::parse_decimal(text);
  if (!value) {
    list.blame(name, text);
  }
  return value;
}

unsigned two_digits(std::string_view text, std::size_t at) {
  return static_cast<unsigned>(text[at] - '0') * 10 + static_cast<unsigned>(text[at + 1] - '0');
}

// hhmmss or hhmmss.sss
std::optional<milliseconds> time_of_day(FieldList& list, std::size_t index) {
  const auto text = list.at(index);
  if (text.empty()) {
    return std::nullopt;
  }
  const auto point = std::min(text.find('.'), text.size());
  auto fraction = text.substr(std::min(point + 1, text.size()));
  if (point != 6 || !all_digits(text.substr(0, 6)) || (!fraction.empty() && !all_digits(fraction)) ||
      two_digits(text, 0) > 23 || two_digits(text, 2) > 59 || two_digits(text, 4) > 60) {
    list.blame("time", text);
    return std::nullopt;
  }
  fraction = fraction.substr(0, 3);
  int thousandths = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    thousandths = thousandths * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  }
  return std::chrono::hours(two_digits(text, 0)) + std::chrono::minutes(two_digits(text, 2)) +
         std::chrono::seconds(two_digits(text, 4)) + milliseconds(thousandths);
}

std::optional<std::chrono::sys_days> day(FieldList& list, int year, unsigned month, unsigned day_of_month,
                                         std::string_view text) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day_of_month)};
  if (!date.ok()) {
    list.blame("date", text);
    return std::nullopt;
  }
  return std::chrono::sys_days(date);
}

// ddmmyy. A receiver that has no date yet may write zeros.
std::optional<std::chrono::sys_days> short_date(FieldList& list, std::size_t index) {
  const auto text = list.at(index);
  if (text.empty() || text == "000000") {
    return std::nullopt;
  }
  if (text.size() != 6 || !all_digits(text)) {
    list.blame("date", text);
    return std::nullopt;
  }
  const int year = static_cast<int>(two_digits(text, 4));
  return day(list, year < 80 ? 2000 + year : 1900 + year, two_digits(text, 2), two_digits(text, 0), text);
}

// (d)ddmm.mmmm and its hemisphere.
std::optional<double> angle(FieldList& list, std::size_t index, std::string_view name, char positive,
                            char negative, double degrees_max) {
  const auto text = list.at(index);
  const auto hemisphere = list.at(index + 1);
  const bool plain = std::ranges::all_of(text, [](char c) { return base::is_digit(c) || c == '.'; });
  const auto value = plain ? base::parse_decimal(text) : std::nullopt;
  if (!value) {
    list.blame(name, text);
    return std::nullopt;
  }
  const double degrees = static_cast<double>(static_cast<unsigned long long>(std::min(*value, 1e6)) / 100);
  const double minutes = *value - degrees * 100;
  const double result = degrees + minutes / 60;
  if (minutes >= 60 || result > degrees_max) {
    list.blame(name, text);
    return std::nullopt;
  }
  if (hemisphere.size() != 1 || (hemisphere[0] != positive && hemisphere[0] != negative)) {
    list.blame("hemisphere", hemisphere);
    return std::nullopt;
  }
  return round_degrees(hemisphere[0] == positive ? result : -result);
}

std::optional<Coordinates> coordinates(FieldList& list, std::size_t index) {
  if (list.at(index).empty() && list.at(index + 2).empty()) {
    return std::nullopt;
  }
  const auto latitude = angle(list, index, "latitude", 'N', 'S', 90);
  const auto longitude = angle(list, index + 2, "longitude", 'E', 'W', 180);
  if (!latitude || !longitude) {
    return std::nullopt;
  }
  return Coordinates{*latitude, *longitude};
}

std::optional<double> knots(FieldList& list, std::size_t index) {
  auto speed = number(list, index, "speed");
  if (speed) {
    *speed = to_kmh(*speed, SpeedUnit::knots);
  }
  return speed;
}

// 1 time, 2 status, 3-6 position, 7 knots, 8 course, 9 date, 12 mode. Field 13 of version 4.1, the
// "navigational status", is V on most receivers, for they do not offer that service: it says nothing here.
Sentence rmc(FieldList& list) {
  Sentence sentence;
  sentence.type = SentenceType::rmc;
  sentence.time_of_day = time_of_day(list, 1);
  sentence.no_fix = list.at(2) != "A" || list.at(12) == "N";
  if (!sentence.no_fix) {
    sentence.coordinates = coordinates(list, 3);
    sentence.speed = knots(list, 7);
    sentence.heading = number(list, 8, "course");
    sentence.date = short_date(list, 9);
  }
  return sentence;
}

// 1 time, 2-5 position, 6 quality, 9 altitude
Sentence gga(FieldList& list) {
  Sentence sentence;
  sentence.type = SentenceType::gga;
  sentence.time_of_day = time_of_day(list, 1);
  const auto quality = list.at(6);
  sentence.no_fix = quality.empty() || quality == "0";
  if (!sentence.no_fix) {
    sentence.coordinates = coordinates(list, 2);
    sentence.altitude = number(list, 9, "altitude");
  }
  return sentence;
}

// 1 true course and T, 3 magnetic course and M, 5 knots and N, 7 km/h and K, 9 mode
Sentence vtg(FieldList& list) {
  Sentence sentence;
  sentence.type = SentenceType::vtg;
  if (list.at(9) == "N") {
    return sentence;
  }
  if (list.at(2) == "T") {
    sentence.heading = number(list, 1, "course");
  }
  if (list.at(6) == "N") {
    sentence.speed = knots(list, 5);
  }
  if (!sentence.speed && list.at(8) == "K") {
    sentence.speed = number(list, 7, "speed");
  }
  return sentence;
}

// 1 time, 2 day, 3 month, 4 year
Sentence zda(FieldList& list) {
  Sentence sentence;
  sentence.type = SentenceType::zda;
  sentence.time_of_day = time_of_day(list, 1);
  const auto year = base::parse_unsigned(list.at(4));
  const auto month = base::parse_unsigned(list.at(3));
  const auto day_of_month = base::parse_unsigned(list.at(2));
  if (year && *year >= 1980 && *year <= 9999 && month && *month <= 12 && day_of_month &&
      *day_of_month <= 31) {
    sentence.date = day(list, static_cast<int>(*year), static_cast<unsigned>(*month),
                        static_cast<unsigned>(*day_of_month), list.at(2));
  }
  return sentence;
}

int hexadecimal(char c) {
  if (base::is_digit(c)) {
    return c - '0';
  }
  const char lower = base::ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Of "*HH" at the end; -1 when it is not that.
int checksum_sent(std::string_view tail) {
  if (tail.size() != 3 || hexadecimal(tail[1]) < 0 || hexadecimal(tail[2]) < 0) {
    return -1;
  }
  return hexadecimal(tail[1]) * 16 + hexadecimal(tail[2]);
}

}  // namespace

std::expected<std::optional<Sentence>, std::string> parse_sentence(std::string_view text) {
  text.remove_prefix(1);
  const auto star = std::min(text.find('*'), text.size());
  const auto body = text.substr(0, star);
  const auto address = body.substr(0, body.find(','));
  const auto reject = [&](std::string_view what) {
    return std::unexpected((address.empty() ? "sentence" : base::printable(address, 12)) + ": " +
                           std::string(what));
  };
  int checksum = 0;
  for (const char c : body) {
    checksum ^= static_cast<unsigned char>(c);
  }
  const int sent = checksum_sent(base::trim(text.substr(star)));
  if (sent < 0) {
    return reject("the checksum is missing");
  }
  if (sent != checksum) {
    return reject("the checksum is wrong");
  }
  // A proprietary address has no talker: Garmin's $PGRMC is no RMC.
  if (address.size() != 5 || address[0] == 'P') {
    return std::nullopt;
  }
  const auto type = address.substr(2);
  FieldList list{.fields = base::split(body, ','), .fault = {}};
  Sentence sentence;
  if (type == "RMC") {
    sentence = rmc(list);
  } else if (type == "GGA") {
    sentence = gga(list);
  } else if (type == "VTG") {
    sentence = vtg(list);
  } else if (type == "ZDA") {
    sentence = zda(list);
  } else {
    return std::nullopt;
  }
  if (!list.fault.empty()) {
    return reject(list.fault);
  }
  return sentence;
}

}  // namespace rt::gps
