// SPDX-License-Identifier: MIT
// CSV (RFC 4180, but a record is one line): a header row, whose columns are named as in native NDJSON, in any
// case; separated by comma, semicolon or tab, whichever the header has. Other columns are passed over. Pure;
// one instance per input, one thread.
#pragma once

#include <memory>

#include "gps/reader.h"

namespace rt::gps {

std::unique_ptr<Reader> make_csv_reader(const Options& options, Output output);

}  // namespace rt::gps
