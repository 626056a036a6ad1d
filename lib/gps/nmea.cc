// SPDX-License-Identifier: MIT
#include "gps/nmea.h"

#include <utility>

#include "gps/verdict.h"

namespace rt::gps {
namespace {

std::uint8_t bit_of(SentenceType type) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(type));
}

template <class T>
void take_over(std::optional<T>& to, const std::optional<T>& from) {
  if (from) {
    to = from;
  }
}

}  // namespace

void Nmea::take(std::size_t line, std::string_view text) {
  auto sentence = parse_sentence(text);
  if (!sentence) {
    output_.rejected(line, std::move(sentence).error());
    return;
  }
  if (!*sentence) {
    return;
  }
  if (epoch_ && starts_epoch(**sentence)) {
    flush();
    epoch_.reset();
  }
  if (!epoch_) {
    // A course and speed without a time belong to nothing when they come first.
    if ((*sentence)->type == SentenceType::vtg) {
      return;
    }
    epoch_.emplace();
  }
  epoch_->line = line;
  merge(**sentence);
}

bool Nmea::starts_epoch(const Sentence& sentence) const {
  if (sentence.type == SentenceType::vtg) {
    return false;
  }
  if (sentence.time_of_day && epoch_->time_of_day) {
    return *sentence.time_of_day != *epoch_->time_of_day;
  }
  // A receiver without a clock yet: the cycle starts again with the first sentence that repeats.
  return (epoch_->types & bit_of(sentence.type)) != 0;
}

void Nmea::merge(const Sentence& sentence) {
  epoch_->types |= bit_of(sentence.type);
  epoch_->no_fix = epoch_->no_fix || sentence.no_fix;
  take_over(epoch_->time_of_day, sentence.time_of_day);
  take_over(epoch_->coordinates, sentence.coordinates);
  take_over(epoch_->altitude, sentence.altitude);
  const bool is_vtg = sentence.type == SentenceType::vtg;
  take_over(is_vtg ? epoch_->vtg_speed : epoch_->speed, sentence.speed);
  take_over(is_vtg ? epoch_->vtg_heading : epoch_->heading, sentence.heading);
  take_over(epoch_->date, sentence.date);
  if (epoch_->date && epoch_->time_of_day) {
    last_time_ = *epoch_->date + *epoch_->time_of_day;
  }
}

// GGA carries no date: the day is the one that brings it nearest to the last time whose date was known.
std::optional<base::WallTime> Nmea::time_of_epoch() {
  if (!epoch_->time_of_day || !last_time_) {
    return std::nullopt;
  }
  if (epoch_->date) {
    return *epoch_->date + *epoch_->time_of_day;
  }
  constexpr auto k_half_a_day = std::chrono::hours(12);
  auto time = std::chrono::floor<std::chrono::days>(*last_time_) + *epoch_->time_of_day;
  if (time > *last_time_ + k_half_a_day) {
    time -= std::chrono::days(1);
  } else if (time < *last_time_ - k_half_a_day) {
    time += std::chrono::days(1);
  }
  last_time_ = time;
  return time;
}

void Nmea::flush() {
  if (!epoch_) {
    return;
  }
  if (epoch_->no_fix || !epoch_->coordinates) {
    // Sentences that carry but a date promise no fix.
    const auto positions = bit_of(SentenceType::rmc) | bit_of(SentenceType::gga);
    if ((epoch_->types & positions) != 0 && !epoch_->skip_given_out && !epoch_->given_out) {
      epoch_->skip_given_out = true;
      output_.skipped(epoch_->line, "no fix");
    }
    return;
  }
  model::Position position{.latitude = epoch_->coordinates->latitude,
                           .longitude = epoch_->coordinates->longitude,
                           .heading = epoch_->heading ? epoch_->heading : epoch_->vtg_heading,
                           .speed = epoch_->speed ? epoch_->speed : epoch_->vtg_speed,
                           .accuracy = std::nullopt,
                           .altitude = epoch_->altitude,
                           .time = time_of_epoch()};
  if (epoch_->given_out && same(*epoch_->given_out, position)) {
    return;
  }
  epoch_->given_out = position;
  give(output_, Fix{.position = position, .driver = {}, .line = epoch_->line});
}

}  // namespace rt::gps
