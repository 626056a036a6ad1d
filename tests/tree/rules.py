# SPDX-License-Identifier: MIT
"""The rules that the tree keeps, each a function (path, text) -> complaints.

Paths are relative to the root of the tree, texts are whole files. lib/README.md gives the reasons.
"""

import re

# A room may use the rooms above it, never below; the two on the clients' side see nothing of the server.
ROOMS = ["base", "sse", "model", "gps", "http", "auth", "store", "hub", "net", "server", "client", "cli"]
SERVER_SIDE = {"store", "hub", "net", "server"}
MAY_USE = {room: set(ROOMS[: i + 1]) for i, room in enumerate(ROOMS)}
MAY_USE["client"] -= SERVER_SIDE
MAY_USE["cli"] -= SERVER_SIDE

HEAVY = re.compile(
    r"^(boost/|CLI/|httplib\.h|nlohmann/|spdlog/|fmt/|openssl/|expat\.h|prometheus/|sqlite3\.h|hiredis/|zlib\.h|systemd/)"
)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)
LOCKS = re.compile(
    r"#\s*include\s*<(mutex|shared_mutex|condition_variable|semaphore|latch|barrier)>"
    r"|\bstd::(\w*mutex|condition_variable\w*|counting_semaphore|binary_semaphore|lock_guard|unique_lock|scoped_lock)\b"
)
MAY_LOCK = {"lib/net/mailbox.h", "lib/server/admission.cc"}
RESOURCE_TABLE = "lib/model/resource.h"
RESOURCE_WORDS = re.compile(
    r'"(orders|runs|drivers|orderId|runId|order_update|run_update|driver_location)"'
)
BANNED_NAMES = re.compile(r"\b(?:class|struct|enum class)\s+(\w*(?:Manager|Helper|Util|Utils|Handler|Impl|Data|Info))\b")
LINES_MAX = 400
SOURCES = (".cc", ".h", ".py", ".js", ".mjs", ".sh", ".cmake", "CMakeLists.txt")


def is_cpp(path):
    return path.endswith((".cc", ".h"))


def is_ours(path):
    return path.startswith(("lib/", "apps/"))


def room_of(path):
    parts = path.split("/")
    return parts[1] if parts[0] == "lib" and len(parts) > 2 else None


def without_comments(text):
    """C++ without comments; line ends and string literals stay."""
    token = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|//[^\n]*|/\*.*?\*/', re.S)
    keep = lambda m: m.group() if m.group()[0] in "\"'" else re.sub(r"[^\n]", " ", m.group())
    return token.sub(keep, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def arrows(path, text):
    room = room_of(path)
    if room is None or not is_cpp(path):
        return
    if room not in MAY_USE:
        yield f"{path}: '{room}' is not in the list of rooms"
        return
    for m in INCLUDE.finditer(without_comments(text)):
        other = m[2].split("/")[0]
        if m[1] == '"' and other in MAY_USE and other not in MAY_USE[room]:
            yield f"{path}:{line_of(text, m.start())}: {room} may not use {other}"


def heavy_headers(path, text):
    if not is_ours(path) or not is_cpp(path):
        return
    for m in INCLUDE.finditer(without_comments(text)):
        if not HEAVY.match(m[2]):
            continue
        where = f"{path}:{line_of(text, m.start())}"
        if path.endswith(".h"):
            yield f"{where}: {m[2]} is heavy, include it in a .cc file"
        elif m[2].startswith("CLI/") and room_of(path) not in (None, "cli"):
            yield f"{where}: in lib/, CLI11 belongs to cli"


def locks(path, text):
    if not is_ours(path) or not is_cpp(path) or path in MAY_LOCK:
        return
    for m in LOCKS.finditer(without_comments(text)):
        yield f"{path}:{line_of(text, m.start())}: {m[0]}: only {sorted(MAY_LOCK)} lock"


def exceptions(path, text):
    if not is_ours(path) or not is_cpp(path):
        return
    # To CLI11 a callback says in no other way that a value is wrong; cli::parse() catches it.
    cli_callbacks = room_of(path) == "cli" or re.fullmatch(r"apps/\w+/options\.cc", path)
    allowed = r"(?!\s+CLI::)" if cli_callbacks else ""
    for m in re.finditer(r"\bthrow\b" + allowed, re.sub(r'"(?:\\.|[^"\\\n])*"', '""', without_comments(text))):
        yield f"{path}:{line_of(text, m.start())}: our code returns std::expected, it does not throw"


def resource_words(path, text):
    if not path.startswith(("lib/", "apps/rtserve/")) or not is_cpp(path) or path == RESOURCE_TABLE:
        return
    for m in RESOURCE_WORDS.finditer(without_comments(text)):
        yield f"{path}:{line_of(text, m.start())}: {m[0]} is spelled in {RESOURCE_TABLE} alone"


def licence_line(path, text):
    if path.endswith(SOURCES) and "SPDX-License-Identifier: MIT" not in "\n".join(text.split("\n")[:2]):
        yield f"{path}:1: no SPDX line"


def header_opening(path, text):
    if not is_ours(path) or not path.endswith(".h"):
        return
    lines = text.split("\n")
    if not lines[1:2] or not lines[1].startswith("//"):
        yield f"{path}:2: a header opens with what it is for, who owns it, which thread, what it does not do"
    if "#pragma once" not in lines:
        yield f"{path}:1: no #pragma once"


def length(path, text):
    if path.endswith(SOURCES) and text.count("\n") > LINES_MAX:
        yield f"{path}: {text.count(chr(10))} lines, more than {LINES_MAX}: it holds more than one idea"


def names(path, text):
    if not is_ours(path) or not is_cpp(path):
        return
    for m in BANNED_NAMES.finditer(without_comments(text)):
        yield f"{path}:{line_of(text, m.start())}: '{m[1]}' does not say what it is"


RULES = [arrows, heavy_headers, locks, exceptions, resource_words, licence_line, header_opening, length, names]
