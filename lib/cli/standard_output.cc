// SPDX-License-Identifier: MIT
#include "cli/standard_output.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <thread>
#include <utility>

#include "base/text.h"
#include "cli/signals.h"

namespace rt::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Set while a line is being written, and for good once the watcher ends the program.
std::atomic_flag is_writing;
constexpr milliseconds k_line_time_max{200};
constexpr milliseconds k_poll_max{3'600'000};

// False when the time was over first.
bool reader_leaves_within(milliseconds time) {
  pollfd wait{STDOUT_FILENO, 0, 0};
  poll(&wait, 1, static_cast<int>(std::clamp(time, milliseconds(0), k_poll_max).count()));
  // Without a standard output there is nobody to leave.
  if ((wait.revents & POLLNVAL) != 0) std::this_thread::sleep_for(time);
  return (wait.revents & (POLLERR | POLLHUP)) != 0;
}

milliseconds until(steady_clock::time_point deadline) {
  return std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
}

}  // namespace

void fill_standard_descriptors() {
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    const bool is_closed = fcntl(descriptor, F_GETFD) < 0 && errno == EBADF;
    // The lowest that is free: this one.
    if (is_closed) (void)open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

base::Result<void> write_out(std::string_view text) {
  while (is_writing.test_and_set()) pause();
  int error = 0;
  while (!text.empty() && error == 0) {
    const ssize_t wrote = write(STDOUT_FILENO, text.data(), text.size());
    if (wrote >= 0) {
      text.remove_prefix(static_cast<std::size_t>(wrote));
    } else if (errno == EAGAIN) {
      pollfd wait{STDOUT_FILENO, POLLOUT, 0};
      poll(&wait, 1, -1);
    } else if (errno != EINTR) {
      error = errno;
    }
  }
  is_writing.clear();
  if (error == EPIPE) end_by_signal(SIGPIPE);
  if (error != 0)
    return base::fail(base::ErrorKind::io, std::string("standard output: ") + std::strerror(error));
  return {};
}

base::Result<void> write_plain(std::string_view text) {
  if (isatty(STDOUT_FILENO) != 1) return write_out(text);
  std::string shown;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of("\t\n"), text.size());
    shown += base::printable(text.substr(0, end), std::string::npos);
    if (end < text.size()) shown += text[end];
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return write_out(shown);
}

void wait_while_read(milliseconds time) {
  const auto deadline = steady_clock::now() + time;
  for (auto left = time; left.count() > 0; left = until(deadline)) {
    if (reader_leaves_within(left)) end_by_signal(SIGPIPE);
  }
}

void watch_reader(std::optional<milliseconds> timeout, std::function<int()> at_timeout) {
  const auto start = steady_clock::now();
  std::thread([timeout, start, at_timeout = std::move(at_timeout)] {
    if (!timeout) {
      for (;;) wait_while_read(k_poll_max);
    }
    wait_while_read(until(start + *timeout));
    // A reader that does not read may hold the line for ever; it then gets a part of it.
    const auto deadline = steady_clock::now() + k_line_time_max;
    while (is_writing.test_and_set() && steady_clock::now() < deadline)
      std::this_thread::sleep_for(milliseconds(1));
    _exit(at_timeout());
  }).detach();
}

}  // namespace rt::cli
