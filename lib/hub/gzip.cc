// SPDX-License-Identifier: MIT
#include "hub/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <cstdlib>

namespace rt::hub {

namespace {

constexpr int k_level = 6;
constexpr int k_window_bits = -15;  // no header: the member's is written once for all blocks
constexpr int k_memory_level = 6;
constexpr std::size_t k_stored_bytes_max = 65'535;
constexpr char k_unix = 3;

const Bytef* octets(std::string_view text) {
  return reinterpret_cast<const Bytef*>(text.data());
}

std::uint32_t crc_of(std::string_view text) {
  return static_cast<std::uint32_t>(::crc32_z(0, octets(text), text.size()));
}

void append_16(std::string& out, std::size_t value) {
  out += static_cast<char>(value & 0xffU);
  out += static_cast<char>(value >> 8U & 0xffU);
}

void append_32(std::string& out, std::uint32_t value) {
  append_16(out, value & 0xffffU);
  append_16(out, value >> 16U);
}

}  // namespace

struct Deflater::State {
  z_stream zlib{};
};

Deflater::Deflater() : state_(std::make_unique<State>()) {
  if (::deflateInit2(&state_->zlib, k_level, Z_DEFLATED, k_window_bits, k_memory_level, Z_DEFAULT_STRATEGY) !=
      Z_OK)
    std::abort();  // out of memory
}

Deflater::~Deflater() {
  ::deflateEnd(&state_->zlib);
}

DeflatedText Deflater::deflate(std::string_view text, std::string_view before) {
  z_stream& zlib = state_->zlib;
  ::deflateReset(&zlib);
  // Of a text longer than the format can refer back to, zlib takes the end.
  if (!before.empty()) ::deflateSetDictionary(&zlib, octets(before), static_cast<uInt>(before.size()));
  DeflatedText out;
  // A flush takes five bytes more than the bound for a whole stream says.
  out.blocks.resize(::deflateBound(&zlib, text.size()) + 8);
  zlib.next_in = const_cast<Bytef*>(octets(text));
  zlib.avail_in = static_cast<uInt>(text.size());
  zlib.next_out = reinterpret_cast<Bytef*>(out.blocks.data());
  zlib.avail_out = static_cast<uInt>(out.blocks.size());
  if (::deflate(&zlib, Z_SYNC_FLUSH) != Z_OK || zlib.avail_in != 0 || zlib.avail_out == 0) std::abort();
  out.blocks.resize(out.blocks.size() - zlib.avail_out);
  out.blocks.shrink_to_fit();
  out.text_bytes = static_cast<std::uint32_t>(text.size());
  out.crc = crc_of(text);
  out.crc_append = static_cast<std::uint32_t>(::crc32_combine_gen(static_cast<z_off_t>(text.size())));
  return out;
}

void GzipSum::add(std::string_view text) {
  if (text.empty()) return;  // crc32_z() begins anew where it is given no address
  crc = static_cast<std::uint32_t>(::crc32_z(crc, octets(text), text.size()));
  bytes += static_cast<std::uint32_t>(text.size());
}

void GzipSum::add(const DeflatedText& text) {
  crc = static_cast<std::uint32_t>(::crc32_combine_op(crc, text.crc, text.crc_append));
  bytes += text.text_bytes;
}

void append_gzip_header(std::string& out) {
  out += {'\x1f', '\x8b', Z_DEFLATED, 0, 0, 0, 0, 0, 0, k_unix};
}

void append_stored(std::string& out, std::string_view text) {
  if (text.empty()) return;
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, std::min(text.size(), k_stored_bytes_max));
    out += '\0';  // not the last, stored; the rest of the byte is padding
    append_16(out, piece.size());
    append_16(out, ~piece.size());
    out += piece;
    text.remove_prefix(piece.size());
  }
  out += {'\0', '\0', '\0', '\xff', '\xff'};
}

void append_gzip_trailer(std::string& out, const GzipSum& sum) {
  out += {'\x03', '\0'};  // the last block, with fixed codes: nothing but its end
  append_32(out, sum.crc);
  append_32(out, sum.bytes);
}

}  // namespace rt::hub
