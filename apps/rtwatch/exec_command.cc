// SPDX-License-Identifier: MIT
#include "rtwatch/exec_command.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <vector>

namespace rt::rtwatch {
namespace {

// A command that does not read all of it is no error.
void write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const auto wrote = write(descriptor, text.data(), text.size());
    if (wrote < 0 && errno != EINTR) return;
    text.remove_prefix(wrote < 0 ? 0 : static_cast<std::size_t>(wrote));
  }
}

// 0 or an errno. SIGPIPE, which we ignore, is for the command what it is for others.
int spawn(pid_t& child, const std::string& command, int input, const std::vector<std::string>& more) {
  std::vector<char*> environment;
  for (char** variable = environ; *variable != nullptr; ++variable) environment.push_back(*variable);
  for (const auto& variable : more) environment.push_back(const_cast<char*>(variable.c_str()));
  environment.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  const std::array<const char*, 4> arguments = {"sh", "-c", command.c_str(), nullptr};
  const int error = posix_spawn(&child, "/bin/sh", &actions, &attributes,
                                const_cast<char* const*>(arguments.data()), environment.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

std::unexpected<base::Error> failure(int error) {
  return base::fail(base::ErrorKind::io, std::string("--exec: ") + std::strerror(error));
}

}  // namespace

base::Result<std::string> exec_command(const std::string& command, std::string_view id, std::string_view type,
                                       std::string_view line) {
  std::array<int, 2> input{};
  if (pipe2(input.data(), O_CLOEXEC) != 0) return failure(errno);
  pid_t child = 0;
  const int error = spawn(child, command, input[0],
                          {"RT_EVENT_ID=" + std::string(id), "RT_EVENT_TYPE=" + std::string(type)});
  close(input[0]);
  if (error == 0) write_all(input[1], line);
  close(input[1]);
  if (error != 0) return failure(error);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) return "ended by signal " + std::to_string(WTERMSIG(status));
  return WEXITSTATUS(status) == 0 ? std::string() : "exit status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace rt::rtwatch
