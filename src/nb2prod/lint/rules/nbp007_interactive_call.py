"""NBP007: a cell waits for a person."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.calls import Call
from nb2prod.lint.context import Context
from nb2prod.lint.rule import Rule, register

_ASKING = frozenset({"input", "getpass.getpass", "builtins.input"})
_WINDOWS = frozenset({"cv2.imshow", "cv2.waitKey", "tkinter.Tk", "turtle.Turtle", "breakpoint"})
_WIDGETS = ("ipywidgets.", "google.colab.files.upload", "google.colab.drive.mount")


@register
class InteractiveCall(Rule):
    """A cell asks a person for input, or opens a window or widget in a tagged cell.

    ## What it does
    Finds `input()` and `getpass()` in every executed cell, and widgets, windows and uploads in
    tagged cells.

    ## Why is this bad?
    A build, a schedule and a service have nobody who answers. `input()` stops a clean run at once;
    a widget stays at its first value, whatever was chosen in the session.

    ## Example
    ```python
    # %%
    city = input("Which city? ")
    ```

    ## Use instead
    ```python
    # %% tags=["parameters"]
    city = "Berlin"
    # %%
    print(city)
    ```
    """

    code = "NBP007"
    name = "interactive-call"
    severity = Severity.ERROR
    stops_build = True
    words = ("input", "getpass", "cv2", "widgets", "colab", "tkinter", "turtle", "breakpoint")

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield such calls."""
        bound = {one.name for one in context.session.definitions if not one.event.is_import}
        for call in context.calls:
            if call.path in _ASKING and call.path not in bound:
                # A function with input() may never be called.
                severity = Severity.WARNING if call.owner else Severity.ERROR
                yield self._finding(context, call, "stops a clean run: nobody answers", severity)
            elif call.cell in context.compiled and _is_shown(call):
                yield self._finding(
                    context,
                    call,
                    "needs a person, whom a build and a service have not",
                    Severity.WARNING,
                )

    def _finding(self, context: Context, call: Call, why: str, severity: Severity) -> Diagnostic:
        return self.found(
            context,
            call.cell,
            context.span(call.cell, call.node),
            f"`{call.path}` {why}.",
            hint="Make the value a parameter, in a cell tagged `parameters`.",
            subject=call.path,
            severity=severity,
        )


def _is_shown(call: Call) -> bool:
    return call.path in _WINDOWS or call.path.startswith(_WIDGETS)
