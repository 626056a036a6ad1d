// SPDX-License-Identifier: MIT
#include "bench/options.h"

#include <CLI/CLI.hpp>

#include "cli/command_line.h"

namespace rt::bench {

namespace {

constexpr const char* k_examples =
    "Examples:\n"
    "  rtload fan --port 3000 --pid 4711 --token-file t --streams 10000 --events 100\n"
    "  rtload storm --port 3000 --pid 4711 --token-file t --topics 100 --rate 5000\n"
    "  rtload dispatchers --port 3000 --pid 4711 --token-file t --topics 10000";

constexpr std::uint32_t k_topics_max = 1U << 20U;  // a lane's number in a stamp has five hexadecimal digits
constexpr std::uint32_t k_publishers_max = 1024;

void define_common(CLI::App& app, Options& options) {
  Common& common = options.common;
  app.add_option("--port", common.endpoint.port, "Where rtserve listens on 127.0.0.1")->required();
  app.add_option("--pid", common.pid, "Its process")->required();
  app.add_option("--token-file", options.token_file, "A token that may read and publish everything");
  app.add_flag_callback(
      "--tls", [&common] { common.endpoint.transport = Transport::tls; },
      "Connect by TLS, and verify nothing");
  app.add_option("--streams", common.streams, "Subscribers (default 1000)");
  app.add_option("--topics", common.topics, "What they follow (default 1)")
      ->check(CLI::Range(1U, k_topics_max));
  app.add_option("--publishers", common.publishers, "Connections that publish (default 1)")
      ->check(CLI::Range(1U, k_publishers_max));
  app.add_option("--rate", common.rate, "Events per second (default 0: as fast as the answers come)");
  cli::add_duration(app, "--duration", common.duration, "With --rate, how long (default 10s)");
  app.add_flag_callback(
      "--gzip", [&common] { common.encoding = Encoding::gzip; }, "Ask for compressed streams");
}

void define_fan(CLI::App& app, Options& options) {
  CLI::App* fan = app.add_subcommand("fan", "Steady streams, steady events");
  fan->callback([&options] { options.scenario = Scenario::fan; });
  fan->add_option("--events", options.fan.events, "How many (default: rate x duration)");
  fan->add_option("--batch", options.fan.batch, "Events in a request (default 1)")
      ->check(CLI::Range(1U, 10'000U));
  cli::add_duration(*fan, "--warm-up", options.fan.warm_up,
                    "At that rate before anything is measured (default 0)");
  cli::add_choice(
      *fan, "--kind", {"order", "run", "driver"},
      [&options](std::size_t i) { options.fan.kind = static_cast<model::Kind>(i); },
      "Of what (default order)");
  fan->add_option("--payload", options.fan.payload_bytes, "Bytes of an order's data, at least");
  fan->add_flag("--wildcard", options.fan.is_wildcard, "Each stream follows all topics");
  cli::add_duration(*fan, "--thin", options.fan.thinning,
                    "Streams ask for a position per driver in that time");
  CLI::Option* subscribe = fan->add_option("--subscribe-path", options.fan.subscribe_prefix,
                                           "Of another server: what comes before a topic's id");
  subscribe->needs(fan->add_option("--publish-path", options.fan.publish_prefix, "The same, to publish to")
                       ->needs(subscribe));
  fan->add_option("--silent", options.fan.silent, "Subscribers of everything besides, that never read");
}

void define_others(CLI::App& app, Options& options) {
  CLI::App* storm = app.add_subcommand("storm", "Streams cut anywhere, all the time, that resume");
  storm->callback([&options] { options.scenario = Scenario::storm; });
  storm->add_option("--retained", options.storm.retained, "The server's --retain-events (default 100000)");
  cli::add_duration(*storm, "--away-max", options.storm.away_max, "Longest absence (default 100ms)");
  CLI::App* dispatchers = app.add_subcommand("dispatchers", "All drivers' streams, opened at once");
  dispatchers->callback([&options] { options.scenario = Scenario::dispatchers; });
  cli::add_duration(*dispatchers, "--within", options.dispatchers.within,
                    "They connect in that time (default 1s)");
}

}  // namespace

void define_options(CLI::App& app, Options& options) {
  cli::prepare(app, "rtload", RT_VERSION);
  app.description("Put load on an rtserve and check every delivery.");
  app.footer(k_examples);
  define_common(app, options);
  define_fan(app, options);
  define_others(app, options);
  app.require_subcommand(1);
}

}  // namespace rt::bench
