// SPDX-License-Identifier: MIT
// Connection::Work: what a connection holds while it reads and answers requests. A part of connection.h.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "http/request_parser.h"
#include "net/connection.h"

namespace rt::net {

struct Connection::Work {
  explicit Work(Peer the_peer) : peer(std::move(the_peer)) {}

  Peer peer;
  http::RequestParser parser;
  std::unique_ptr<Exchange> exchange;       // also while the store's answer is waited for
  std::optional<http::Response> rejection;  // decided by the head; sent once the body was dropped
  std::optional<OpenStream> opening;
  base::SteadyTime opening_since;
  std::string input;   // pipelined bytes that came before the answer was out
  std::string output;  // of an answer that did not fit into the socket
  std::size_t output_sent = 0;
  http::Method method = http::Method::get;
  int minor_version = 1;
};

}  // namespace rt::net
