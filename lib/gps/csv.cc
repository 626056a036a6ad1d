// SPDX-License-Identifier: MIT
#include "gps/csv.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"
#include "gps/lines.h"
#include "gps/spelling.h"

namespace rt::gps {
namespace {

constexpr std::size_t k_columns_max = 256;

Spelling spelling_of(const Options& options) {
  Spelling spelling = k_native;
  spelling.longitude = {"longitude", "lon", "lng", "long"};
  spelling.altitude = {"altitude", "alt", "ele", "elevation"};
  spelling.driver = {"driverid", "driver"};
  spelling.missing = Missing::no_fix;
  spelling.speed_unit = options.speed_unit.value_or(SpeedUnit::kmh);
  return spelling;
}

// The cells of a row; quoted ones without their quotes, "" in them being one.
std::optional<std::vector<std::string>> cells_of(std::string_view row, char separator) {
  std::vector<std::string> cells;
  while (true) {
    auto& cell = cells.emplace_back();
    row.remove_prefix(std::min(row.find_first_not_of(' '), row.size()));
    if (row.starts_with('"')) {
      bool is_first = true;
      do {
        const auto quote = row.find('"', 1);
        if (quote == std::string_view::npos) {
          return std::nullopt;
        }
        cell.append(std::exchange(is_first, false) ? "" : "\"").append(row.substr(1, quote - 1));
        row.remove_prefix(quote + 1);
      } while (row.starts_with('"'));
    }
    const auto end = std::min(row.find(separator), row.size());
    cell.append(base::trim(row.substr(0, end)));
    if (end == row.size()) {
      return cells;
    }
    row.remove_prefix(end + 1);
  }
}

char separator_of(std::string_view header) {
  constexpr std::string_view k_separators = ",;\t";
  return *std::ranges::max_element(k_separators, {},
                                   [&](char separator) { return std::ranges::count(header, separator); });
}

class CsvReader final : public Reader {
 public:
  CsvReader(const Options& options, Output output)
      : driver_field_(base::to_lower(options.driver_field)),
        spelling_(spelling_of(options)),
        output_(std::move(output)),
        cutter_(k_line_bytes_max) {
    cutter_.on_line = [this](std::size_t number, std::string_view line) { take(number, line); };
    cutter_.on_too_long = [this](std::size_t number) { reject(number, "the line is longer than 64 KiB"); };
  }
  CsvReader(const CsvReader&) = delete;  // its cutter refers to it
  CsvReader& operator=(const CsvReader&) = delete;

  void feed(std::string_view bytes) override { cutter_.feed(bytes); }
  void flush() override {}
  void finish() override { cutter_.finish(); }
  Tally tally() const override { return {rows_, "lines"}; }

 private:
  void reject(std::size_t line, std::string what) {
    ++rows_;
    output_.rejected(line, std::move(what));
  }

  void take(std::size_t line, std::string_view row) {
    if (is_refused_ || base::trim(row).empty() || row.starts_with('#')) {
      return;
    }
    if (columns_.empty()) {
      separator_ = separator_of(row);
    }
    auto cells = cells_of(row, separator_);
    if (!cells) {
      reject(line, "a quoted field does not end on its line");
    } else if (columns_.empty()) {
      take_header(line, *std::move(cells));
    } else {
      take_row(line, *cells);
    }
  }

  void take_header(std::size_t line, std::vector<std::string> names) {
    std::ranges::transform(names, names.begin(), [](const auto& name) { return base::to_lower(name); });
    Fields header;
    for (const auto& name : names) {
      header.add({name, name, FieldType::text});
    }
    std::string fault;
    const auto need = [&](const Names& wanted) {
      if (fault.empty() && header.find(wanted) == nullptr) {
        const auto near = header.misspelt(wanted);
        fault = "the header row has no column '" + base::printable(wanted.front(), 40) + "'" +
                (near.empty() ? "" : "; did you mean it by '" + base::printable(near, 40) + "'?");
      }
    };
    need(spelling_.latitude);
    need(spelling_.longitude);
    if (!driver_field_.empty()) {
      need({driver_field_});
    }
    if (names.size() > k_columns_max) {
      fault = "the header row has more than 256 columns";
    }
    if (!fault.empty()) {
      is_refused_ = true;
      reject(line, std::move(fault));
      return;
    }
    columns_ = std::move(names);
  }

  void take_row(std::size_t line, const std::vector<std::string>& cells) {
    if (cells.size() > columns_.size()) {
      reject(line, std::to_string(cells.size()) + " fields, but the header row has " +
                       std::to_string(columns_.size()));
      return;
    }
    ++rows_;
    Fields fields;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      fields.add({columns_[i], cells[i], FieldType::word});
    }
    give_fields(output_, fields, spelling_, driver_field_, line);
  }

  const std::string driver_field_;
  const Spelling spelling_;
  Output output_;
  LineCutter cutter_;
  std::vector<std::string> columns_;  // from the header row, in lower case
  char separator_ = ',';
  bool is_refused_ = false;  // there is no making sense of the input
  std::size_t rows_ = 0;
};

}  // namespace

std::unique_ptr<Reader> make_csv_reader(const Options& options, Output output) {
  return std::make_unique<CsvReader>(options, std::move(output));
}

}  // namespace rt::gps
