// SPDX-License-Identifier: MIT
// Certificates of the tests' own making, signed by themselves, as PEM files in a folder that goes with them.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

namespace rt::net {

struct CertificateTraits {
  const char* key = "P-256";  // or "P-384", "RSA"
  int rsa_bits = 2048;
  std::chrono::seconds begins{-3600};  // from now
  std::chrono::seconds ends{3600};
};

class CertificateFolder {
 public:
  CertificateFolder();
  ~CertificateFolder();
  CertificateFolder(const CertificateFolder&) = delete;
  CertificateFolder& operator=(const CertificateFolder&) = delete;

  // NAME.crt and NAME.key, the key for its owner only.
  void make(std::string_view name, const CertificateTraits& traits = {}) const;
  // Overwrites; returns the path.
  std::string write(std::string_view name, std::string_view text, unsigned mode = 0600) const;
  std::string read(std::string_view name) const;
  std::string path(std::string_view name) const { return (folder_ / name).string(); }

 private:
  std::filesystem::path folder_;
};

}  // namespace rt::net
