// SPDX-License-Identifier: MIT
#include "rtpush/interrupt.h"

#include <sys/time.h>

#include <csignal>

namespace rt::rtpush {
namespace {

volatile std::sig_atomic_t caught = 0;

void remember(int signal_number) {
  caught = signal_number;
}

}  // namespace

void catch_interrupts(std::chrono::milliseconds time_max) {
  struct sigaction action{};
  action.sa_handler = &remember;
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // no SA_RESTART: a waiting read or poll returns
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGALRM, &action, nullptr);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time_max);
  const std::chrono::microseconds rest = time_max - seconds;
  const itimerval timer{.it_interval = {}, .it_value = {.tv_sec = seconds.count(), .tv_usec = rest.count()}};
  setitimer(ITIMER_REAL, &timer, nullptr);
}

int caught_signal() {
  return caught;
}

}  // namespace rt::rtpush
