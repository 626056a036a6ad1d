// SPDX-License-Identifier: MIT
#include <cstring>

#include "base/text.h"

namespace rt::base {

namespace {

// Bytes at the front of `text` below 0x80, eight at a time; may stop up to seven bytes early.
std::size_t ascii_prefix(std::string_view text) {
  std::size_t at = 0;
  for (; text.size() - at >= sizeof(std::uint64_t); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & 0x8080808080808080U) != 0) break;
  }
  return at;
}

struct Sequence {
  std::size_t bytes;
  bool whole;
};

// The character at the front; when there is none, the bytes that one replacement character stands for
// (the longest start of a character, at least one byte: Unicode 3.9, "maximal subparts"). `text` is not
// empty.
Sequence first_sequence(std::string_view text) {
  const auto byte = [text](std::size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {1, true};
  if (lead < 0xC2 || lead > 0xF4) return {1, false};
  // RFC 3629 section 4: the second byte's range keeps out overlong forms, surrogates and all above U+10FFFF.
  const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return {1, false};
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  for (std::size_t i = 2; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {i, false};
  }
  return {length, true};
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const Sequence sequence = first_sequence(text);
  return sequence.whole ? sequence.bytes : 0;
}

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    text.remove_prefix(ascii_prefix(text));
    if (text.empty()) break;
    const Sequence sequence = first_sequence(text);
    if (!sequence.whole) return false;
    text.remove_prefix(sequence.bytes);
  }
  return true;
}

std::string replace_invalid_utf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Sequence sequence = first_sequence(text);
    out += sequence.whole ? text.substr(0, sequence.bytes) : "\xEF\xBF\xBD";
    text.remove_prefix(sequence.bytes);
  }
  return out;
}

}  // namespace rt::base
