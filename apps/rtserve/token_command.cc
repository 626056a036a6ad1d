// SPDX-License-Identifier: MIT
#include "rtserve/token_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "auth/roles.h"
#include "auth/token.h"
#include "base/text.h"
#include "base/time_text.h"
#include "cli/exit_code.h"

namespace rt::rtserve {
namespace {

constexpr const char* k_program = "rtserve";

std::string check_duration(const std::string& text) {
  const auto duration = base::parse_duration(text);
  if (duration && duration->count() > 0) return {};
  return "'" + base::printable(text) + "' is no duration like 90s, 15m or 1h";
}

// Not on the command line, as the table may come from the configuration file.
base::Result<void> check_role(const TokenCommandOptions& options) {
  if (options.role.empty() || options.rules.roles.has(options.role)) return {};
  std::string what = "--role: '" + base::printable(options.role) + "' is no role";
  const auto names = options.rules.roles.names();
  if (const auto near = base::nearest(options.role, names); !near.empty())
    what.append("; did you mean '").append(near).append("'?");
  return base::fail(base::ErrorKind::usage, std::move(what));
}

std::string check_id(const std::string& text) {
  if (model::is_valid_id(text)) return {};
  return "'" + base::printable(text) + "' is no id (1 to 128 characters of A-Z a-z 0-9 . _ ~ : -)";
}

std::string role_choice() {
  std::string out;
  const auth::RoleTable usual;
  for (const auto name : usual.names()) out.append(out.empty() ? "" : "|").append(name);
  return out;
}

int print_line(std::string_view line) {
  const bool written = std::fwrite(line.data(), 1, line.size(), stdout) == line.size() &&
                       std::fputc('\n', stdout) != EOF && std::fflush(stdout) == 0;
  if (written) return cli::k_ok;
  return cli::report(k_program, {base::ErrorKind::io, "cannot write to standard output", {}});
}

base::Error no_key(const char* what) {
  return {base::ErrorKind::configuration, what, "give --jwt-secret-file FILE or set RTSERVE_JWT_SECRET_FILE"};
}

std::string first_line_of_stdin() {
  std::string line;
  while (line.size() <= auth::k_token_bytes_max) {
    const int c = std::getchar();
    if (c == EOF || c == '\n') break;
    line += static_cast<char>(c);
  }
  return std::string(base::trim(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line));
}

std::string list_of(const std::vector<model::TopicPattern>& patterns) {
  std::string out;
  for (const auto& pattern : patterns) out.append(out.empty() ? "" : ", ").append(model::to_string(pattern));
  return out.empty() ? "nothing" : out;
}

std::string describe(const auth::Token& token, base::WallTime now) {
  std::string expiry = "never";
  if (token.expires_at) {
    auto left = std::chrono::floor<std::chrono::seconds>(*token.expires_at - now);
    if (left > std::chrono::minutes(10)) left = std::chrono::floor<std::chrono::minutes>(left);
    expiry = base::format_time(*token.expires_at);
    expiry +=
        left.count() > 0 ? " (in " + base::format_duration(left) + ')' : " (gone by, within the leeway)";
  }
  std::string out = "valid";
  out += "\nsubject: " +
         (token.subject.empty() ? "none" : base::printable(token.subject, auth::k_token_bytes_max));
  out += "\nexpires: " + expiry;
  out += "\nmay read: " + list_of(token.rights.subscribe_patterns());
  out += "\nmay publish: " + list_of(token.rights.publish_patterns());
  out += token.rights.may_read_stats() ? "\nstats: yes" : "\nstats: no";
  return out;
}

int verify(const TokenCommandOptions& options, base::WallTime now) {
  if (options.rules.keys.empty()) return cli::report(k_program, no_key("no key to verify with"));
  const std::string text = options.verify == "-" ? first_line_of_stdin() : options.verify;
  const auto token = auth::verify_token(text, options.rules, now);
  if (token) return print_line(describe(*token, now));
  const int printed = print_line("not valid: " + token.error().what);
  return printed == cli::k_ok ? cli::k_denied : printed;
}

// Ids without a role are granted by the claim `rt`, as the claims `orders`, `runs` and `drivers` mean
// something only beside a role that reads them.
auth::TokenRequest request_of(const TokenCommandOptions& options, base::WallTime now) {
  auth::TokenRequest request;
  request.subject = options.subject;
  request.role = options.role;
  request.issuer = options.rules.options.issuer;
  request.audience = options.rules.options.audience;
  request.issued_at = now;
  request.expires_at = now + base::parse_duration(options.ttl).value_or(std::chrono::hours(1));
  if (!options.role.empty()) {
    request.ids = options.ids;
    return request;
  }
  for (const auto& [kind, ids] : options.ids)
    for (const std::string& id : ids)
      request.rt_subscribe.push_back(model::to_string(model::Topic{kind, id}));
  return request;
}

// What was asked for and would not be granted is a mistake that is better said here than found as a 403.
base::Result<void> check_grants(const TokenCommandOptions& options, const auth::Rights& rights) {
  for (const auto& [kind, ids] : options.ids)
    for (const std::string& id : ids)
      if (!rights.may_subscribe({kind, id}) && !rights.may_publish({kind, id}))
        return base::fail(base::ErrorKind::usage, "--" + std::string(model::resource_of(kind).singular) +
                                                      ' ' + id + ": the role " + options.role +
                                                      " grants nothing on it");
  if (rights.subscribe_patterns().empty() && rights.publish_patterns().empty()) {
    std::fprintf(stderr, "%s: this token grants nothing\n", k_program);
    std::fprintf(stderr, "%s: give --role, --order, --run or --driver%s\n", k_program,
                 options.role == "driver" ? "; a driver's --sub is the driver's id" : "");
  }
  return {};
}

int make(const TokenCommandOptions& options, base::WallTime now) {
  if (const auto checked = check_role(options); !checked) return cli::report(k_program, checked.error());
  const auto key = std::ranges::find_if(options.rules.keys, &auth::Key::can_sign);
  if (key == options.rules.keys.end()) return cli::report(k_program, no_key("no secret to sign with"));
  const std::string text = auth::make_token(request_of(options, now), *key);
  const auto token = auth::verify_token(text, options.rules, now);
  if (!token) return cli::report(k_program, {base::ErrorKind::usage, token.error().what, {}});
  if (const auto checked = check_grants(options, token->rights); !checked)
    return cli::report(k_program, checked.error());
  return print_line(text);
}

}  // namespace

void add_token_command(CLI::App& app, TokenCommandOptions& options) {
  CLI::App* token = app.add_subcommand("token", "Make a token or a secret, or say what a token is worth");
  token->callback([&options] { options.chosen = true; });
  token->add_option("--jwt-secret-file", options.secret_file, "The file with the secret for HS256")
      ->envname("RTSERVE_JWT_SECRET_FILE")
      ->type_name("FILE");
  CLI::Option* sub =
      token->add_option("--sub", options.subject, "Make a token for this subject")->type_name("U");
  token->add_option("--role", options.role, "The subject's role")->type_name(role_choice());
  for (const model::Resource& resource : model::k_resources) {
    const std::string name(resource.singular);
    token->add_option("--" + name, options.ids[resource.kind], "Let it read this " + name + " (repeatable)")
        ->check(check_id)
        ->type_name("ID")
        ->allow_extra_args(false);
  }
  token->add_option("--ttl", options.ttl, "How long it is valid (default " + options.ttl + ")")
      ->check(check_duration)
      ->type_name("DURATION");
  CLI::Option* verify =
      token->add_option("--verify", options.verify, "Check this token; - reads it from stdin")
          ->type_name("TOKEN");
  token->add_flag("--new-secret", options.new_secret, "Print a new random secret")
      ->excludes(sub)
      ->excludes(verify);
  verify->excludes(sub);
}

int run_token(const TokenCommandOptions& options, const base::Clock& clock) {
  if (options.new_secret) return print_line(auth::new_secret());
  if (options.subject.empty() && options.verify.empty())
    return cli::report(
        k_program, {base::ErrorKind::usage, "nothing to do", "give --sub U, --verify TOKEN or --new-secret"});
  return options.verify.empty() ? make(options, clock.wall()) : verify(options, clock.wall());
}

}  // namespace rt::rtserve
