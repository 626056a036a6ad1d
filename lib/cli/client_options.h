// SPDX-License-Identifier: MIT
// The options that rtpush, rtwatch and rtstat share: --server, --token-file, --token, --header, --insecure,
// --cacert, --quiet, --verbose, --color, and what they come to. Parsing itself is in command_line.h.
// Main thread, but for make_server(), which touches nothing but its argument and the token file.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "cli/command_line.h"
#include "client/http_connection.h"

namespace rt::cli {

enum class ColorMode { automatic, always, never };

struct ClientOptions {
  std::string server = "http://127.0.0.1:3000";
  std::string token_file;
  std::string token;
  std::vector<std::string> headers;
  bool insecure = false;
  std::string ca_file;
  bool quiet = false;
  int verbose = 0;
  ColorMode color = ColorMode::automatic;
};

// Adds the shared options to a program; its subcommands take them too.
void add_client_options(CLI::App& app, ClientOptions& options);

// $XDG_CONFIG_HOME/rt/client.toml (else ~/.config/rt/client.toml), /etc/rt/client.toml
std::vector<std::string> client_config_paths();

// Where to connect, and as whom: the token from --token-file (refused when others can read the file) or
// --token. Call it again before each attempt: the file may have been renewed.
base::Result<client::Server> make_server(const ClientOptions& options);

// `program: line` on stderr for people, unless --quiet.
void notice(const ClientOptions& options, const char* program, const std::string& line);

// Is colour wanted on this descriptor? (--color, then NO_COLOR, CLICOLOR_FORCE, TERM=dumb, a terminal)
bool color_wanted(ColorMode mode, int descriptor);

}  // namespace rt::cli
