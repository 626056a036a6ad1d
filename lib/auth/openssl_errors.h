// SPDX-License-Identifier: MIT
// Takes back what OpenSSL has put into the thread's queue of errors since it was made: TLS on the same thread
// would take it for its own. For this room's sources alone. On the stack.
#pragma once

namespace rt::auth {

class QuietOpenssl {
 public:
  QuietOpenssl();
  ~QuietOpenssl();
  QuietOpenssl(const QuietOpenssl&) = delete;
  QuietOpenssl& operator=(const QuietOpenssl&) = delete;
};

}  // namespace rt::auth
