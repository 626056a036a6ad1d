// SPDX-License-Identifier: MIT
#include "base/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "base/text.h"
#include "base/time_text.h"

namespace rt::base {

namespace {

constexpr std::size_t k_value_bytes_max = 1024;
constexpr std::array<std::string_view, 5> k_level_names = {"debug", "info", "warn", "error", "off"};

std::string_view name_of(LogLevel level) {
  return k_level_names[static_cast<std::size_t>(level)];
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::off:
      break;
  }
  return spdlog::level::off;
}

// syslog(3)'s numbers: debug, informational, warning, error.
std::string_view priority_of(LogLevel level) {
  constexpr std::array<std::string_view, 4> k_priorities = {"<7>", "<6>", "<4>", "<3>"};
  return k_priorities[static_cast<std::size_t>(level)];
}

// systemd names the journal's socket as DEVICE:INODE, also to programs whose stderr is something else.
bool is_journal(int descriptor) {
  const char* const named = std::getenv("JOURNAL_STREAM");
  struct stat found{};
  if (named == nullptr || ::fstat(descriptor, &found) != 0) return false;
  return named == std::to_string(found.st_dev) + ':' + std::to_string(found.st_ino);
}

struct Log {
  spdlog::logger logger;
  LogFormat format = LogFormat::text;
  bool to_journal = false;

  Log() : logger("rt", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger.set_pattern("%v");
    logger.set_level(spdlog::level::info);
  }
};

Log& the_log() {
  static Log log;
  return log;
}

// In both formats: `value` is printable by now, so only these two need a backslash.
void append_quoted(std::string& out, std::string_view value) {
  out += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

void append_number(std::string& out, double value) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

void append_value(std::string& out, const LogField& field, LogFormat format) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    const std::string shown = printable(*text, k_value_bytes_max);
    const bool bare = !shown.empty() && shown == *text && shown.find_first_of(" \"=\\") == std::string::npos;
    if (bare && format == LogFormat::text) {
      out += shown;
    } else {
      append_quoted(out, shown);
    }
  } else if (const auto* number = std::get_if<long long>(&field.value)) {
    out += std::to_string(*number);
  } else if (const auto* real = std::get_if<double>(&field.value)) {
    if (std::isfinite(*real) || format == LogFormat::text) {
      append_number(out, *real);
    } else {
      out += "null";  // JSON has no spelling for it
    }
  } else {
    out += std::get<bool>(field.value) ? "true" : "false";
  }
}

// `line`: what it begins with.
std::string text_line(std::string line, LogLevel level, std::string_view message,
                      std::initializer_list<LogField> fields) {
  line += name_of(level);
  line.append(k_level_names[0].size() - name_of(level).size() + 1, ' ');
  line += printable(message, k_value_bytes_max);
  for (const LogField& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    append_value(line, field, LogFormat::text);
  }
  return line;
}

std::string json_line(std::string line, LogLevel level, std::string_view message,
                      std::initializer_list<LogField> fields) {
  line += "{\"time\":\"" + format_time(SystemClock().wall()) + "\",\"level\":\"";
  line += name_of(level);
  line += "\",\"message\":";
  append_quoted(line, printable(message, k_value_bytes_max));
  for (const LogField& field : fields) {
    line += ',';
    append_quoted(line, field.key);
    line += ':';
    append_value(line, field, LogFormat::json);
  }
  line += '}';
  return line;
}

}  // namespace

Result<LogLevel> parse_log_level(std::string_view text) {
  for (std::size_t i = 0; i < k_level_names.size(); ++i) {
    if (text == k_level_names[i]) return static_cast<LogLevel>(i);
  }
  if (text == "warning") return LogLevel::warn;
  return fail(ErrorKind::usage, "unknown log level '" + printable(text) + "'",
              "one of debug, info, warn, error, off");
}

Result<LogFormat> parse_log_format(std::string_view text) {
  if (text == "text") return LogFormat::text;
  if (text == "json") return LogFormat::json;
  return fail(ErrorKind::usage, "unknown log format '" + printable(text) + "'", "one of text, json");
}

void set_up_log(LogLevel level, LogFormat format) {
  the_log().format = format;
  the_log().to_journal = is_journal(STDERR_FILENO);
  the_log().logger.set_level(to_spdlog(level));
}

void set_log_level(LogLevel level) {
  the_log().logger.set_level(to_spdlog(level));
}

bool log_enabled(LogLevel level) {
  return level != LogLevel::off && the_log().logger.should_log(to_spdlog(level));
}

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (!log_enabled(level)) return;
  Log& target = the_log();
  std::string line(target.to_journal ? priority_of(level) : "");
  if (target.format == LogFormat::json) {
    line = json_line(std::move(line), level, message, fields);
  } else {
    if (!target.to_journal) line += format_time(SystemClock().wall()) + ' ';
    line = text_line(std::move(line), level, message, fields);
  }
  target.logger.log(to_spdlog(level), line);
}

}  // namespace rt::base
