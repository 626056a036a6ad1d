// SPDX-License-Identifier: MIT
#include "hub/output.h"

#include "http/chunk.h"

namespace rt::hub {

void Output::open_chunk() {
  if (chunk_at_ != std::string::npos) return;
  if (form_.framing == Framing::chunked) bytes_.append(http::k_padded_chunk_head_bytes, ' ');
  chunk_at_ = bytes_.size();
}

void Output::begin_stream(std::string_view head) {
  bytes_ += head;
  if (form_.coding == Coding::identity) return;
  open_chunk();
  append_gzip_header(bytes_);
}

void Output::text(std::string_view text) {
  if (text.empty()) return;
  open_chunk();
  if (form_.coding == Coding::identity) {
    bytes_ += text;
  } else {
    append_stored(bytes_, text);
    trail_.sum.add(text);
    trail_.event = 0;
  }
}

void Output::deflated(const DeflatedText& text, Seq event) {
  open_chunk();
  bytes_ += text.blocks;
  trail_.sum.add(text);
  trail_.event = event;
}

void Output::end_stream() {
  if (form_.coding == Coding::gzip) {
    open_chunk();
    append_gzip_trailer(bytes_, trail_.sum);
  }
  ended_ = true;
}

std::string_view Output::finish() {
  std::size_t unused = 0;
  if (form_.framing == Framing::chunked && chunk_at_ != std::string::npos) {
    const std::size_t head_at = chunk_at_ - http::k_padded_chunk_head_bytes;
    const std::size_t zeros = http::write_padded_chunk_head(
        bytes_.data() + head_at, static_cast<std::uint32_t>(bytes_.size() - chunk_at_));
    // Behind a response's head they stay.
    if (head_at == 0) unused = zeros;
    bytes_ += "\r\n";
  }
  if (form_.framing == Framing::chunked && ended_) bytes_ += http::k_last_chunk;
  return std::string_view(bytes_).substr(unused);
}

}  // namespace rt::hub
