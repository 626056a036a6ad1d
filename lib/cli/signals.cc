// SPDX-License-Identifier: MIT
#include "cli/signals.h"

#include <unistd.h>

#include <csignal>

namespace rt::cli {

void ignore_broken_pipes() {
  std::signal(SIGPIPE, SIG_IGN);
}

void end_by_signal(int signal_number) {
  std::signal(signal_number, SIG_DFL);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal_number);
  pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  kill(getpid(), signal_number);
  // The signal may be delivered to another thread a moment later.
  pause();
  _exit(128 + signal_number);
}

}  // namespace rt::cli
