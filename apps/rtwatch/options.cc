// SPDX-License-Identifier: MIT
#include "rtwatch/options.h"

#include <CLI/CLI.hpp>

#include "base/text.h"

namespace rt::rtwatch {
namespace {

constexpr const char* k_examples =
    "Examples:\n"
    "  rtwatch driver D-7                        # where is the driver now?\n"
    "  rtwatch order O-1 --until status=DELIVERED -W 3600\n"
    "  rtwatch topic 'drivers/*' | jq .data.location";

constexpr std::uint64_t k_retries_max = 1'000'000;

void define_topics(CLI::App& app, Options& options) {
  for (const auto& resource : model::k_resources) {
    const std::string singular(resource.singular);
    auto* command = app.add_subcommand(singular, "Follow one " + singular + ", or several");
    command->add_option("ID", options.ids[model::index_of(resource.kind)], "Which " + singular)->required();
  }
  auto* topic = app.add_subcommand("topic", "Follow topics by pattern");
  topic->add_option("PATTERN", options.patterns, "As orders/O-1, drivers/*, or *")->required();
  app.add_option("--path", options.path, "Follow the stream at this path of the server, or at this URL")
      ->type_name("PATH|URL");
}

void define_end(CLI::App& app, Options& options) {
  app.add_option("-C,--count", options.count, "Stop after N events")
      ->type_name("N")
      ->default_str({})
      ->check([](const std::string& text) {
        const bool is_valid = base::parse_unsigned(text).value_or(0) > 0;
        return is_valid ? std::string() : "'" + base::printable(text) + "' is not a number of events";
      });
  cli::add_duration(app, "-W,--timeout", options.timeout, "Give up after that time (exit code 124)");
  app.add_option("--until", options.until, "Stop after the event in which field K is V")
      ->type_name("K=V")
      ->check([](const std::string& text) {
        const auto at = text.find('=');
        const bool is_pair = at != std::string::npos && at != 0;
        return is_pair ? std::string() : "'" + base::printable(text) + "' is not of the form K=V";
      });
}

void define_retries(CLI::App& app, Options& options) {
  app.add_option("--last-event-id", options.last_event_id, "Resume behind this event")
      ->type_name("ID")
      ->check([](const std::string& text) {
        return base::printable(text, text.size()) == text ? std::string() : "not an event id";
      });
  app.add_option("--state", options.state_file, "Keep the last event's id there, and resume behind it")
      ->type_name("FILE");
  const auto store_retries = [&options](const std::string& text) {
    options.backoff.retries_max = std::nullopt;
    if (const auto number = base::parse_unsigned(text))
      options.backoff.retries_max = static_cast<unsigned>(*number);
  };
  app.add_option_function<std::string>("--retries", store_retries, "Attempts in a row, or inf (default 5)")
      ->type_name("N")
      ->default_str("5")
      ->check([](const std::string& text) {
        const bool is_valid =
            text == "inf" || base::parse_unsigned(text).value_or(k_retries_max + 1) <= k_retries_max;
        return is_valid ? std::string() : "'" + base::printable(text) + "' is neither a number nor inf";
      });
  cli::add_duration(app, "--retry-initial", options.backoff.first,
                    "Wait before the first retry, doubled with each one (default 2)");
  cli::add_duration(app, "--retry-max", options.backoff.max, "The longest wait between retries (default 30)");
}

}  // namespace

void define_options(CLI::App& app, Options& options) {
  cli::prepare(app, "rtwatch", RT_VERSION);
  app.description("Follow orders, delivery runs and drivers live.");
  app.footer(k_examples);
  define_topics(app, options);
  define_end(app, options);
  define_retries(app, options);
  cli::add_choice(
      app, "-o,--output", {"pretty", "ndjson", "json", "csv", "data", "raw"},
      [&options](std::size_t i) {
        constexpr std::array k_formats = {cli::EventFormat::pretty, cli::EventFormat::ndjson,
                                          cli::EventFormat::ndjson, cli::EventFormat::csv,
                                          cli::EventFormat::data,   cli::EventFormat::raw};
        options.format = k_formats[i];
      },
      "Output format (default pretty on a terminal, else ndjson; json is the same as ndjson)");
  app.add_flag("--notices", options.notices, "Print notices on stdout among the events");
  app.add_option("--exec", options.exec, "Run this for each event, in a shell, instead of printing it")
      ->type_name("COMMAND");
  app.add_flag("--print-curl", options.print_curl, "Print the curl command that does the same, and end")
      ->configurable(false);
  cli::add_client_options(app, options.client);
}

}  // namespace rt::rtwatch
