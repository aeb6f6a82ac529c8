"""Processes that end with the build: whatever ends it, nothing that it started lives on."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_WATCH = """
import os, signal, sys, threading

def end_with_the_build():
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)

threading.Thread(target=end_with_the_build, daemon=True).start()
no_input = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)]
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=no_input)
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
os._exit(code if code >= 0 else 128 - code)
"""
"""Runs a command and waits for the end of a pipe: the system closes it when the build is gone, also by ``kill -9``."""

_SHOWN_LINES = 12


@contextlib.contextmanager
def tethered(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in a process group of its own, which ends with the context or with this process.

    Ctrl-C reaches this process alone, so that one place decides what becomes of the others.

    Args:
        command: Absolute path of a program, and its arguments.
        folder: Where it starts.
        environment: Its whole environment.
        log: File that takes what it prints.
    """
    watched = [sys.executable, "-I", "-S", "-c", _WATCH, *command]
    with log.open("wb") as stream:
        process = subprocess.Popen(
            watched,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdin is not None:
            process.stdin.close()


def last_lines(log: Path) -> str:
    """Return the end of what a process printed, as evidence for a message."""
    text = log.read_text(encoding="utf-8", errors="replace")
    return "\n".join(text.strip().splitlines()[-_SHOWN_LINES:])
