// SPDX-License-Identifier: MIT
// The look of --help: one sentence, the examples (CLI11's footer), usage, options, all within 80 columns.
// Main thread.
#pragma once

namespace CLI {
class App;
}

namespace rt::cli {

// For `app` and every subcommand added to it later.
void use_our_help(CLI::App& app);

}  // namespace rt::cli
