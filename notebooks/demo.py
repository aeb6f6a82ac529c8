"""Build a notebook into a service, start it, and ask it one question: what `make demo` does."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO

import pandas as pd

NOTEBOOK = Path("notebooks/penguins.ipynb")
DATA = Path("notebooks/data/penguins_raw.csv")
TARGET = "Species"
SERVICE = Path("services/penguins")
COMMAND = (sys.executable, "-m", "nb2prod")


def main() -> int:
    """Build, serve, ask and stop; return the exit code."""
    os.chdir(Path(__file__).resolve().parents[1])
    _say(f"nb2prod build {NOTEBOOK}")
    built = subprocess.run((*COMMAND, "build", str(NOTEBOOK)), check=False)
    if built.returncode != 0:
        return built.returncode
    port = _free_port()
    _say(f"nb2prod serve {SERVICE} --port {port}")
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(
            (*COMMAND, "serve", str(SERVICE), "--port", str(port)), stdout=log, stderr=log
        )
        try:
            _wait_until_ready(server, port, log)
            print(f"ready on http://127.0.0.1:{port}")
            record, species = _one_record()
            _say(f"POST /predict  {json.dumps(record, ensure_ascii=False)}")
            print(json.dumps(_ask(port, record), indent=2, ensure_ascii=False))
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)
    print(f"\nThe field team wrote down: {species}")
    print("\nThe service is stopped. To go on:")
    print(f"  nb2prod serve {SERVICE}     then open http://127.0.0.1:8000/docs")
    print(f"  {SERVICE}/README.md         how to train, test and ship this service")
    print("  nb2prod tag my_notebook.ipynb --suggest     what your own notebook needs")
    print("  (`source .venv/bin/activate` makes the command available)")
    return 0


def _say(command: str) -> None:
    print(f"\n$ {command}", flush=True)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def _wait_until_ready(server: subprocess.Popen[bytes], port: int, log: IO[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.poll() is not None:
            log.seek(0)
            said = log.read().decode(errors="replace")
            sys.exit(f"{said}\nthe service ended with code {server.returncode}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    sys.exit("the service was not ready within 60 seconds")


def _one_record() -> tuple[dict[str, object], str]:
    """Return a raw row as the service takes it, nulls included, and what it really was."""
    row = pd.read_csv(DATA).tail(1)
    record = json.loads(row.drop(columns=TARGET).to_json(orient="records"))[0]
    return record, str(row[TARGET].item())


def _ask(port: int, record: dict[str, object]) -> object:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/predict",
        data=json.dumps(record).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


if __name__ == "__main__":
    sys.exit(main())
