# SPDX-License-Identifier: MIT
"""Reads the tree and holds it against the rules; and holds each rule against a file that breaks it."""

import os
import pathlib
import sys
import unittest

import rules

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ["apps", "cmake", "lib", "tests", "completions", "man"]


def files():
    for folder in FOLDERS:
        for at, folders, names in os.walk(ROOT / folder):
            folders[:] = sorted(set(folders) - {"node_modules", "corpus", "__pycache__"})
            for name in sorted(names):
                path = pathlib.Path(at, name)
                if name.endswith(rules.SOURCES):
                    yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


class Tree(unittest.TestCase):
    def test_every_rule_holds(self):
        read = list(files())
        self.assertGreater(len(read), 50, "this is not the tree")
        complaints = [c for path, text in read for rule in rules.RULES for c in rule(path, text)]
        self.assertFalse(complaints, "\n" + "\n".join(complaints))


class Rules(unittest.TestCase):
    def breaks(self, rule, path, text):
        self.assertTrue(list(rule(path, text)), f"{rule.__name__} lets {text!r} in {path} pass")

    def keeps(self, rule, path, text):
        self.assertFalse(list(rule(path, text)))

    def test_an_arrow_downwards_is_seen(self):
        self.breaks(rules.arrows, "lib/sse/decoder.h", '#include "model/topic.h"\n')
        self.breaks(rules.arrows, "lib/http/routes.cc", '  # include "net/shard.h"\n')
        self.breaks(rules.arrows, "lib/client/publisher.cc", '#include "store/frame.h"\n')
        self.breaks(rules.arrows, "lib/new/thing.h", "\n")
        self.keeps(rules.arrows, "lib/cli/client_options.h", '#include "client/http_connection.h"\n')
        self.keeps(rules.arrows, "lib/sse/decoder.h", '// #include "model/topic.h"\n')

    def test_a_heavy_header_in_a_header_is_seen(self):
        self.breaks(rules.heavy_headers, "lib/http/target.h", "#include <boost/url.hpp>\n")
        self.breaks(rules.heavy_headers, "apps/rtpush/options.h", "#include <CLI/CLI.hpp>\n")
        self.breaks(rules.heavy_headers, "lib/server/options.cc", "#include <CLI/CLI.hpp>\n")
        self.keeps(rules.heavy_headers, "lib/http/target.cc", "#include <boost/url.hpp>\n")

    def test_a_lock_outside_the_mailbox_is_seen(self):
        self.breaks(rules.locks, "lib/hub/shard.h", "std::mutex mutex_;\n")
        self.breaks(rules.locks, "lib/store/memory_store.cc", "#include <condition_variable>\n")
        self.keeps(rules.locks, "lib/net/mailbox.h", "#include <mutex>\nstd::mutex mutex_;\n")
        self.keeps(rules.locks, "lib/hub/shard.h", "// no std::mutex here\n")

    def test_a_throw_is_seen(self):
        self.breaks(rules.exceptions, "lib/base/text.cc", "throw 1;\n")
        self.breaks(rules.exceptions, "lib/cli/layers.cc", "throw 1;\n")
        self.keeps(rules.exceptions, "apps/rtpush/options.cc", "throw CLI::ValidationError();\n")
        self.breaks(rules.exceptions, "lib/auth/key.cc", "throw CLI::ConfigError();\n")
        self.keeps(rules.exceptions, "lib/cli/layers.cc", "throw CLI::ConfigError();\n")
        self.keeps(rules.exceptions, "lib/base/text.cc", '// never throw\nauto s = "throw";\n')

    def test_a_second_spelling_of_the_resource_table_is_seen(self):
        self.breaks(rules.resource_words, "lib/auth/token.cc", 'claim("orders");\n')
        self.breaks(rules.resource_words, "apps/rtserve/run.cc", '"order_update"\n')
        self.keeps(rules.resource_words, "lib/model/resource.h", '"orders"\n')

    def test_a_file_without_its_opening_is_seen(self):
        self.breaks(rules.licence_line, "lib/base/a.cc", "int a;\n")
        self.breaks(rules.header_opening, "lib/base/a.h", "// SPDX-License-Identifier: MIT\n#pragma once\n")
        self.breaks(rules.header_opening, "lib/base/a.h", "// SPDX-License-Identifier: MIT\n// A.\n")

    def test_a_long_file_and_an_empty_name_are_seen(self):
        self.breaks(rules.length, "lib/base/a.cc", "\n" * 401)
        self.keeps(rules.length, "lib/base/a.cc", "\n" * 400)
        self.breaks(rules.names, "lib/net/a.h", "class SocketManager {\n")


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    unittest.main()
