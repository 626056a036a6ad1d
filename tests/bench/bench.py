# SPDX-License-Identifier: MIT
"""Puts rtserve and its peers under the same load, side by side, and prints a table; README.md here says what its rows are.

Each server is started fresh for each run, the servers of a case in turn within a round, so that whatever else the machine
does hits all of them; a figure is the median of the rounds. rtload checks each delivery: a fault fails the whole.
RT_BIN names the folder of the programs, NODE_PATH where Express is; `./dev bench` sets both.
"""
import argparse
import dataclasses
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import typing

import servers

PATIENCE_S = 900


@dataclasses.dataclass(frozen=True)
class Sizes:
    rounds: int
    streams: tuple   # how many subscribers, one table row each
    idle: int        # subscribers whose memory is measured
    some: int        # subscribers where only the way of serving is varied
    deliveries: int  # in a run, about
    publishes: int
    seconds: int     # of a run with a rate


FULL = Sizes(rounds=3, streams=(1_000, 5_000, 10_000), idle=10_000, some=5_000, deliveries=500_000, publishes=30_000,
             seconds=5)
QUICK = Sizes(rounds=1, streams=(1_000,), idle=1_000, some=1_000, deliveries=50_000, publishes=10_000, seconds=1)


@dataclasses.dataclass(frozen=True)
class Measure:
    title: str
    figure: typing.Callable  # from the figures of rtload


def per_event_and_stream(figures):
    """CPU for each event that a subscriber follows, whether thinning let it through or not."""
    return figures["server_cpu_s"] * 1e6 / max(1, figures["deliveries"] + figures["thinned"])


DELIVERIES = Measure("deliveries/s", lambda f: f["deliveries_per_s"])
CPU = Measure("server CPU us/delivery", lambda f: f["server_cpu_us_per_delivery"])
CPU_FOLLOWED = Measure("server CPU us/event and subscriber", per_event_and_stream)
BYTES = Measure("bytes/delivery", lambda f: f["bytes_per_delivery"])
P50 = Measure("p50 ms", lambda f: f["latency_p50_ms"])
P99 = Measure("p99 ms", lambda f: f["latency_p99_ms"])
MEMORY = Measure("KiB/idle subscriber", lambda f: f["private_bytes_per_stream"] / 1024)
CONNECTS = Measure("connects/s", lambda f: f["connects_per_s"])
PUBLISHES = Measure("publishes/s", lambda f: f["publishes_per_s"])
PUBLISH_P99 = Measure("publish p99 ms", lambda f: f["publish_p99_ms"])


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    label: str
    measures: tuple
    load: dict                        # options of rtload
    peers: tuple = ("floor", "rtserve", "nchan", "express")
    rtserve_load: dict = dataclasses.field(default_factory=dict)  # besides
    options: tuple = ("--threads", "1")  # of rtserve
    store: str = None
    is_tls: bool = False
    is_pinned: bool = True


OURS = ("floor", "rtserve")  # what only rtserve does is held against the plain floor


def fan_out(sizes, streams, publishers=1):
    """As fast as the answers come; more events where many publishers share them."""
    events = max(50 if publishers == 1 else 160, sizes.deliveries // streams)
    return {"streams": streams, "publishers": publishers, "events": events}


def cases(sizes):
    many = f"{sizes.some:,} subscribers"
    fan = fan_out(sizes, sizes.some)
    idle = {"streams": sizes.idle, "events": 0}
    publish = {"streams": 0, "publishers": 64, "events": sizes.publishes}
    slow = {"rate": 10, "duration": f"{sizes.seconds}s"}
    for streams in sizes.streams:
        yield Case("fan", f"{streams:,} subscribers, 1 publisher", (DELIVERIES, CPU), fan_out(sizes, streams))
    for streams in sizes.streams:
        yield Case("publishers", f"{streams:,} subscribers, 16 publishers", (DELIVERIES, CPU),
                   fan_out(sizes, streams, 16))
    for streams in sizes.streams:
        yield Case("latency", f"{streams:,} subscribers, 10 events/s", (P50, P99, CPU), {"streams": streams, **slow})
    yield Case("idle", f"{sizes.idle:,} subscribers", (MEMORY, CONNECTS), idle)
    for publishers, said in ((1, "1 connection"), (64, "64 connections")):
        yield Case("publish", f"{said}, no subscriber", (PUBLISHES, PUBLISH_P99),
                   {"streams": 0, "publishers": publishers, "events": sizes.publishes})
    yield Case("tls", f"TLS, {sizes.idle:,} subscribers", (MEMORY, CONNECTS), idle, OURS, is_tls=True)
    yield Case("tls", f"TLS, {many}, 1 publisher", (DELIVERIES, CPU), fan, OURS, is_tls=True)
    yield Case("gzip", f"gzip, {many}, 1 publisher", (DELIVERIES, CPU, BYTES), fan, OURS, {"gzip": True})
    yield Case("thin", f"a position a second of 50, {many}", (CPU_FOLLOWED,),
               {"streams": sizes.some, "kind": "driver", "rate": 50, "duration": f"{sizes.seconds}s"}, OURS,
               {"thin": "1s"})
    yield Case("wildcard", f"wildcard, 100 topics, {many}, 1 publisher", (DELIVERIES, CPU), fan, OURS,
               {"wildcard": True, "topics": 100})
    for store in ("sqlite", "redis"):
        if store == "redis" and not shutil.which("redis-server"):
            continue
        title = {"sqlite": "SQLite", "redis": "Redis"}[store]
        yield Case(store, f"{title}, {many}, 16 publishers", (DELIVERIES, CPU), fan_out(sizes, sizes.some, 16), OURS,
                   store=store)
        yield Case(store, f"{title}, {many}, 10 events/s", (P50, P99), {"streams": sizes.some, **slow}, OURS,
                   store=store)
        yield Case(store, f"{title}, 64 connections, no subscriber", (PUBLISHES, PUBLISH_P99), publish, OURS,
                   store=store)
    for title, options in (("one shard", ("--threads", "1")), ("all cores", ())):
        for publishers, said in ((1, "1 publisher"), (16, "16 publishers")):
            yield Case("cores", f"{title}, not pinned, {many}, {said}", (DELIVERIES, CPU),
                       fan_out(sizes, sizes.some, publishers), OURS, options=options, is_pinned=False)


def on_core(number, is_pinned):
    """The command that keeps another one on a core of its own, where there are two."""
    cores = sorted(os.sched_getaffinity(0))
    return ["taskset", "-c", str(cores[number])] if is_pinned and len(cores) > 1 else []


def run(case, name):
    """One run: rtload's figures, or what went wrong as a text."""
    load = case.load | (case.rtserve_load if name == "rtserve" else {})
    try:
        with servers.start(name, on_core(0, case.is_pinned), case.options, case.store, case.is_tls) as server:
            command = [*on_core(1, case.is_pinned), os.path.join(servers.support.BIN, "rtload"), "fan",
                       "--port", str(server.port), "--pid", str(server.pid), *server.load]
            for option, value in load.items():
                command += [f"--{option}"] + ([] if value is True else [str(value)])
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)
    except (AssertionError, OSError, subprocess.SubprocessError) as error:
        return None, str(error)
    if done.returncode != 0:
        return None, f"rtload ended with {done.returncode}: {done.stderr[-2000:]}"
    return json.loads(done.stdout), None


def run_all(chosen, names, rounds):
    """All runs, as dictionaries, and all that went wrong."""
    runs, faults = [], []
    for case in chosen:
        for number in range(1, rounds + 1):
            for name in (name for name in names if name in case.peers):
                figures, fault = run(case, name)
                if fault:
                    faults.append(f"{name}, {case.label}, round {number}: {fault}")
                    print(f"FAULT: {faults[-1]}", file=sys.stderr, flush=True)
                    continue
                runs.append({"case": case.name, "label": case.label, "server": name, "round": number,
                             "figures": figures})
                said = ", ".join(f"{text(m.figure(figures))} {m.title}" for m in case.measures)
                print(f"{case.name} {number}/{rounds}: {name}: {case.label}: {said}", file=sys.stderr, flush=True)
    return runs, faults


def summary(chosen, names, runs):
    """A row for each measure of each case: medians by the servers' names."""
    rows = []
    for case in chosen:
        for measure in case.measures:
            row = {"measure": f"{measure.title}, {case.label}"}
            for name in names:
                found = [measure.figure(run["figures"]) for run in runs
                         if (run["label"], run["case"], run["server"]) == (case.label, case.name, name)]
                if found:
                    row[name] = statistics.median(found)
            rows.append(row)
    return rows


def text(value):
    return "" if value is None else f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"


def table(rows, names):
    """Markdown that also reads well as it is; behind each server how many times the floor's its figure is."""
    head = ["measure", "floor"] + [cell for name in names[1:] for cell in (name, "x floor")]
    lines = [head]
    for row in rows:
        floor, cells = row.get("floor"), [row["measure"], text(row.get("floor"))]
        for name in names[1:]:
            cells += [text(row.get(name)), text(row[name] / floor) if floor and name in row else ""]
        lines.append(cells)
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    lines.insert(1, ["-" * (width - 1) + ("-" if i == 0 else ":") for i, width in enumerate(widths)])
    return "\n".join("| " + " | ".join(cell.ljust(w) if i == 0 else cell.rjust(w)
                                       for i, (cell, w) in enumerate(zip(line, widths))) + " |" for line in lines)


def machine():
    with open("/proc/cpuinfo") as f:
        models = [line.split(":")[1].strip() for line in f if line.startswith("model name")]
    return f"{len(os.sched_getaffinity(0))} cores of {models[0] if models else platform.machine()}, Linux {platform.release()}"


def measure_all(sizes, names, wanted=(), json_file=None):
    """Runs the wanted cases (none named: all), prints the table, and returns the exit code."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    chosen = [case for case in cases(sizes) if not wanted or case.name in wanted]
    runs, faults = run_all(chosen, names, sizes.rounds)
    rows = summary(chosen, names, runs)
    if json_file:
        with open(json_file, "w") as f:
            json.dump({"machine": machine(), "rounds": sizes.rounds, "table": rows, "runs": runs, "faults": faults}, f,
                      indent=1)
    print(f"{machine()}; medians of {sizes.rounds}\n\n{table(rows, names)}")
    if faults:
        print(f"\n{len(faults)} RUNS WERE WRONG:\n" + "\n".join(faults), file=sys.stderr)
    return 1 if faults else 0


def main():
    known = list(dict.fromkeys(case.name for case in cases(QUICK)))
    parser = argparse.ArgumentParser(prog="./dev bench", description="Measure rtserve and its peers side by side.")
    parser.add_argument("cases", nargs="*", metavar="CASE", help="of these, in place of all: " + " ".join(known))
    parser.add_argument("--quick", action="store_true", help="one round, 1,000 subscribers")
    parser.add_argument("--json", metavar="FILE", help="all figures of all rounds")
    asked = parser.parse_intermixed_args()
    for case in asked.cases:
        if case not in known:
            parser.error(f"'{case}' is none of: {' '.join(known)}")
    return measure_all(QUICK if asked.quick else FULL, servers.installed(), asked.cases, asked.json)


if __name__ == "__main__":
    sys.exit(main())
