// SPDX-License-Identifier: MIT
// The curve is -x^2 + y^2 = 1 + d x^2 y^2 over the integers modulo p = 2^255 - 19, with d = -121665/121666.
// Only y is needed: x^2 = (y^2 - 1) / (d y^2 + 1) must be a square, and doubling takes y to (y^2 + x^2) / (1
// - d x^2 y^2). Neither denominator is ever 0, as d is no square. Three doublings take the points of small
// order, and no others, to the neutral one, whose y is 1.
#include "auth/ed25519_point.h"

#include <openssl/bn.h>

#include <algorithm>
#include <array>
#include <memory>

#include "auth/openssl_errors.h"

namespace rt::auth {
namespace {

struct FreeNumber {
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(BN_CTX* context) const { BN_CTX_free(context); }
};
using Number = std::unique_ptr<BIGNUM, FreeNumber>;

// The integers modulo p. Whatever fails (only memory can) makes is_sound() false.
class Field {
 public:
  Field() : context_(BN_CTX_new()), p_(number(0)) {
    note(context_ && BN_set_bit(p_.get(), 255) == 1 && BN_sub_word(p_.get(), 19) == 1);
  }
  bool is_sound() const { return sound_; }
  const BIGNUM* p() const { return p_.get(); }

  Number number(BN_ULONG word) {
    Number out(BN_new());
    note(out && BN_set_word(out.get(), word) == 1);
    return out;
  }
  Number add(const Number& a, const Number& b) { return make(BN_mod_add, a, b); }
  Number subtract(const Number& a, const Number& b) { return make(BN_mod_sub, a, b); }
  Number multiply(const Number& a, const Number& b) { return make(BN_mod_mul, a, b); }
  Number divide(const Number& a, const Number& b) {
    Number inverse(sound_ ? BN_mod_inverse(nullptr, b.get(), p_.get(), context_.get()) : nullptr);
    note(inverse != nullptr);
    return sound_ ? multiply(a, inverse) : nullptr;
  }
  bool is_square(const Number& a) { return sound_ && BN_kronecker(a.get(), p_.get(), context_.get()) >= 0; }

 private:
  template <class Operation>
  Number make(Operation operation, const Number& a, const Number& b) {
    Number out = number(0);
    note(sound_ && operation(out.get(), a.get(), b.get(), p_.get(), context_.get()) == 1);
    return out;
  }
  void note(bool done) { sound_ = sound_ && done; }

  bool sound_ = true;
  std::unique_ptr<BN_CTX, FreeNumber> context_;
  Number p_;
};

}  // namespace

bool is_ed25519_public_key(std::string_view octets) {
  constexpr std::size_t k_octets = 32;
  constexpr BN_ULONG k_minus_d_numerator = 121665, k_d_denominator = 121666;
  if (octets.size() != k_octets) return false;
  const QuietOpenssl quiet;
  std::array<unsigned char, k_octets> little;
  std::ranges::copy(octets, little.begin());
  little.back() &= 0x7f;  // the sign of x
  Field field;
  Number y(BN_lebin2bn(little.data(), static_cast<int>(little.size()), nullptr));
  if (!y || !field.is_sound() || BN_cmp(y.get(), field.p()) >= 0) return false;
  const Number one = field.number(1);
  const Number minus_d = field.divide(field.number(k_minus_d_numerator), field.number(k_d_denominator));
  for (int doublings = 0; doublings < 3 && field.is_sound(); ++doublings) {
    const Number yy = field.multiply(y, y);
    const Number xx = field.divide(field.subtract(yy, one), field.subtract(one, field.multiply(minus_d, yy)));
    if (doublings == 0 && !field.is_square(xx)) return false;
    y = field.divide(field.add(yy, xx), field.add(one, field.multiply(minus_d, field.multiply(xx, yy))));
  }
  return field.is_sound() && !BN_is_one(y.get());
}

}  // namespace rt::auth
