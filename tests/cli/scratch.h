// SPDX-License-Identifier: MIT
// A folder and environment variables that last as long as a test case.
#pragma once

#include <string>
#include <vector>

namespace rt::test {

class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  // Writes a file that nobody else may read; returns its path.
  std::string file(const std::string& name, const std::string& text, unsigned mode = 0600);
  void set_environment(const std::string& name, const std::string& value);

 private:
  std::string folder_;
  std::vector<std::string> names_;
};

}  // namespace rt::test
