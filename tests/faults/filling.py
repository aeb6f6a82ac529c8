"""Commands on a disk that takes no more: ``python -m tests.faults.filling JOB``, which writes a report."""

import json
import sys
from pathlib import Path
from typing import Any

from tests.faults.bench import Bench
from tests.faults.forking import ended, start, warm_up


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Let no file grow beyond each of some sizes, and return what the command, the check and another try came to."""
    bench = Bench(*(Path(job[name]) for name in ("template", "build", "retrain", "folder")))
    log = Path(job["log"])
    warm_up()
    found = []
    for number, limit in enumerate(job["limits"]):
        bench.reset()
        said = log.with_name(f"said-{number}")
        code = ended(start(bench.retrain(number), said, limit=limit))
        checked = ended(start(bench.check, log))
        again = ended(start(bench.retrain(number), log))
        found.append([limit, code, checked, again, "Traceback" in said.read_text()])
    return {"tried": found}


if __name__ == "__main__":
    wanted = json.loads(Path(sys.argv[1]).read_text())
    Path(wanted["report"]).write_text(json.dumps(run(wanted)))
