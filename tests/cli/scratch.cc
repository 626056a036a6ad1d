// SPDX-License-Identifier: MIT
#include "cli/scratch.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace rt::test {

Scratch::Scratch() {
  std::string pattern = (std::filesystem::temp_directory_path() / "rt-cli-XXXXXX").string();
  folder_ = mkdtemp(pattern.data());
}

Scratch::~Scratch() {
  std::filesystem::remove_all(folder_);
  for (const auto& name : names_) unsetenv(name.c_str());
}

std::string Scratch::file(const std::string& name, const std::string& text, unsigned mode) {
  const std::string path = folder_ + "/" + name;
  std::ofstream(path, std::ios::binary) << text;
  chmod(path.c_str(), mode);
  return path;
}

void Scratch::set_environment(const std::string& name, const std::string& value) {
  setenv(name.c_str(), value.c_str(), 1);
  names_.push_back(name);
}

}  // namespace rt::test
