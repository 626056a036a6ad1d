// SPDX-License-Identifier: MIT
#include "cli/client_options.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/text.h"
#include "cli/layers.h"

namespace rt::cli {
namespace {

constexpr std::size_t k_token_bytes_max = std::size_t{16} * 1024;

bool is_set(const char* name) {
  const char* text = std::getenv(name);
  return text != nullptr && *text != '\0';
}

bool is_header_text(std::string_view text) {
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F) return false;
  }
  return true;
}

base::Result<std::pair<std::string, std::string>> parse_header(const std::string& text) {
  const auto colon = text.find(':');
  const std::string name(base::trim(std::string_view(text).substr(0, std::min(colon, text.size()))));
  if (colon == std::string::npos || name.empty() || !is_header_text(text) ||
      name.find_first_of(" \t\"(),/;<=>?@[\\]{}") != std::string::npos) {
    return base::fail(base::ErrorKind::usage, "--header: not of the form 'Name: value'");
  }
  return std::pair(name, std::string(base::trim(std::string_view(text).substr(colon + 1))));
}

base::Result<std::string> read_token(const std::string& path) {
  const auto fail = [&path](const std::string& why, std::string hint = {}) {
    return base::fail(base::ErrorKind::configuration,
                      "token file '" + base::printable(path, 400) + "': " + why, std::move(hint));
  };
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return fail(std::strerror(errno));
  struct stat status{};
  fstat(descriptor, &status);
  std::array<char, k_token_bytes_max + 1> buffer{};
  std::size_t filled = 0;
  ssize_t got = 0;
  while (filled < buffer.size() &&
         (got = read(descriptor, buffer.data() + filled, buffer.size() - filled)) > 0) {
    filled += static_cast<std::size_t>(got);
  }
  const int read_error = got < 0 ? errno : 0;
  close(descriptor);
  if (is_readable_by_others(status.st_mode)) return fail("others can read it", "chmod 600 " + path);
  if (read_error != 0) return fail(std::strerror(read_error));
  if (filled > k_token_bytes_max) return fail("too long for a token");
  std::string_view token(buffer.data(), filled);
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r' || token.back() == ' '))
    token.remove_suffix(1);
  if (token.empty()) return fail("empty");
  return std::string(token);
}

}  // namespace

void add_client_options(CLI::App& app, ClientOptions& options) {
  app.get_config_ptr()->envname("RT_CONFIG");
  app.add_option("-s,--server", options.server, "Where rtserve is (default " + options.server + ")")
      ->type_name("URL")
      ->envname("RT_SERVER");
  auto* token_file =
      app.add_option("--token-file", options.token_file, "File that holds the token; nobody else may read it")
          ->type_name("FILE")
          ->envname("RT_TOKEN_FILE");
  app.add_option("--token", options.token, "The token itself; a file is safer")
      ->type_name("TOKEN")
      ->envname("RT_TOKEN")
      ->excludes(token_file);
  app.add_option("-H,--header", options.headers, "Header to send along; repeatable")
      ->type_name("'NAME: VALUE'")
      ->allow_extra_args(false);
  app.add_flag("-k,--insecure", options.insecure, "Do not verify the server's certificate");
  app.add_option("--cacert", options.ca_file, "Certificates to verify the server with")
      ->type_name("FILE")
      ->envname("RT_CACERT");
  app.add_flag("-q,--quiet", options.quiet, "Only errors on stderr");
  app.add_flag("-v,--verbose", options.verbose, "More on stderr");
  add_choice(
      app, "--color", {"auto", "always", "never"},
      [&options](std::size_t i) { options.color = static_cast<ColorMode>(i); }, "Colour (default auto)");
}

std::vector<std::string> client_config_paths() {
  std::vector<std::string> paths;
  if (is_set("XDG_CONFIG_HOME")) {
    paths.push_back(std::string(std::getenv("XDG_CONFIG_HOME")) + "/rt/client.toml");
  } else if (is_set("HOME")) {
    paths.push_back(std::string(std::getenv("HOME")) + "/.config/rt/client.toml");
  }
  paths.emplace_back("/etc/rt/client.toml");
  return paths;
}

base::Result<client::Server> make_server(const ClientOptions& options) {
  client::Server server;
  server.url = options.server;
  server.insecure = options.insecure;
  server.ca_file = options.ca_file;
  for (const auto& text : options.headers) {
    auto header = parse_header(text);
    if (!header) return std::unexpected(header.error());
    server.headers.push_back(*std::move(header));
  }
  server.token = options.token;
  if (!options.token_file.empty()) {
    auto token = read_token(options.token_file);
    if (!token) return std::unexpected(token.error());
    server.token = *std::move(token);
  }
  for (const char c : server.token) {
    if (c <= 0x20 || c == 0x7F)
      return base::fail(base::ErrorKind::configuration, "the token holds a character that no token has");
  }
  return server;
}

void notice(const ClientOptions& options, const char* program, const std::string& line) {
  if (!options.quiet) std::fprintf(stderr, "%s: %s\n", program, line.c_str());
}

bool color_wanted(ColorMode mode, int descriptor) {
  if (mode != ColorMode::automatic) return mode == ColorMode::always;
  if (is_set("NO_COLOR")) return false;
  const char* force = std::getenv("CLICOLOR_FORCE");
  if (force != nullptr && *force != '\0' && std::strcmp(force, "0") != 0) return true;
  const char* term = std::getenv("TERM");
  if (term != nullptr && std::strcmp(term, "dumb") == 0) return false;
  return isatty(descriptor) == 1;
}

}  // namespace rt::cli
