"""NBS004: text is run as code or as a command."""

import ast
from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.calls import Call, keyword
from nb2prod.lint.context import Context
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register

_RUNNERS = frozenset(
    {"eval", "exec", "os.system", "os.popen", "subprocess.getoutput", "builtins.eval"}
)


@register
class RunsText(Rule):
    """A tagged cell runs a text as Python or as a command.

    ## What it does
    Finds `eval`, `exec`, `os.system` and `shell=True` in tagged cells. `eval` of a table, which
    computes columns, is left alone.

    ## Why is this bad?
    Once the text comes from a request or a file, whoever writes it runs code in the service.

    ## Example
    ```python
    # %% tags=["functions"]
    def parsed(text):
        return eval(text)
    ```

    ## Use instead
    ```python
    # %% tags=["functions"]
    import ast
    def parsed(text):
        return ast.literal_eval(text)
    ```
    """

    code = "NBS004"
    name = "runs-text"
    severity = Severity.WARNING
    stops_build = False
    occasion = Occasion.ROLE
    words = ("eval", "exec", "system", "popen", "shell", "getoutput")

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield such calls of compiled cells."""
        for call in context.calls_in(context.compiled):
            if call.path in _RUNNERS or _is_shell(call):
                yield self.found(
                    context,
                    call.cell,
                    context.span(call.cell, call.node),
                    f"`{call.path}` runs a text as code: whoever writes the text runs code in "
                    "the training job or the service.",
                    hint="Use ast.literal_eval for values, and subprocess.run([...]) without a "
                    "shell for programs.",
                    subject=call.path,
                )


def _is_shell(call: Call) -> bool:
    shell = keyword(call.node, "shell")
    return (
        call.path.startswith("subprocess.")
        and isinstance(shell, ast.Constant)
        and shell.value is True
    )
