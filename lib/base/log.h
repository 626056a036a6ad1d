// SPDX-License-Identifier: MIT
// The log: one line per occurrence on stderr, `key=value` text or one JSON object a line. Where stderr is the
// systemd journal a line begins with its priority, as sd-daemon(3) has it ("<6>"), and as text has no time,
// which the journal adds. spdlog does the work behind this header. Set up once before threads start; log()
// may then be called from any thread. Tokens, secrets and query strings are never passed in here.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"

namespace rt::base {

enum class LogLevel { debug, info, warn, error, off };
enum class LogFormat { text, json };

struct LogField {
  std::string_view key;
  std::variant<std::string_view, long long, double, bool> value;
  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, const char* v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, bool v) : key(k), value(v) {}
  LogField(std::string_view k, double v) : key(k), value(v) {}
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  LogField(std::string_view k, T v) : key(k), value(static_cast<long long>(v)) {}
};

// "debug", "info", "warn" (or "warning"), "error", "off".
Result<LogLevel> parse_log_level(std::string_view text);
Result<LogFormat> parse_log_format(std::string_view text);

void set_up_log(LogLevel level, LogFormat format);
// Any thread, any time.
void set_log_level(LogLevel level);
bool log_enabled(LogLevel level);
// `message` is a constant phrase ("client connected"); what varies goes into the fields.
void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

}  // namespace rt::base
