// SPDX-License-Identifier: MIT
#include "cli/command_line.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "cli/client_options.h"
#include "cli/scratch.h"

using namespace rt;

namespace {

struct Outcome {
  std::optional<int> code;
  cli::ClientOptions options;
  std::vector<std::string> arguments;  // as argv is afterwards
  std::string error;                   // what stood on stderr
};

// A program with the shared options and a command `order ID`.
Outcome run(std::vector<std::string> arguments, const std::vector<std::string>& config_paths = {}) {
  Outcome outcome;
  CLI::App app;
  cli::prepare(app, "prog", "1.2.3");
  cli::add_client_options(app, outcome.options);
  std::string id;
  app.add_subcommand("order", "Follow an order")->add_option("ID", id)->required();
  arguments.insert(arguments.begin(), "prog");
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  std::FILE* capture = std::tmpfile();
  std::fflush(stderr);
  const int saved = dup(STDERR_FILENO);
  dup2(fileno(capture), STDERR_FILENO);
  outcome.code = cli::parse(app, static_cast<int>(arguments.size()), argv.data(), config_paths);
  std::fflush(stderr);
  dup2(saved, STDERR_FILENO);
  close(saved);
  std::rewind(capture);
  for (int c = std::fgetc(capture); c != EOF; c = std::fgetc(capture))
    outcome.error.push_back(static_cast<char>(c));
  std::fclose(capture);
  outcome.arguments = arguments;
  return outcome;
}

}  // namespace

TEST_CASE("a flag beats the environment, which beats the file, which beats the default") {
  test::Scratch scratch;
  CHECK(run({}).options.server == "http://127.0.0.1:3000");
  const auto file = scratch.file("c.toml", "server = \"http://file\"\n");
  CHECK(run({"-c", file}).options.server == "http://file");
  scratch.set_environment("RT_SERVER", "http://environment");
  CHECK(run({"-c", file}).options.server == "http://environment");
  CHECK(run({"-c", file, "-s", "http://flag"}).options.server == "http://flag");
}

TEST_CASE("an empty environment variable counts as not set") {
  test::Scratch scratch;
  const auto file = scratch.file("c.toml", "server = \"http://file\"\n");
  scratch.set_environment("RT_SERVER", "");
  CHECK(run({"-c", file}).options.server == "http://file");
}

TEST_CASE("the file is that of --config, else of RT_CONFIG, else the first that is there") {
  test::Scratch scratch;
  const auto a = scratch.file("a.toml", "server = \"http://a\"\n");
  const auto b = scratch.file("b.toml", "server = \"http://b\"\n");
  const auto c = scratch.file("c.toml", "server = \"http://c\"\n");
  CHECK(run({}, {"/nowhere/x.toml", a, b}).options.server == "http://a");
  scratch.set_environment("RT_CONFIG", b);
  CHECK(run({}, {a}).options.server == "http://b");
  CHECK(run({"--config", c}, {a}).options.server == "http://c");
}

TEST_CASE("a file that was asked for and is not there is a wrong configuration") {
  test::Scratch scratch;
  const auto flag = run({"-c", "/nowhere/x.toml"});
  CHECK(flag.code == 78);
  CHECK(flag.error == "prog: configuration file '/nowhere/x.toml': No such file or directory\n");
  scratch.set_environment("RT_CONFIG", "/nowhere/y.toml");
  CHECK(run({}).code == 78);
}

TEST_CASE("an unknown key is named with its file and line and the nearest right one") {
  test::Scratch scratch;
  const auto file = scratch.file("c.toml", "\nsever = \"http://file\"\n");
  const auto outcome = run({"-c", file});
  CHECK(outcome.code == 78);
  CHECK(outcome.error == "prog: " + file + ":2: unknown key 'sever'\nprog: did you mean 'server'?\n");
}

TEST_CASE("a bad value in the file is a wrong configuration, on the command line a wrong usage") {
  test::Scratch scratch;
  const auto file = scratch.file("c.toml", "color = \"blue\"\n");
  const auto outcome = run({"-c", file});
  CHECK(outcome.code == 78);
  CHECK(outcome.error == "prog: " + file + ":1: color: 'blue' is not one of auto|always|never\n");
  CHECK(run({"--color", "blue"}).code == 64);
}

TEST_CASE("a file with a token in it that others can read is refused") {
  test::Scratch scratch;
  const auto open_file = scratch.file("open.toml", "token = \"secret\"\n", 0644);
  const auto outcome = run({"-c", open_file});
  CHECK(outcome.code == 78);
  CHECK(outcome.error.find("chmod 600") != std::string::npos);
  CHECK(outcome.error.find("secret") == std::string::npos);
  CHECK(run({"-c", scratch.file("own.toml", "token = \"secret\"\n")}).options.token == "secret");
}

TEST_CASE("a token from a higher place hides a token file from a lower one") {
  test::Scratch scratch;
  scratch.set_environment("RT_TOKEN_FILE", "/run/token");
  CHECK(run({}).options.token_file == "/run/token");
  const auto outcome = run({"--token", "secret"});
  CHECK(outcome.options.token == "secret");
  CHECK(outcome.options.token_file.empty());
  CHECK(run({"--token", "a", "--token-file", "b"}).code == 64);
}

TEST_CASE("a token from the environment hides a token file that the configuration names") {
  test::Scratch scratch;
  const auto file = scratch.file("c.toml", "token-file = \"/run/token\"\n");
  CHECK(run({"-c", file}).options.token_file == "/run/token");
  scratch.set_environment("RT_TOKEN", "secret");
  const auto outcome = run({"-c", file});
  CHECK(!outcome.code);
  CHECK(outcome.options.token == "secret");
  CHECK(outcome.options.token_file.empty());
}

TEST_CASE("a token in argv is overwritten") {
  CHECK(run({"--token", "secret"}).arguments.back() == "xxxxxx");
  const auto outcome = run({"--token=secret"});
  CHECK(outcome.arguments.back() == "--token=xxxxxx");
  CHECK(outcome.options.token == "secret");
}

TEST_CASE("an unknown option is named, with the nearest one, also behind a command") {
  const auto outcome = run({"order", "O-1", "--sever=secret"});
  CHECK(outcome.code == 64);
  CHECK(outcome.error == "prog: unknown option '--sever'\nprog: did you mean '--server'?\n");
  CHECK(run({"-z"}).error == "prog: unknown option '-z'\nprog: see 'prog --help'\n");
}

TEST_CASE("an unknown option is named even where something else is missing") {
  CHECK(run({"order", "--sever", "x"}).error.starts_with("prog: unknown option '--sever'"));
}

TEST_CASE("an unknown command and an unexpected argument are named") {
  CHECK(run({"ordr"}).error == "prog: unknown command 'ordr'\nprog: did you mean 'order'?\n");
  CHECK(run({"order", "O-1", "x"}).error.starts_with("prog: unexpected argument 'x'"));
}

TEST_CASE("shared options may stand behind a command") {
  CHECK(run({"order", "O-1", "-s", "http://x"}).options.server == "http://x");
}

TEST_CASE("help works with a broken configuration file") {
  test::Scratch scratch;
  const auto file = scratch.file("c.toml", "what is this\n");
  CHECK(run({"-c", file, "--version"}).code == 0);
  CHECK(run({"-c", file, "order"}).code == 78);
}

TEST_CASE("a repeatable option takes one value at a time") {
  const auto outcome = run({"-H", "A: 1", "order", "O-1", "-H", "B: 2"});
  CHECK(!outcome.code);
  CHECK(outcome.options.headers == std::vector<std::string>{"A: 1", "B: 2"});
}

TEST_CASE("every option can get an environment variable of a prefix, repeatable ones with commas") {
  test::Scratch scratch;
  scratch.set_environment("PROG_MAX_CLIENTS", "7");
  scratch.set_environment("PROG_CORS_ORIGIN", "http://a, http://b");
  CLI::App app;
  cli::prepare(app, "prog", "1");
  int max_clients = 0;
  std::vector<std::string> origins;
  app.add_option("--max-clients", max_clients);
  app.add_option("--cors-origin", origins);
  cli::add_environment_names(app, "PROG_");
  std::string name = "prog";
  char* argv[] = {name.data(), nullptr};
  CHECK(!cli::parse(app, 1, argv, {}));
  CHECK(max_clients == 7);
  CHECK(origins == std::vector<std::string>{"http://a", "http://b"});
}

TEST_CASE("seconds may be bare, broken or have a unit") {
  using std::chrono::milliseconds;
  CHECK(cli::parse_seconds("2") == milliseconds(2000));
  CHECK(cli::parse_seconds("0.25") == milliseconds(250));
  CHECK(cli::parse_seconds("10m") == milliseconds(600'000));
  CHECK(!cli::parse_seconds("-1"));
  CHECK(!cli::parse_seconds("soon"));
  CHECK(!cli::parse_seconds(""));
}
