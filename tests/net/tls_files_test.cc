// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>
#include <openssl/err.h>

#include "net/tls.h"
#include "net/tls_certificate.h"

namespace {

using namespace rt;
using namespace std::chrono_literals;

class Loading {
 public:
  Loading() { folder.make("good"); }

  // The error's text and hint, or nothing when it was loaded.
  std::string error(std::string_view certificate, std::string_view key) const {
    const auto server = net::TlsServer::load({folder.path(certificate), folder.path(key)});
    CHECK(ERR_peek_error() == 0);
    if (server) return {};
    CHECK(server.error().kind == base::ErrorKind::configuration);
    return server.error().what + "; " + server.error().hint;
  }
  // The error names this file and says this.
  void refuses(std::string_view certificate, std::string_view key, std::string_view file,
               std::string_view because) const {
    const std::string said = error(certificate, key);
    CAPTURE(said);
    CHECK(said.find(folder.path(file)) != std::string::npos);
    CHECK(said.find(because) != std::string::npos);
  }

  net::CertificateFolder folder;
};

TEST_CASE_FIXTURE(Loading, "certificates with keys of every usual kind are taken") {
  CHECK(error("good.crt", "good.key") == "");
  folder.make("p384", {.key = "P-384"});
  CHECK(error("p384.crt", "p384.key") == "");
  folder.make("rsa", {.key = "RSA"});
  CHECK(error("rsa.crt", "rsa.key") == "");
}

TEST_CASE_FIXTURE(Loading, "certificate, chain and key may be in one file, with text between") {
  folder.make("above");
  folder.write("all.pem", "subject=CN = localhost\n" + folder.read("good.crt") + "the one above:\n" +
                              folder.read("above.crt") + folder.read("good.key"));
  CHECK(error("all.pem", "all.pem") == "");
}

TEST_CASE_FIXTURE(Loading, "a file that cannot be read is named with the reason") {
  refuses("absent.crt", "good.key", "absent.crt", "No such file");
  refuses("good.crt", "absent.key", "absent.key", "No such file");
  refuses("", "good.key", "", "Is a directory");
  folder.write("endless.crt", std::string(1024 * 1024, '\n'));
  refuses("endless.crt", "good.key", "endless.crt", "larger than");
}

TEST_CASE_FIXTURE(Loading, "a file without what it should hold is refused") {
  folder.write("empty", "");
  refuses("empty", "good.key", "empty", "no certificate");
  refuses("good.crt", "empty", "empty", "no private key");
  refuses("good.key", "good.key", "good.key", "no certificate");
  refuses("good.crt", "good.crt", "good.crt", "no private key");
  std::string half = folder.read("good.crt");
  folder.write("half.crt", half.substr(0, half.size() / 2));
  refuses("half.crt", "good.key", "half.crt", "broken certificate");
  half.replace(half.size() / 2, 1, "!");
  folder.write("garbled.crt", folder.read("good.crt") + half);
  refuses("garbled.crt", "good.key", "garbled.crt", "broken certificate");
}

TEST_CASE_FIXTURE(Loading, "more certificates than any chain has are refused") {
  std::string many;
  for (int i = 0; i < 17; ++i) many += folder.read("good.crt");
  folder.write("many.crt", many);
  refuses("many.crt", "good.key", "many.crt", "more than 16");
}

TEST_CASE_FIXTURE(Loading, "a key that others can read or write is refused") {
  for (const unsigned mode : {0640U, 0604U, 0620U, 0602U, 0644U}) {
    folder.write("open.key", folder.read("good.key"), mode);
    refuses("good.crt", "open.key", "open.key", "others");
  }
}

TEST_CASE_FIXTURE(Loading, "a key of another certificate is refused, and both files are named") {
  folder.make("other");
  refuses("good.crt", "other.key", "other.key", "does not belong");
  refuses("good.crt", "other.key", "good.crt", "does not belong");
  folder.make("rsa", {.key = "RSA"});
  refuses("good.crt", "rsa.key", "rsa.key", "does not belong");
}

TEST_CASE_FIXTURE(Loading, "an encrypted key is refused without asking for its passphrase") {
  folder.write("encrypted.key",
               "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
               "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgBAgMEBQYHCAICCAAw\n"
               "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEAECAwQFBgcICQoLDA0ODxAEgZAB\n"
               "-----END ENCRYPTED PRIVATE KEY-----\n");
  const std::string said = error("good.crt", "encrypted.key");
  CHECK(said.find(folder.path("encrypted.key")) != std::string::npos);
}

TEST_CASE_FIXTURE(Loading, "a certificate that is not valid now is refused") {
  folder.make("old", {.begins = -7200s, .ends = -60s});
  refuses("old.crt", "old.key", "old.crt", "has expired");
  folder.make("young", {.begins = 3600s, .ends = 7200s});
  refuses("young.crt", "young.key", "young.crt", "not valid yet");
}

TEST_CASE_FIXTURE(Loading, "keys that are too short or far too long are refused") {
  folder.make("short", {.key = "RSA", .rsa_bits = 1024});
  refuses("short.crt", "short.key", "short.crt", "too short");
}

TEST_CASE_FIXTURE(Loading, "no error shows what the key file holds") {
  const std::string secret = folder.read("good.key").substr(40, 20);
  folder.make("other");
  CHECK(error("other.crt", "good.key").find(secret) == std::string::npos);
}

}  // namespace
