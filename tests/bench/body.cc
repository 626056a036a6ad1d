// SPDX-License-Identifier: MIT
#include "bench/body.h"

#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/text.h"

namespace rt::bench {

namespace {

constexpr std::size_t k_head_bytes_max = 16 * 1024;
constexpr std::size_t k_size_line_bytes_max = 18;
constexpr int k_gzip_window_bits = MAX_WBITS + 16;
constexpr std::string_view k_crlf = "\r\n";

}  // namespace

Body::Body(Framing framing) : framing_(framing) {}

Body::~Body() {
  if (zlib_) ::inflateEnd(zlib_.get());
}

void Body::restart() {
  stage_ = Stage::head;
  line_.clear();
  chunk_left_ = 0;
  status_ = 0;
  is_gzip_ = has_more_ = member_ended_ = false;
  fault_ = {};
  if (zlib_) ::inflateReset(zlib_.get());
}

std::string_view Body::next(std::string_view& bytes, Scratch& scratch) {
  while (fault_.empty() && (!bytes.empty() || has_more_)) {
    switch (stage_) {
      case Stage::head:
        if (!take_line(bytes, k_head_bytes_max)) return {};
        take_head();
        break;
      case Stage::size:
        if (!take_line(bytes, k_size_line_bytes_max)) return {};
        take_size();
        break;
      case Stage::bytes: {
        std::string_view piece = bytes.substr(0, chunk_left_);
        const std::size_t offered = piece.size();
        std::string_view text = piece;
        if (is_gzip_)
          text = inflate(piece, scratch);
        else
          piece = {};
        bytes.remove_prefix(offered - piece.size());
        chunk_left_ -= offered - piece.size();
        if (chunk_left_ == 0 && !has_more_) stage_ = Stage::bytes_end;
        if (!text.empty()) return text;
        break;
      }
      case Stage::bytes_end:
        if (!take_line(bytes, k_crlf.size())) return {};
        if (line_ != k_crlf) fail("a chunk does not end in CRLF");
        line_.clear();
        stage_ = Stage::size;
        break;
      case Stage::trailer:
        if (!take_line(bytes, k_crlf.size())) return {};
        end();
        break;
      case Stage::ended:
        fail("bytes behind the last chunk");
        break;
    }
  }
  return {};
}

// Adds to line_ up to the end of a line, or of the head; false when more is needed.
bool Body::take_line(std::string_view& bytes, std::size_t length_max) {
  const std::string_view end = stage_ == Stage::head ? "\r\n\r\n" : k_crlf;
  while (!bytes.empty()) {
    line_ += bytes.front();
    bytes.remove_prefix(1);
    if (line_.ends_with(end)) return true;
    if (line_.size() >= length_max) {
      fail("a line of the response is too long");
      return false;
    }
  }
  return false;
}

void Body::take_head() {
  const std::string head = base::to_lower(line_);
  line_.clear();
  if (!head.starts_with("http/1.1 ")) return fail("no HTTP response");
  status_ = static_cast<int>(base::parse_unsigned(std::string_view(head).substr(9, 3)).value_or(0));
  if (status_ != 200) return fail("refused");
  if (!head.contains("\r\ncontent-type: text/event-stream")) return fail("no event stream");
  const bool is_chunked = head.contains("\r\ntransfer-encoding: chunked");
  if (!is_chunked && framing_ == Framing::chunked) return fail("not chunked");
  is_gzip_ = head.contains("\r\ncontent-encoding: gzip");
  if (is_gzip_ && !zlib_) {
    zlib_ = std::make_unique<z_stream_s>();
    if (::inflateInit2(zlib_.get(), k_gzip_window_bits) != Z_OK) return fail("no memory to inflate");
  }
  stage_ = is_chunked ? Stage::size : Stage::bytes;
  chunk_left_ = std::numeric_limits<std::size_t>::max();  // without chunks: what comes
}

void Body::take_size() {
  const std::string_view digits = std::string_view(line_).substr(0, line_.size() - k_crlf.size());
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), chunk_left_, 16);
  if (digits.empty() || read.ptr != digits.data() + digits.size()) return fail("a chunk's size is no number");
  stage_ = chunk_left_ == 0 ? Stage::trailer : Stage::bytes;
  line_.clear();
}

void Body::end() {
  if (line_ != k_crlf) return fail("a trailer");
  if (is_gzip_ && !member_ended_) return fail("the gzip member has no end");
  stage_ = Stage::ended;
}

// Takes off what the inflater took.
std::string_view Body::inflate(std::string_view& bytes, Scratch& scratch) {
  if (member_ended_) {
    fail("bytes behind the gzip member");
    return {};
  }
  zlib_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  zlib_->avail_in = static_cast<uInt>(bytes.size());
  zlib_->next_out = reinterpret_cast<Bytef*>(scratch.data());
  zlib_->avail_out = static_cast<uInt>(scratch.size());
  const int result = ::inflate(zlib_.get(), Z_SYNC_FLUSH);
  member_ended_ = result == Z_STREAM_END;
  if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
    fail("no deflate data, or wrong sums");
  bytes = bytes.substr(bytes.size() - zlib_->avail_in);
  has_more_ = zlib_->avail_out == 0;
  return {scratch.data(), scratch.size() - zlib_->avail_out};
}

}  // namespace rt::bench
