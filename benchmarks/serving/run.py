"""Measure the servers in turn on one processor, and print a table of medians and ratios.

``taskset`` keeps the server on one processor and the load on another. Every server's answers are checked first, all of
them; one that answers otherwise is left out of the table and named. The processor time of a request is the sum over all
processes of the server; unlike the rate, it hardly depends on what else the machine does.

``python benchmarks/serving/run.py --rounds 3 --seconds 4``, after ``install.sh`` and ``prepare.py``.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from servers import HERE, WORK, Server, servers

_PORT = 18_200
_TICK = os.sysconf("SC_CLK_TCK")
_START_SECONDS = 120
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def main() -> int:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--only", nargs="*", default=[])
    options = parser.parse_args()
    chosen = [s for s in servers() if not options.only or s.name in options.only]
    results: dict[str, list[dict[str, float]]] = defaultdict(list)
    wrong: dict[str, str] = {}
    for number in range(options.rounds):
        for place, server in enumerate(chosen):
            if server.name in wrong:
                continue
            with running(server, _PORT + place) as process:
                if process is None:
                    wrong[server.name] = "it did not start"
                    continue
                fault = None if number else fault_of(server, _PORT + place)
                if fault:
                    wrong[server.name] = fault
                    continue
                results[server.name].append(
                    measure(server, process, _PORT + place, options.seconds)
                )
    (WORK / "results.json").write_text(json.dumps({"results": results, "wrong": wrong}, indent=1))
    print(table(results))
    for name, fault in wrong.items():
        print(f"{name}: {fault}")
    return 1 if wrong else 0


@contextmanager
def running(server: Server, port: int) -> Iterator[subprocess.Popen[bytes] | None]:
    """Run a server on the first processor, and end all its processes afterwards."""
    command = ["taskset", "-c", "0", str(server.python)]
    command += [part.format(port=port) for part in server.command]
    environment = {
        **os.environ,
        "PYTHONPATH": str(HERE),
        **_ONE_THREAD,
        **server.environment,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    log = (WORK / "server.log").open("ab")
    process = subprocess.Popen(
        command, cwd=server.folder, env=environment, stdout=log, stderr=log, start_new_session=True
    )
    try:
        yield process if is_up(server, process, port) else None
    finally:
        # Only the group that was started here.
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        log.close()


def is_up(server: Server, process: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until the server answers a request."""
    record = json.loads((WORK / "bodies.txt").read_text().splitlines()[0])
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            ask(server, port, record)
        except (OSError, ValueError):
            time.sleep(0.2)
        else:
            return True
    return False


def ask(server: Server, port: int, record: Any) -> Any:
    """Return the answer to one record."""
    body = json.dumps(server.shape(record)).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{server.path}", body, headers)
    with urllib.request.urlopen(request, timeout=20) as response:
        return json.load(response)


def fault_of(server: Server, port: int) -> str | None:
    """Say what is wrong with a server's answers, or None."""
    if server.probability is None:
        return None
    records = [json.loads(line) for line in (WORK / "bodies.txt").read_text().splitlines()]
    expected = json.loads((WORK / "expected.json").read_text())
    for record, share in zip(records, expected, strict=True):
        found = server.probability(ask(server, port, record))
        if not math.isclose(found, share, rel_tol=1e-9):
            return f"it answers {found!r} instead of {share!r}"
    return None


def measure(
    server: Server, process: subprocess.Popen[bytes], port: int, seconds: float
) -> dict[str, float]:
    """Load one server with 64 connections and with one."""
    found: dict[str, float] = {}
    bodies = WORK / f"bodies-{server.name.replace(' ', '-').replace(',', '')}.txt"
    records = [json.loads(line) for line in (WORK / "bodies.txt").read_text().splitlines()]
    bodies.write_text("\n".join(json.dumps(server.shape(record)) for record in records))
    for connections in (64, 1):
        load(server, port, bodies, 1.0, connections)
        before = processor_seconds(process.pid)
        made = load(server, port, bodies, seconds, connections)
        used = processor_seconds(process.pid) - before
        found |= {f"{name}@{connections}": value for name, value in made.items()}
        found[f"cpu_us@{connections}"] = used / max(made["answered"], 1) * 1e6
    found["memory_mb"] = memory(process.pid)
    return found


def load(
    server: Server, port: int, bodies: Path, seconds: float, connections: int
) -> dict[str, float]:
    """Run the load on the second processor."""
    command = ["taskset", "-c", "1", sys.executable, str(HERE / "load.py")]
    command += [str(port), server.path, str(bodies), str(seconds), str(connections)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    made: dict[str, float] = json.loads(done.stdout)
    return made


def family(pid: int) -> list[int]:
    """Return a process and all below it."""
    parents = defaultdict(list)
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(fields[1])].append(int(path.parent.name))
    found = [pid]
    for one in found:
        found += parents[one]
    return found


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process and all below it."""
    total = 0
    for one in family(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / _TICK


def memory(pid: int) -> float:
    """Return the proportional memory of a process and all below it, in MB."""
    total = 0
    for one in family(pid):
        try:
            text = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1024


def table(results: dict[str, list[dict[str, float]]]) -> str:
    """Return the medians as a table."""
    columns = {
        "c=64 requests/s": "requests_per_second@64",
        "CPU us a request": "cpu_us@64",
        "p99 ms c=64": "p99_ms@64",
        "c=1 p50 ms": "p50_ms@1",
        "CPU us c=1": "cpu_us@1",
        "errors": "errors@64",
        "memory MB": "memory_mb",
    }
    lines = ["| server | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, rounds in results.items():
        values = [
            statistics.median(one.get(key, math.nan) for one in rounds) for key in columns.values()
        ]
        lines.append(f"| {name} | " + " | ".join(f"{value:.4g}" for value in values) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
