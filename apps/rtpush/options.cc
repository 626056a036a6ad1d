// SPDX-License-Identifier: MIT
#include "rtpush/options.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <utility>

#include "base/text.h"
#include "cli/command_line.h"
#include "model/topic.h"
#include "rtpush/run.h"

namespace rt::rtpush {
namespace {

constexpr double k_replay_factor_max = 1e6;

// "10x" or "10"; "true" is what CLI11 makes of --replay alone.
std::optional<double> parse_factor(std::string_view text) {
  if (text == "true") {
    return 1.0;
  }
  if (text.ends_with('x')) {
    text.remove_suffix(1);
  }
  const auto factor = base::parse_decimal(text);
  return factor && *factor > 0 && *factor <= k_replay_factor_max ? factor : std::nullopt;
}

std::string check_id(const std::string& id) {
  return model::is_valid_id(id)
             ? std::string{}
             : "'" + base::printable(id, 40) + "' is no id: 1 to 128 of A-Z a-z 0-9 . _ ~ : -";
}

std::string check_number(const std::string& text) {
  return base::parse_decimal(text) ? std::string{} : "'" + base::printable(text, 40) + "' is not a number";
}

std::string check_distance(const std::string& text) {
  const auto metres = base::parse_decimal(text);
  return metres && *metres >= 0 ? std::string{}
                                : "'" + base::printable(text, 40) + "' is no number of metres";
}

void add_update(CLI::App& app, Options& options, const model::Resource& resource,
                const std::string& description, const std::string& examples) {
  auto* command = app.add_subcommand(std::string(resource.singular), description);
  command->footer(examples);
  auto& update = options.update;
  command->add_option("ID", update.id, "Which one")->required()->check(check_id);
  command
      ->add_option(
          "--set", update.sets,
          "K=V: a string, or a number where the field is known to be one. K:=JSON: any value. Repeatable")
      ->type_name("K=V")
      ->allow_extra_args(false);
  auto* json = command->add_option("--json", update.json, "The payload, a JSON object")->type_name("OBJECT");
  command->add_option("-f,--file", update.file, "File that holds the payload; - is stdin")
      ->type_name("FILE")
      ->excludes(json);
  command->callback([&options, kind = resource.kind] {
    options.command = Command::update;
    options.update.kind = kind;
    if (options.update.sets.empty() && !options.update.json && options.update.file.empty()) {
      throw CLI::ValidationError("nothing to send; give --set, --json or --file");
    }
  });
}

void add_driver(CLI::App& app, Options& options) {
  auto* command = app.add_subcommand("driver", "Publish where a driver is");
  command->footer(
      "Examples:\n"
      "  rtpush driver D-7 --lat 43.6532 --lon -79.3832\n"
      "  rtpush driver D-7 --lat 43.6532 --lon -79.3832 --heading 180 --speed 45.5\n"
      "  rtpush driver D-7 --lat 43.6532 --lon -79.3832 --dry-run");
  auto& driver = options.driver;
  command->add_option("ID", driver.id, "Which one")->required()->check(check_id);
  const auto number = [&](const char* name, auto& target, const char* description) {
    return command->add_option(name, target, description)->type_name("N")->check(check_number);
  };
  number("--lat", driver.latitude, "Degrees north, -90 to 90")->required();
  number("--lon", driver.longitude, "Degrees east, -180 to 180")->required();
  number("--heading", driver.heading, "Degrees from true north, 0 to 360");
  number("--speed", driver.speed, "In km/h");
  command->add_option("--time", driver.time, "When, as 2023-12-20T14:35:00Z (default: now)")
      ->type_name("TIME");
  command->callback([&options] { options.command = Command::driver; });
}

void add_feed_options(CLI::App& command, FeedOptions& feed) {
  command.add_option("-f,--file", feed.files, "The same as FILE; repeatable, - is stdin")
      ->type_name("FILE")
      ->allow_extra_args(false);
  cli::add_choice(
      command, "--on-error", {"skip", "stop"},
      [&feed](std::size_t i) { feed.on_error = static_cast<OnError>(i); },
      "After a rejected line go on, or read no further (default skip)");
}

// The words of a `gps` or `raw` command before they are told apart.
struct Words {
  std::string driver;
  std::vector<std::string> files;
  std::string replay;
};

// With --driver-from there is no DRIVER, and the first word is a FILE too.
void settle_gps(Options& options, Words words) {
  options.command = Command::gps;
  auto& feed = options.feed;
  if (!feed.reader.driver_field.empty() && !words.driver.empty()) {
    words.files.insert(words.files.begin(), std::exchange(words.driver, {}));
  }
  const bool reads_stdin = words.files.empty() && feed.files.empty();
  if (!words.driver.empty() && reads_stdin && access(words.driver.c_str(), F_OK) == 0) {
    throw CLI::ValidationError("'" + base::printable(words.driver) +
                               "' is a file; name the driver before it, or give it with -f");
  }
  if (auto wrong = words.driver.empty() ? std::string{} : check_id(words.driver); !wrong.empty()) {
    throw CLI::ValidationError("DRIVER", wrong);
  }
  feed.driver = std::move(words.driver);
  feed.files.insert(feed.files.begin(), words.files.begin(), words.files.end());
  if (!words.replay.empty()) {
    feed.replay = parse_factor(words.replay);
  }
}

void add_gps(CLI::App& app, Options& options) {
  auto* command = app.add_subcommand("gps", "Publish positions as receivers and trackers write them");
  command->footer(
      "Examples:\n"
      "  gpspipe -w | rtpush gps D-7\n"
      "  rtpush gps D-7 drive.gpx --replay=10x\n"
      "  rtpush gps --driver-from device fleet.ndjson");
  const auto words = std::make_shared<Words>();
  command->add_option("DRIVER", words->driver, "Whose positions (default: the field driverId or driver)");
  command->add_option("FILE", words->files, "Where from; - is stdin (default: stdin)");
  auto& feed = options.feed;
  add_feed_options(*command, feed);
  cli::add_choice(
      *command, "--format", {gps::k_format_names.begin(), gps::k_format_names.end()},
      [&feed](std::size_t i) { feed.reader.format = static_cast<gps::Format>(i); },
      "What the input is (default auto: each line for itself)");
  command
      ->add_option("--driver-from", feed.reader.driver_field,
                   "The field (member, parameter, column) that names the driver")
      ->type_name("FIELD");
  cli::add_choice(
      *command, "--speed-unit", {gps::k_speed_unit_names.begin(), gps::k_speed_unit_names.end()},
      [&feed](std::size_t i) { feed.reader.speed_unit = static_cast<gps::SpeedUnit>(i); },
      "Of speeds in NDJSON, GeoJSON, CSV (default kmh), and Traccar's query");
  auto& sieve = feed.sieve;
  cli::add_duration(*command, "--min-interval", sieve.interval_min,
                    "Leave out what follows the driver's last fix sooner, as 5s");
  command
      ->add_option("--min-distance", sieve.distance_min_m,
                   "Leave out what is nearer to the driver's last fix than so many metres")
      ->type_name("METRES")
      ->check(check_distance);
  cli::add_duration(*command, "--max-age", sieve.age_max, "Leave out what is older than this, as 10m");
  // A flag that may have a value: an option with an optional value would take the FILE behind it.
  command->add_flag("--replay", words->replay, "Send at the fixes' own pace; --replay=10x: ten times as fast")
      ->check([](const std::string& text) {
        return parse_factor(text) ? std::string{}
                                  : "'" + base::printable(text, 40) + "' is no factor, as 10x or 0.5x";
      });
  command->callback([&options, words] { settle_gps(options, *words); });
}

void add_raw(CLI::App& app, Options& options) {
  auto* command = app.add_subcommand("raw", "Publish whole events, one a line");
  command->footer(
      "Examples:\n"
      "  rtpush raw events.ndjson\n"
      "  rtpush raw --dry-run events.ndjson\n"
      "  generate-events | rtpush raw --on-error stop");
  const auto files = std::make_shared<std::vector<std::string>>();
  command->add_option("FILE", *files, "Where from; - is stdin (default: stdin)");
  add_feed_options(*command, options.feed);
  command->callback([&options, files] {
    options.command = Command::raw;
    options.feed.files.insert(options.feed.files.begin(), files->begin(), files->end());
  });
}

}  // namespace

void add_options(CLI::App& app, Options& options) {
  cli::prepare(app, k_program, RT_VERSION);
  app.description("Publish updates of orders and delivery runs, and positions of drivers.");
  app.footer(
      "Examples:\n"
      "  rtpush order O-1 --set status=DELIVERED\n"
      "  rtpush driver D-7 --lat 43.6532 --lon -79.3832 --speed 45.5\n"
      "  gpspipe -w | rtpush gps D-7");
  cli::add_client_options(app, options.client);
  app.add_flag("-n,--dry-run", options.dry_run, "Check and print the events, without a server")
      ->configurable(false);
  cli::add_duration(app, "-W,--timeout", options.timeout, "Give up after this time");
  cli::add_choice(
      app, "-o,--output", {"text", "json"},
      [&options](std::size_t i) { options.output = static_cast<OutputFormat>(i); },
      "How to print what was accepted (default text)");
  add_update(app, options, model::resource_of(model::Kind::order), "Publish an update of an order",
             "Examples:\n"
             "  rtpush order O-1 --set status=IN_PROGRESS\n"
             "  rtpush order O-1 --json '{\"status\":\"IN_PROGRESS\",\"items\":[1,2]}'\n"
             "  make-update | rtpush order O-1 -f -");
  add_update(app, options, model::resource_of(model::Kind::run), "Publish an update of a delivery run",
             "Examples:\n"
             "  rtpush run R-3 --set status=IN_PROGRESS --set completedStops=5\n"
             "  rtpush run R-3 --set 'delayed:=true'\n"
             "  rtpush run R-3 -f run.json");
  add_driver(app, options);
  add_gps(app, options);
  add_raw(app, options);
  app.require_subcommand(1);
}

std::expected<Options, int> parse_options(int argc, char** argv) {
  Options options;
  CLI::App app;
  add_options(app, options);
  if (const auto exit_code = cli::parse(app, argc, argv, cli::client_config_paths())) {
    return std::unexpected(*exit_code);
  }
  return options;
}

}  // namespace rt::rtpush
