// SPDX-License-Identifier: MIT
#include <array>
#include <cstdint>

#include "auth/key.h"

namespace rt::auth {
namespace {

constexpr std::string_view k_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t k_not_in_alphabet = 0xff;

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(k_not_in_alphabet);
  for (std::size_t i = 0; i < k_alphabet.size(); ++i)
    values[static_cast<unsigned char>(k_alphabet[i])] = static_cast<std::uint8_t>(i);
  return values;
}

constexpr auto k_values = make_values();

char digit(std::uint32_t bits) {
  return k_alphabet[bits & 0x3fU];
}

}  // namespace

std::string base64url_encode(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t held = 0;
  unsigned held_bits = 0;
  for (const char c : bytes) {
    held = (held << 8U) | static_cast<unsigned char>(c);
    for (held_bits += 8; held_bits >= 6; held_bits -= 6) out += digit(held >> (held_bits - 6));
  }
  if (held_bits > 0) out += digit(held << (6 - held_bits));
  return out;
}

base::Result<std::string> base64url_decode(std::string_view text) {
  const auto refuse = [](const char* what) { return base::fail(base::ErrorKind::invalid, what); };
  if (text.size() % 4 == 1) return refuse("base64url text of an impossible length");
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t held = 0;
  unsigned held_bits = 0;
  for (const char c : text) {
    const std::uint8_t value = k_values[static_cast<unsigned char>(c)];
    if (value == k_not_in_alphabet) return refuse("a character that is not of base64url");
    held = (held << 6U) | value;
    held_bits += 6;
    if (held_bits >= 8) {
      held_bits -= 8;
      out += static_cast<char>((held >> held_bits) & 0xffU);
    }
  }
  // Otherwise several texts would stand for the same bytes.
  if ((held & ((1U << held_bits) - 1U)) != 0) return refuse("stray bits at the end of base64url text");
  return out;
}

}  // namespace rt::auth
