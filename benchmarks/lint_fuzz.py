"""Whether lint judges or refuses any file, with bounded time and memory.

Usage: python benchmarks/lint_fuzz.py [--count N] [--seed N]
"""

import argparse
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from nb2prod.cli.lint_job import Job, lint_one  # noqa: E402 - the tests are found from the root
from nb2prod.errors import NotebookFault  # noqa: E402 - as above
from tests.lint.mutations import mutant  # noqa: E402 - as above

_SECONDS = 5.0
_BYTES = 1 << 30


def main() -> int:
    """Lint damaged notebooks; exit 1 when one raises or takes too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    counts: Counter[str] = Counter()
    longest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.ipynb"
        for seed in range(options.seed, options.seed + options.count):
            path.write_bytes(mutant(random.Random(seed)))  # noqa: S311 - chooses damage
            start = time.process_time()
            try:
                is_refused = isinstance(lint_one(Job(str(path))), NotebookFault)
                counts["refused" if is_refused else "judged"] += 1
            except Exception as error:  # noqa: BLE001 - each one is counted and shown
                counts["raised"] += 1
                print(f"seed {seed}: {error!r}")
            longest = max(longest, time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{dict(counts)}, longest {longest:.2f} s, peak {peak:.0f} MB")
    return int(counts["raised"] > 0 or longest > _SECONDS)


if __name__ == "__main__":
    sys.exit(main())
