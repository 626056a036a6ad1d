// SPDX-License-Identifier: MIT
#include "rtpush/interrupt.h"

#include <csignal>

namespace rt::rtpush {
namespace {

volatile std::sig_atomic_t caught = 0;

void remember(int signal_number) {
  caught = signal_number;
}

}  // namespace

void catch_interrupts() {
  struct sigaction action{};
  action.sa_handler = &remember;
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // no SA_RESTART: a waiting read or poll returns
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

int caught_signal() {
  return caught;
}

}  // namespace rt::rtpush
