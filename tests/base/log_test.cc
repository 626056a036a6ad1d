// SPDX-License-Identifier: MIT
#include "base/log.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "base/time_text.h"

using namespace rt::base;

namespace {

// What arrives on stderr while `work` runs.
template <class Work>
std::string stderr_of(Work work) {
  std::FILE* const file = std::tmpfile();
  REQUIRE(file != nullptr);
  std::fflush(stderr);
  const int saved = ::dup(STDERR_FILENO);
  ::dup2(::fileno(file), STDERR_FILENO);
  work();
  std::fflush(stderr);
  ::dup2(saved, STDERR_FILENO);
  ::close(saved);
  std::string text(static_cast<std::size_t>(std::ftell(file)), '\0');
  std::rewind(file);
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text;
}

constexpr std::size_t k_time_length = sizeof("2026-01-02T03:04:05.678Z") - 1;

std::string without_time(const std::string& line) {
  REQUIRE(line.size() > k_time_length);
  CHECK(parse_time(line.substr(0, k_time_length)));
  return line.substr(k_time_length);
}

}  // namespace

TEST_CASE("a text line has time, level, message and fields, quoted where needed") {
  set_up_log(LogLevel::info, LogFormat::text);
  const std::string line = stderr_of([] {
    log(LogLevel::info, "client connected",
        {{"topic", "orders/O-1"},
         {"clients", 3},
         {"ratio", 0.5},
         {"resumed", true},
         {"agent", "curl 8"},
         {"empty", ""},
         {"quote", "a\"b"}});
  });
  CHECK(without_time(line) ==
        " info  client connected topic=orders/O-1 clients=3 ratio=0.5 resumed=true agent=\"curl 8\" "
        "empty=\"\" quote=\"a\\\"b\"\n");
}

TEST_CASE("a value cannot forge a second line or a second field") {
  set_up_log(LogLevel::info, LogFormat::text);
  const std::string line =
      stderr_of([] { log(LogLevel::error, "refused", {{"id", "x\n2026 info forged"}, {"other", "a=b"}}); });
  CHECK(without_time(line) == " error refused id=\"x\\\\x0A2026 info forged\" other=\"a=b\"\n");
}

TEST_CASE("a JSON line is one valid object, whatever the values hold") {
  set_up_log(LogLevel::debug, LogFormat::json);
  const std::string line = stderr_of([] {
    log(LogLevel::warn, "store \"slow\"",
        {{"text", "a\"\\\n\xFF\xC3\xA9"},
         {"n", -5},
         {"big", std::numeric_limits<long long>::max()},
         {"bad", std::nan("")},
         {"on", false}});
  });
  CHECK(line.find('\n') == line.size() - 1);
  const auto json = nlohmann::ordered_json::parse(line);
  CHECK(json["level"] == "warn");
  CHECK(json["message"] == "store \"slow\"");
  CHECK(parse_time(json["time"].get<std::string>()));
  CHECK(json["text"] == "a\"\\\\x0A\\xFF\xC3\xA9");
  CHECK(json["n"] == -5);
  CHECK(json["big"] == std::numeric_limits<long long>::max());
  CHECK(json["bad"].is_null());
  CHECK(json["on"] == false);
  CHECK(json.begin().key() == "time");
}

TEST_CASE("a very long value is cut") {
  set_up_log(LogLevel::info, LogFormat::text);
  CHECK(stderr_of([] { log(LogLevel::info, "m", {{"v", std::string(1'000'000, 'x')}}); }).size() < 2000);
}

TEST_CASE("levels below the chosen one are silent") {
  set_up_log(LogLevel::warn, LogFormat::text);
  CHECK_FALSE(log_enabled(LogLevel::info));
  CHECK(log_enabled(LogLevel::error));
  CHECK(stderr_of([] { log(LogLevel::info, "quiet"); }).empty());
  set_up_log(LogLevel::off, LogFormat::text);
  CHECK_FALSE(log_enabled(LogLevel::error));
  CHECK_FALSE(log_enabled(LogLevel::off));
  CHECK(stderr_of([] {
          log(LogLevel::error, "quiet");
          log(LogLevel::off, "quiet");
        }).empty());
  set_up_log(LogLevel::info, LogFormat::text);
}

TEST_CASE("level and format names are read, others are refused with the choice") {
  CHECK(parse_log_level("debug") == LogLevel::debug);
  CHECK(parse_log_level("warning") == LogLevel::warn);
  CHECK(parse_log_level("off") == LogLevel::off);
  CHECK(parse_log_format("json") == LogFormat::json);
  const auto refused = parse_log_level("loud");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().what == "unknown log level 'loud'");
  CHECK(refused.error().hint == "one of debug, info, warn, error, off");
  CHECK_FALSE(parse_log_level("INFO"));
  CHECK_FALSE(parse_log_format(""));
}
