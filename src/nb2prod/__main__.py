"""Run the command line: `python -m nb2prod`, and the entry point of the `nb2prod` command."""

import os
import sys
from collections.abc import Sequence

from nb2prod.errors import Nb2prodError

INTERRUPTED = 130
"""What a process returns that somebody stopped with Ctrl-C, by convention of shells."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    A fault that the user can mend is shown without a traceback.

    Args:
        arguments: What follows the command's name; the process's own by default.
    """
    for stream in (sys.stdout, sys.stderr):
        # A source line may hold what the terminal's encoding lacks.
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    try:
        return _run(sys.argv[1:] if arguments is None else arguments)
    except Nb2prodError as fault:
        return _show(fault)
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted; the last good state stands.\n")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output, `head` for instance, has had enough; say nothing more at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(arguments: Sequence[str]) -> int:
    if list(arguments[:1]) == ["lint"]:
        from nb2prod.cli.linting import plainly_wanted, run_lint

        # Importing click takes longer than linting a notebook, so the usual forms do without it.
        wanted = plainly_wanted(arguments[1:])
        if wanted is not None:
            return run_lint(wanted)
    from nb2prod.cli.main import run_command_line

    return run_command_line(arguments)


def _show(fault: Nb2prodError) -> int:
    from nb2prod.cli.faults import fault_text
    from nb2prod.cli.terminal import is_coloured

    sys.stderr.write(f"{fault_text(fault, is_coloured=is_coloured(sys.stderr))}\n")
    return fault.exit_code


if __name__ == "__main__":
    sys.exit(main())
