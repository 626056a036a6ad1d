// SPDX-License-Identifier: MIT
#include "base/time_text.h"

#include <algorithm>

#include "base/text.h"

namespace rt::base {

namespace {

using namespace std::chrono_literals;

constexpr WallTime k_first = std::chrono::sys_days(std::chrono::year{0} / 1 / 1);
constexpr WallTime k_last = std::chrono::sys_days(std::chrono::year{10000} / 1 / 1) - 1ms;

void put_digits(char* out, int width, unsigned value) {
  for (int i = width - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
}

// Takes the text apart from the left; a failed take leaves `good` false and every later one harmless.
struct Reader {
  std::string_view rest;
  bool good = true;

  unsigned digits(std::size_t count) {
    unsigned value = 0;
    good = good && rest.size() >= count && std::ranges::all_of(rest.substr(0, count), is_digit);
    if (!good) return 0;
    for (const char c : rest.substr(0, count)) value = value * 10 + static_cast<unsigned>(c - '0');
    rest.remove_prefix(count);
    return value;
  }

  char one_of(std::string_view allowed) {
    good = good && !rest.empty() && allowed.find(rest[0]) != std::string_view::npos;
    if (!good) return 0;
    const char c = rest[0];
    rest.remove_prefix(1);
    return c;
  }

  // ".5", ".123456": the milliseconds, what is finer is cut.
  unsigned fraction_ms() {
    if (!good || rest.empty() || rest[0] != '.') return 0;
    rest.remove_prefix(1);
    unsigned value = 0;
    std::size_t count = 0;
    for (; count < rest.size() && is_digit(rest[count]); ++count) {
      if (count < 3) value = value * 10 + static_cast<unsigned>(rest[count] - '0');
    }
    for (std::size_t i = count; i < 3; ++i) value *= 10;
    good = count > 0;
    rest.remove_prefix(count);
    return value;
  }
};

}  // namespace

std::string format_time(WallTime time) {
  time = std::clamp(time, k_first, k_last);
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const auto ms = static_cast<unsigned>((time - day).count());
  std::string out = "0000-00-00T00:00:00.000Z";
  put_digits(&out[0], 4, static_cast<unsigned>(static_cast<int>(date.year())));
  put_digits(&out[5], 2, static_cast<unsigned>(date.month()));
  put_digits(&out[8], 2, static_cast<unsigned>(date.day()));
  put_digits(&out[11], 2, ms / 3'600'000);
  put_digits(&out[14], 2, ms / 60'000 % 60);
  put_digits(&out[17], 2, ms / 1000 % 60);
  put_digits(&out[20], 3, ms % 1000);
  return out;
}

std::optional<WallTime> parse_time(std::string_view text) {
  Reader in{text};
  const unsigned year = in.digits(4);
  in.one_of("-");
  const unsigned month = in.digits(2);
  in.one_of("-");
  const unsigned day = in.digits(2);
  in.one_of("Tt ");
  const unsigned hour = in.digits(2);
  in.one_of(":");
  const unsigned minute = in.digits(2);
  in.one_of(":");
  const unsigned second = in.digits(2);
  const unsigned ms = in.fraction_ms();
  const char zone = in.one_of("Zz+-");
  std::chrono::minutes offset{0};
  if (zone == '+' || zone == '-') {
    const unsigned offset_hour = in.digits(2);
    in.one_of(":");
    const unsigned offset_minute = in.digits(2);
    in.good = in.good && offset_hour < 24 && offset_minute < 60;
    offset = std::chrono::minutes(offset_hour * 60 + offset_minute) * (zone == '-' ? -1 : 1);
  }

  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(year)}, std::chrono::month{month},
                                         std::chrono::day{day}};
  if (!in.good || !in.rest.empty() || !date.ok() || hour > 23 || minute > 59 || second > 60)
    return std::nullopt;
  const WallTime time = std::chrono::sys_days(date) + std::chrono::hours(hour) +
                        std::chrono::minutes(minute) + std::chrono::seconds(second) +
                        std::chrono::milliseconds(ms) - offset;
  // An offset can carry the last hours of 9999 into a year of five digits.
  if (time < k_first || time > k_last) return std::nullopt;
  return time;
}

}  // namespace rt::base
