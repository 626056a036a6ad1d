// SPDX-License-Identifier: MIT
#include "auth/secret_file.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace rt::auth;
using rt::base::ErrorKind;

namespace {

class TemporaryFile {
 public:
  TemporaryFile(const std::string& text, mode_t mode) {
    std::string name = (std::filesystem::temp_directory_path() / "rt-secret-XXXXXX").string();
    const int fd = ::mkstemp(name.data());
    REQUIRE(fd >= 0);
    ::close(fd);
    path = name;
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
  }
  ~TemporaryFile() { std::filesystem::remove(path); }
  std::string path;
};

const std::string k_secret(40, 's');

}  // namespace

TEST_CASE("a secret file of its owner alone is read, its line end left out") {
  const TemporaryFile file(k_secret + "\n", 0600);
  const auto key = read_secret_file(file.path);
  REQUIRE(key.has_value());
  CHECK(key->sign("message") == Key::from_secret(k_secret)->sign("message"));
  const TemporaryFile read_only(k_secret, 0400);
  CHECK(read_secret_file(read_only.path).has_value());
}

TEST_CASE("a secret file that others could read or write is refused with the command that helps") {
  for (const mode_t mode : {0640U, 0604U, 0620U, 0602U, 0666U}) {
    const TemporaryFile file(k_secret, mode);
    const auto key = read_secret_file(file.path);
    REQUIRE_FALSE(key.has_value());
    CHECK(key.error().kind == ErrorKind::configuration);
    CHECK(key.error().hint == "chmod 600 " + file.path);
  }
}

TEST_CASE(
    "a file that is missing, a folder, too large or too short is refused by name and without its text") {
  const TemporaryFile large(std::string(k_secret_file_bytes_max + 1, 's'), 0600);
  const TemporaryFile small("sssssss", 0600);
  for (const std::string& path : {std::string("/nonexistent/secret"), std::string(), large.path, small.path,
                                  std::filesystem::temp_directory_path().string()}) {
    const auto key = read_secret_file(path);
    REQUIRE_FALSE(key.has_value());
    CHECK(key.error().kind == ErrorKind::configuration);
    CHECK(key.error().what.find(path) != std::string::npos);
    CHECK(key.error().what.find("sssssss") == std::string::npos);
  }
  const TemporaryFile largest(std::string(k_secret_file_bytes_max, 's'), 0600);
  CHECK(read_secret_file(largest.path).has_value());
}
