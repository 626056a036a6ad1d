// SPDX-License-Identifier: MIT
#include "cli/client_options.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include "cli/exit_code.h"
#include "cli/scratch.h"

using namespace rt;

TEST_CASE("the token file is read anew each time, without its line end") {
  test::Scratch scratch;
  cli::ClientOptions options;
  options.token_file = scratch.file("token", "first\n");
  CHECK(cli::make_server(options)->token == "first");
  scratch.file("token", "second\r\n");
  CHECK(cli::make_server(options)->token == "second");
}

TEST_CASE("a token file that others can read is refused with the remedy") {
  test::Scratch scratch;
  for (const unsigned mode : {0644U, 0640U, 0604U}) {
    cli::ClientOptions options;
    options.token_file = scratch.file("token", "secret\n", mode);
    const auto server = cli::make_server(options);
    REQUIRE(!server);
    CHECK(cli::exit_code_of(server.error().kind) == 78);
    CHECK(server.error().hint == "chmod 600 " + options.token_file);
  }
}

TEST_CASE("a token file that is missing, empty or too long is an error that holds nothing of it") {
  test::Scratch scratch;
  for (const auto& path :
       {std::string("/nowhere/token"), scratch.file("empty", "\n"),
        scratch.file("long", std::string(20'000, 's')), scratch.file("odd", "se cret\n")}) {
    cli::ClientOptions options;
    options.token_file = path;
    const auto server = cli::make_server(options);
    REQUIRE(!server);
    CHECK(server.error().what.find("se cret") == std::string::npos);
  }
}

TEST_CASE("headers are split at the first colon; what is none is a wrong usage") {
  cli::ClientOptions options;
  options.headers = {"X-A: b:c "};
  const auto server = cli::make_server(options);
  REQUIRE(server);
  CHECK(server->headers.front() == std::pair<std::string, std::string>("X-A", "b:c"));
  for (const char* bad : {"none", ": x", "a b: c", "a: b\r\nc: d"}) {
    options.headers = {bad};
    const auto refused = cli::make_server(options);
    REQUIRE(!refused);
    CHECK(cli::exit_code_of(refused.error().kind) == 64);
  }
}

TEST_CASE("colour is for terminals, unless somebody says otherwise") {
  test::Scratch scratch;
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  CHECK(!cli::color_wanted(cli::ColorMode::automatic, ends[1]));
  CHECK(cli::color_wanted(cli::ColorMode::always, ends[1]));
  scratch.set_environment("CLICOLOR_FORCE", "0");
  CHECK(!cli::color_wanted(cli::ColorMode::automatic, ends[1]));
  scratch.set_environment("CLICOLOR_FORCE", "1");
  CHECK(cli::color_wanted(cli::ColorMode::automatic, ends[1]));
  CHECK(!cli::color_wanted(cli::ColorMode::never, ends[1]));
  scratch.set_environment("NO_COLOR", "1");
  CHECK(!cli::color_wanted(cli::ColorMode::automatic, ends[1]));
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("colour on a terminal, unless it is a dumb one") {
  test::Scratch scratch;
  for (const char* name : {"NO_COLOR", "CLICOLOR_FORCE"}) scratch.set_environment(name, "");
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  REQUIRE(terminal >= 0);
  scratch.set_environment("TERM", "xterm");
  CHECK(cli::color_wanted(cli::ColorMode::automatic, terminal));
  scratch.set_environment("TERM", "dumb");
  CHECK(!cli::color_wanted(cli::ColorMode::automatic, terminal));
  close(terminal);
}
