// SPDX-License-Identifier: MIT
// The chunked coding (RFC 9112 section 7.1), writing half. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rt::http {

// Hexadecimal size, CRLF: what stands before a chunk of that many bytes. Behind it stands CRLF.
void append_chunk_head(std::string& out, std::size_t bytes);
void append_chunk(std::string& out, std::string_view bytes);
inline constexpr std::string_view k_last_chunk = "0\r\n\r\n";

}  // namespace rt::http
