"""Commands at the same moment: ``python -m tests.faults.crowding JOB``, which writes a report."""

import json
import sys
from pathlib import Path
from typing import Any

from tests.faults.bench import Bench
from tests.faults.forking import ended, start, warm_up


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Start builds, retrainings and promotions at once, wait for all, check, and return their exit codes."""
    bench = Bench(*(Path(job[name]) for name in ("template", "build", "retrain", "folder")))
    log = Path(job["log"])
    warm_up()
    bench.reset()
    actions = [bench.build(number) for number in range(job["builds"])]
    # Every second one retrains on data that another retrains on too: both must come to one version.
    actions += [bench.retrain(number // 2) for number in range(job["retrainings"])]
    actions += [bench.promote("v1") for _ in range(job["promotions"])]
    codes = [ended(child) for child in [start(action, log) for action in actions]]
    checked = ended(start(bench.check, log))
    names = sorted(path.name for path in (bench.service / "versions").glob("v*"))
    return {"codes": codes, "check": checked, "versions": names}


if __name__ == "__main__":
    wanted = json.loads(Path(sys.argv[1]).read_text())
    Path(wanted["report"]).write_text(json.dumps(run(wanted)))
