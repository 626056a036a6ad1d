// SPDX-License-Identifier: MIT
#include "net/tls.h"

#include <random>

#include "net/tls_peer.h"

namespace {

using namespace rt;
using net::TlsPair;
using net::TlsState;
using net::TlsVersion;

constexpr std::array k_versions = {TLS1_2_VERSION, TLS1_3_VERSION};

TEST_CASE("bytes go both ways in both versions, with forward secrecy and authentication") {
  const auto server = net::tls_server();
  for (const int version : k_versions) {
    CAPTURE(version);
    TlsPair pair(*server, version);
    REQUIRE(pair.shake_hands());
    CHECK(SSL_version(pair.client()) == version);
    CHECK(SSL_CIPHER_is_aead(SSL_get_current_cipher(pair.client())) == 1);
    CHECK(SSL_get_negotiated_group(pair.client()) != 0);
    REQUIRE(pair.client_writes("ping"));
    CHECK(pair.read() == TlsState::done);
    CHECK(pair.received == "ping");
    CHECK(pair.session->write("pong").bytes == 4);
    CHECK(pair.client_reads() == "pong");
  }
}

TEST_CASE("a version older than the oldest is refused") {
  TlsPair ancient(*net::tls_server(), TLS1_1_VERSION);
  CHECK(!ancient.shake_hands());
  TlsPair old(*net::tls_server(TlsVersion::tls13), TLS1_2_VERSION);
  CHECK(!old.shake_hands());
  TlsPair recent(*net::tls_server(TlsVersion::tls13), TLS1_3_VERSION);
  CHECK(recent.shake_hands());
}

TEST_CASE("a cipher without forward secrecy or authentication is refused") {
  const auto server = net::tls_server();
  for (const char* cipher :
       {"AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES128-SHA256", "eNULL"}) {
    CAPTURE(cipher);
    TlsPair pair(*server, TLS1_2_VERSION);
    REQUIRE(SSL_set_cipher_list(pair.client(), (std::string(cipher) + ":@SECLEVEL=0").c_str()) == 1);
    CHECK(!pair.shake_hands());
  }
}

TEST_CASE("HTTP/1.1 is chosen where protocols are offered, and others alone are refused") {
  const auto server = net::tls_server();
  const auto offer = [](TlsPair& pair, std::string_view protocols) {
    SSL_set_alpn_protos(pair.client(), reinterpret_cast<const unsigned char*>(protocols.data()),
                        static_cast<unsigned>(protocols.size()));
  };
  TlsPair browser(*server);
  offer(browser, "\x02h2\x08http/1.1");
  REQUIRE(browser.shake_hands());
  const unsigned char* chosen = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(browser.client(), &chosen, &length);
  CHECK(std::string_view(reinterpret_cast<const char*>(chosen), length) == "http/1.1");
  TlsPair other(*server);
  offer(other, "\x02h2\x05imaps");
  CHECK(!other.shake_hands());
}

// What the client would send goes through `deliver` instead.
template <class Deliver>
void shake_hands_by(TlsPair& pair, Deliver deliver) {
  SSL_set0_wbio(pair.client(), BIO_new(BIO_s_mem()));
  for (int turn = 0; turn < 20; ++turn) {
    const bool done = SSL_do_handshake(pair.client()) == 1;
    ERR_clear_error();
    char* bytes = nullptr;
    const long length = BIO_get_mem_data(SSL_get_wbio(pair.client()), &bytes);
    deliver(std::string(bytes, static_cast<std::size_t>(length)));
    (void)BIO_reset(SSL_get_wbio(pair.client()));
    if (done && SSL_is_init_finished(pair.client()) == 1 && length == 0) return;
  }
  FAIL("no end of it");
}

TEST_CASE("a client whose bytes come one by one is served, and read in vain in between") {
  const auto server = net::tls_server();
  for (const int version : k_versions) {
    CAPTURE(version);
    TlsPair pair(*server, version);
    const auto byte_by_byte = [&](const std::string& bytes) {
      for (const char byte : bytes) {
        REQUIRE(::send(pair.client_socket(), &byte, 1, 0) == 1);
        REQUIRE(pair.read() != TlsState::failed);
      }
    };
    shake_hands_by(pair, byte_by_byte);
    REQUIRE(pair.client_writes("GET / HTTP/1.1\r\n"));
    REQUIRE(pair.client_writes("\r\n"));
    char* bytes = nullptr;
    const long length = BIO_get_mem_data(SSL_get_wbio(pair.client()), &bytes);
    byte_by_byte({bytes, static_cast<std::size_t>(length)});
    CHECK(pair.received == "GET / HTTP/1.1\r\n\r\n");
  }
}

TEST_CASE("a ClientHello in fragments is put together") {
  const auto server = net::tls_server();
  TlsPair pair(*server);
  SSL_set_max_send_fragment(pair.client(), 512);
  // SNI of a long name makes it longer than one record.
  SSL_set_tlsext_host_name(pair.client(), std::string(250, 'a').c_str());
  REQUIRE(pair.shake_hands());
}

// One write of all that waits; what was not taken stays at the front, and more may come behind it before the
// next.
void write_some(TlsPair& pair, std::string& waiting) {
  // Each time from another place in memory, as a block's rest may be.
  const std::string copy(waiting);
  const net::TlsProgress progress = pair.session->write(copy);
  REQUIRE(ERR_peek_error() == 0);
  REQUIRE((progress.state == TlsState::done || progress.state == TlsState::wants_write));
  REQUIRE((progress.state == TlsState::done) == (progress.bytes == copy.size()));
  waiting.erase(0, progress.bytes);
}

TEST_CASE("what is written in pieces of any size through a narrow socket arrives exactly") {
  const auto server = net::tls_server();
  std::mt19937 random(3);
  for (const int version : k_versions) {
    CAPTURE(version);
    TlsPair pair(*server, version, 2048);
    REQUIRE(pair.shake_hands());
    std::string sent, got, waiting;
    for (int piece = 0; piece < 200; ++piece) {
      std::string bytes(random() % (piece % 10 == 0 ? 100'000 : 3000) + 1, '\0');
      for (char& byte : bytes) byte = static_cast<char>(random());
      sent += bytes;
      waiting += bytes;
      for (int turn = 0; turn < 3 || waiting.size() > 50'000; ++turn) {
        REQUIRE(turn < 10'000);
        write_some(pair, waiting);
        got += pair.client_reads(random() % 9000 + 1);
      }
      // In TLS 1.3 the client may ask for new keys at any time, also between a record's halves.
      if (version == TLS1_3_VERSION && piece % 20 == 7) {
        REQUIRE(SSL_key_update(pair.client(), SSL_KEY_UPDATE_REQUESTED) == 1);
        REQUIRE(pair.client_writes("x"));
      }
      const TlsState state = pair.read();
      REQUIRE((state == TlsState::done || state == TlsState::wants_read || state == TlsState::wants_write));
    }
    while (!waiting.empty()) {
      write_some(pair, waiting);
      got += pair.client_reads();
    }
    TlsState end = pair.session->finish();
    while (end == TlsState::wants_write) {
      got += pair.client_reads();
      end = pair.session->finish();
    }
    CHECK(end == TlsState::done);
    got += pair.client_reads();
    CHECK(got.size() == sent.size());
    CHECK(got == sent);
    CHECK(SSL_get_shutdown(pair.client()) == SSL_RECEIVED_SHUTDOWN);
  }
}

TEST_CASE("nothing is said behind a record that went out in part") {
  TlsPair pair(*net::tls_server(), TLS1_3_VERSION, 2048);
  REQUIRE(pair.shake_hands());
  const std::string record(net::k_tls_record_bytes_max, 'x');
  while (pair.session->write(record).state == TlsState::done) {
  }
  CHECK(pair.session->finish() == TlsState::failed);
  const std::string got = pair.client_reads();
  CHECK(got == std::string(got.size(), 'x'));
  CHECK(SSL_get_shutdown(pair.client()) == 0);
}

TEST_CASE("garbage fails, with an alert where it looks like TLS, and every later call fails") {
  const auto server = net::tls_server();
  for (const std::string& garbage :
       {std::string(300, 'x'), std::string("\x16\x03\x01\xff\xff", 5) + std::string(300, '\0'),
        std::string("\x16\x03\x01\x00\x04\x01\x00\x00\x00", 9), std::string("\x17\x03\x03\x00\x01x", 6)}) {
    CAPTURE(garbage);
    TlsPair pair(*server);
    REQUIRE(::send(pair.client_socket(), garbage.data(), garbage.size(), 0) > 0);
    TlsState state = TlsState::done;
    for (int turn = 0; turn < 4 && state != TlsState::failed; ++turn) state = pair.read();
    CHECK(state == TlsState::failed);
    char alert[64] = "";
    const ssize_t got = ::recv(pair.client_socket(), alert, sizeof alert, MSG_DONTWAIT);
    CHECK(got == (garbage[0] == 'x' ? -1 : 7));
    CHECK(alert[0] == (garbage[0] == 'x' ? 0 : 21));
    CHECK(pair.read() == TlsState::failed);
    CHECK(pair.session->write("x").state == TlsState::failed);
    CHECK(pair.session->finish() == TlsState::failed);
  }
}

TEST_CASE("a failed session's error is not blamed on another") {
  const auto server = net::tls_server();
  TlsPair good(*server), bad(*server);
  REQUIRE(good.shake_hands());
  REQUIRE(::send(bad.client_socket(), "nonsense", 8, 0) == 8);
  CHECK(bad.read() == TlsState::failed);
  CHECK(good.read() == TlsState::wants_read);
  REQUIRE(bad.session->write("x").state == TlsState::failed);
  CHECK(good.session->write("fine").state == TlsState::done);
  CHECK(good.client_reads() == "fine");
}

TEST_CASE("a request in plain HTTP is known as one") {
  const auto server = net::tls_server();
  for (const std::string_view request : {"GET / HTTP/1.1\r\n\r\n", "POST /x HTTP/1.0\r\n\r\n",
                                         "HEAD / HTTP/1.1\r\n\r\n", "CONNECT a:443 HTTP/1.1\r\n\r\n"}) {
    CAPTURE(request);
    TlsPair pair(*server);
    REQUIRE(::send(pair.client_socket(), request.data(), request.size(), 0) > 0);
    CHECK(pair.read() == TlsState::plain_http);
    char nothing[8];
    CHECK(::recv(pair.client_socket(), nothing, sizeof nothing, MSG_DONTWAIT) < 0);
  }
}

TEST_CASE("the peer's end is an end, said or not, and what it waits for can still be sent") {
  const auto server = net::tls_server();
  for (const bool said : {true, false}) {
    CAPTURE(said);
    TlsPair pair(*server);
    REQUIRE(pair.shake_hands());
    REQUIRE(pair.client_writes("last words"));
    if (said) SSL_shutdown(pair.client());
    pair.half_close();
    CHECK(pair.read() == TlsState::done);
    CHECK(pair.read() == TlsState::closed);
    CHECK(pair.read() == TlsState::closed);
    CHECK(pair.received == "last words");
    CHECK(pair.session->write("answer").state == TlsState::done);
    CHECK(pair.client_reads() == "answer");
    // A socket that breaks after the end is broken, not ended: whoever waits for room would wait for ever.
    pair.hang_up();
    CHECK(pair.session->write("nobody is there").state == TlsState::failed);
  }
}

TEST_CASE("a peer that vanishes fails what is written, without a signal") {
  const auto server = net::tls_server();
  TlsPair pair(*server);
  REQUIRE(pair.shake_hands());
  pair.hang_up();
  CHECK(pair.session->write("x").state == TlsState::failed);
  TlsPair early(*server);
  early.hang_up();
  CHECK(early.read() == TlsState::closed);
  CHECK(early.session->finish() == TlsState::failed);
}

TEST_CASE("a flood of records without data does not keep a read from coming back") {
  const auto server = net::tls_server();
  TlsPair pair(*server);
  REQUIRE(pair.shake_hands());
  constexpr int k_updates = 50;
  for (int i = 0; i < k_updates; ++i) {
    REQUIRE(SSL_key_update(pair.client(), SSL_KEY_UPDATE_NOT_REQUESTED) == 1);
    REQUIRE(SSL_do_handshake(pair.client()) == 1);
  }
  REQUIRE(pair.client_writes("x"));
  int reads = 1;
  while (pair.read() == TlsState::wants_read && reads <= k_updates) ++reads;
  CHECK(pair.received == "x");
  CHECK(reads == k_updates + 1);
}

TEST_CASE("renegotiation is refused and the connection goes on") {
  const auto server = net::tls_server();
  TlsPair pair(*server, TLS1_2_VERSION);
  REQUIRE(pair.shake_hands());
  REQUIRE(SSL_renegotiate(pair.client()) == 1);
  SSL_do_handshake(pair.client());
  ERR_clear_error();
  CHECK(pair.read() == TlsState::wants_read);
  CHECK(pair.session->write("still here").state == TlsState::done);
}

net::ClientSession ticket_of(TlsPair& pair) {
  pair.session->write("x");
  pair.client_reads();  // a ticket of TLS 1.3 comes behind the handshake
  return net::ClientSession(SSL_get1_session(pair.client()));
}

bool resumes(const net::TlsServer& server, int version, const net::ClientSession& ticket) {
  TlsPair pair(server, version);
  // The client takes a session that was not ended for a bad one.
  const net::ClientSession copy(SSL_SESSION_dup(ticket.get()));
  REQUIRE(SSL_set_session(pair.client(), copy.get()) == 1);
  REQUIRE(pair.shake_hands());
  return SSL_session_reused(pair.client()) == 1;
}

TEST_CASE("a ticket is good for the server that gave it and for its successor, not for the one after") {
  for (const int version : k_versions) {
    CAPTURE(version);
    const auto first = net::tls_server();
    TlsPair pair(*first, version);
    REQUIRE(pair.shake_hands());
    const auto ticket = ticket_of(pair);
    CHECK(resumes(*first, version, ticket));
    const auto second = net::tls_server(TlsVersion::tls12, first.get());
    CHECK(resumes(*second, version, ticket));
    const auto third = net::tls_server(TlsVersion::tls12, second.get());
    CHECK(!resumes(*third, version, ticket));
    CHECK(!resumes(*net::tls_server(), version, ticket));
  }
}

TEST_CASE("a connection goes on when its server was replaced") {
  auto server = net::tls_server();
  TlsPair pair(*server), beginner(*server);
  REQUIRE(pair.shake_hands());
  server.reset();
  CHECK(pair.session->write("still here").state == TlsState::done);
  CHECK(pair.client_reads() == "still here");
  CHECK(beginner.shake_hands());
}

}  // namespace
