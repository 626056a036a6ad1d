// SPDX-License-Identifier: MIT
#include "bench/process.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "bench/plan.h"

namespace rt::bench {

namespace {

constexpr std::uint64_t k_sample_every_ns = 500'000'000;

// "VmRSS:     1234 kB"
std::uint64_t field_kib(const std::string& path, const std::string& name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(name)) continue;
    std::istringstream number(line.substr(name.size()));
    std::uint64_t value = 0;
    number >> value;
    return value;
  }
  return 0;
}

// Of all threads that live.
double running_s(const std::string& process) {
  std::error_code ignored;
  double sum = 0;
  for (const auto& task : std::filesystem::directory_iterator(process + "/task", ignored)) {
    std::ifstream file(task.path() / "schedstat");
    std::uint64_t ns = 0;
    file >> ns;
    sum += static_cast<double>(ns) / 1e9;
  }
  return sum;
}

double user_s(const std::string& process) {
  std::ifstream file(process + "/stat");
  std::string text;
  std::getline(file, text);
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(text.substr(name_end + 1));
  constexpr int k_fields_before = 11;  // from `state` to `cmajflt`
  std::string skipped;
  for (int i = 0; i < k_fields_before; ++i) fields >> skipped;
  double ticks = 0;
  fields >> ticks;
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace

base::Result<ProcessUse> use_of(int pid) {
  const std::string process = "/proc/" + std::to_string(pid);
  ProcessUse use;
  use.resident_kib = field_kib(process + "/status", "VmRSS:");
  if (use.resident_kib == 0)
    return base::fail(base::ErrorKind::not_found, "there is no process " + std::to_string(pid));
  use.peak_kib = field_kib(process + "/status", "VmHWM:");
  use.private_kib = field_kib(process + "/smaps_rollup", "Private_Clean:") +
                    field_kib(process + "/smaps_rollup", "Private_Dirty:");
  use.cpu_s = running_s(process);
  use.user_s = user_s(process);
  return use;
}

double own_cpu_s() {
  rusage use{};
  ::getrusage(RUSAGE_SELF, &use);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(use.ru_utime) + seconds(use.ru_stime);
}

void MemoryTrace::sample() {
  const std::uint64_t now = now_ns();
  if (now < next_ns_) return;
  next_ns_ = now + k_sample_every_ns;
  last_ = field_kib("/proc/" + std::to_string(pid_) + "/status", "VmRSS:");
  if (first_ == 0) first_ = last_;
  max_ = std::max(max_, last_);
}

}  // namespace rt::bench
