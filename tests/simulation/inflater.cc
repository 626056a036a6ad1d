// SPDX-License-Identifier: MIT
#include "simulation/inflater.h"

#include <zlib.h>

#include <array>

namespace rt::simulation {

Inflater::Inflater() : zlib_(std::make_unique<z_stream_s>()) {
  constexpr int k_gzip = 16;
  ::inflateInit2(zlib_.get(), MAX_WBITS + k_gzip);
}

Inflater::~Inflater() {
  ::inflateEnd(zlib_.get());
}

bool Inflater::feed(std::string_view bytes, std::string& text) {
  zlib_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  zlib_->avail_in = static_cast<uInt>(bytes.size());
  std::array<char, 4096> piece;
  while (true) {
    if (ended_) return zlib_->avail_in == 0;
    zlib_->next_out = reinterpret_cast<Bytef*>(piece.data());
    zlib_->avail_out = static_cast<uInt>(piece.size());
    const int result = ::inflate(zlib_.get(), Z_SYNC_FLUSH);
    text.append(piece.data(), piece.size() - zlib_->avail_out);
    if (result == Z_STREAM_END)
      ended_ = true;
    else if (result == Z_BUF_ERROR)
      return true;
    else if (result != Z_OK)
      return false;
  }
}

}  // namespace rt::simulation
