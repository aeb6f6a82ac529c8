"""Build in a process that ends at a named place: ``python -m tests.build.dying SAVED NOTEBOOK OUTPUT PLACE``.

``module:function`` is killed when it is called; ``limit:BYTES`` lets no file grow beyond that.
"""

import os
import resource
import signal
import sys
from importlib import import_module
from pathlib import Path

import pytest

from nb2prod.__main__ import main
from tests.build.project import use_saved_steps


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def build(saved: str, notebook: str, output: str, place: str) -> int:
    with pytest.MonkeyPatch.context() as patch:
        use_saved_steps(patch, Path(saved))
        where, _, what = place.partition(":")
        if where == "limit":
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(what), int(what)))
        else:
            patch.setattr(import_module(where), what, die)
        return main(["build", notebook, "-o", output])


if __name__ == "__main__":
    sys.exit(build(*sys.argv[1:]))
