// SPDX-License-Identifier: MIT
// NMEA 0183 (`gpspipe -r`, or a receiver's own port): RMC gives position, speed, course and date; GGA
// altitude (and the position, where there is no RMC); VTG speed and course where RMC has none; ZDA the date.
// The sentences of one epoch, told by the time of day they carry, make one fix, given out when the next epoch
// begins. Every other sentence is only checked. Pure; one instance per input, one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "gps/nmea_sentence.h"
#include "gps/reader.h"

namespace rt::gps {

// What the sentences of one epoch say.
struct Epoch {
  std::uint8_t types = 0;  // a bit for each SentenceType that it is made of
  bool no_fix = false;
  std::optional<std::chrono::milliseconds> time_of_day;
  std::optional<std::chrono::sys_days> date;
  std::optional<Coordinates> coordinates;
  std::optional<double> speed, heading;          // RMC's
  std::optional<double> vtg_speed, vtg_heading;  // where RMC has none
  std::optional<double> altitude;
  std::size_t line = 0;
  std::optional<model::Position> given_out;
  bool skip_given_out = false;
};

class Nmea {
 public:
  explicit Nmea(const Output& output) : output_(output) {}  // `output` outlives this

  // `sentence` begins with '$' or '!' and has no line end.
  void take(std::size_t line, std::string_view sentence);
  // Gives out the pending fix, which stays to be merged with.
  void flush();

 private:
  bool starts_epoch(const Sentence& sentence) const;
  void merge(const Sentence& sentence);
  std::optional<base::WallTime> time_of_epoch();

  const Output& output_;
  std::optional<Epoch> epoch_;
  std::optional<base::WallTime> last_time_;  // the newest whose date is known
};

}  // namespace rt::gps
