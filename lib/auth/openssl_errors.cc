// SPDX-License-Identifier: MIT
#include "auth/openssl_errors.h"

#include <openssl/err.h>

namespace rt::auth {

QuietOpenssl::QuietOpenssl() {
  ERR_set_mark();
}
QuietOpenssl::~QuietOpenssl() {
  ERR_pop_to_mark();
}

}  // namespace rt::auth
