// SPDX-License-Identifier: MIT
#include "auth/key_files.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "auth/signer.h"

using namespace rt::auth;
using rt::base::ErrorKind;

namespace {

class TemporaryFile {
 public:
  TemporaryFile(const std::string& text, mode_t mode) {
    std::string name = (std::filesystem::temp_directory_path() / "rt-keys-XXXXXX").string();
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
  CHECK(key->sign(Algorithm::hs256, "message") ==
        Key::from_secret(k_secret)->sign(Algorithm::hs256, "message"));
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

TEST_CASE("a credential that systemd opens to the service's group is read, and only there") {
  const TemporaryFile file(k_secret, 0440);
  const std::string folder = std::filesystem::path(file.path).parent_path().string();
  ::setenv("CREDENTIALS_DIRECTORY", folder.c_str(), 1);
  CHECK(read_secret_file(file.path).has_value());
  ::chmod(file.path.c_str(), 0444);
  CHECK_FALSE(read_secret_file(file.path).has_value());
  ::chmod(file.path.c_str(), 0440);
  ::setenv("CREDENTIALS_DIRECTORY", (folder + "/other").c_str(), 1);
  CHECK_FALSE(read_secret_file(file.path).has_value());
  ::unsetenv("CREDENTIALS_DIRECTORY");
  CHECK_FALSE(read_secret_file(file.path).has_value());
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

TEST_CASE("a file of public keys may be read by everybody, and written by everybody it may not") {
  const std::string pem =
      Signer::of(Signer::Type::p256).public_pem() + Signer::of(Signer::Type::ed25519).public_pem();
  for (const mode_t mode : {0644U, 0664U, 0400U})
    CHECK(read_public_keys(TemporaryFile(pem, mode).path).value().size() == 2);
  const TemporaryFile open_to_all(pem, 0666);
  const auto keys = read_public_keys(open_to_all.path);
  REQUIRE_FALSE(keys.has_value());
  CHECK(keys.error().kind == ErrorKind::configuration);
  CHECK(keys.error().hint == "chmod o-w " + open_to_all.path);
}

TEST_CASE("a file of public keys that is missing, too large, empty or private is refused by name") {
  const TemporaryFile large(std::string(k_jwks_bytes_max + 1, 'x'), 0600), empty("", 0600);
  const TemporaryFile own(Signer::of(Signer::Type::p256).private_pem(), 0600);
  for (const std::string& path : {std::string("/nonexistent/keys"), large.path, empty.path, own.path}) {
    const auto keys = read_public_keys(path);
    REQUIRE_FALSE(keys.has_value());
    CHECK(keys.error().kind == ErrorKind::configuration);
    CHECK(keys.error().what.find(path) != std::string::npos);
  }
}

TEST_CASE("a JWK set's file is as private as a secret file when it holds a secret, used or not") {
  const std::string published = jwk_set({Signer::of(Signer::Type::p256).jwk()});
  CHECK(read_jwks_file(TemporaryFile(published, 0644).path).value().keys.size() == 1);
  CHECK_FALSE(read_jwks_file(TemporaryFile(published, 0646).path).has_value());
  for (const std::string& octets : {std::string(32, 's'), std::string(16, 's')}) {
    const std::string secret = jwk_set({R"("kty":"oct","k":")" + base64url_encode(octets) + '"'});
    CHECK(read_jwks_file(TemporaryFile(secret, 0600).path).value().keys.size() ==
          (octets.size() >= 32 ? 1 : 0));
    const TemporaryFile open_to_all(secret, 0640);
    const auto jwks = read_jwks_file(open_to_all.path);
    REQUIRE_FALSE(jwks.has_value());
    CHECK(jwks.error().hint == "chmod 600 " + open_to_all.path);
  }
  for (const char* text : {"", "{}", "-----BEGIN PUBLIC KEY-----"}) {
    const TemporaryFile file(text, 0600);
    const auto jwks = read_jwks_file(file.path);
    REQUIRE_FALSE(jwks.has_value());
    CHECK(jwks.error().what.find(file.path) != std::string::npos);
    CHECK(jwks.error().kind == ErrorKind::configuration);
  }
  CHECK_FALSE(read_jwks_file("/nonexistent/set").has_value());
}
