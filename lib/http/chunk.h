// SPDX-License-Identifier: MIT
// The chunked coding (RFC 9112 section 7.1), writing half. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rt::http {

// Hexadecimal size, CRLF: what stands before a chunk of that many bytes. Behind it stands CRLF.
void append_chunk_head(std::string& out, std::size_t bytes);
void append_chunk(std::string& out, std::string_view bytes);
// The same for a place that was kept free before the size was known: with leading zeros, how many it returns.
inline constexpr std::size_t k_padded_chunk_head_bytes = 10;
std::size_t write_padded_chunk_head(char* at, std::uint32_t bytes);
inline constexpr std::string_view k_last_chunk = "0\r\n\r\n";

}  // namespace rt::http
