"""NBS005: a connection whose other end is not checked."""

import ast
from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.calls import Call, keyword
from nb2prod.lint.context import Context
from nb2prod.lint.rule import Rule, register

_UNCHECKED = frozenset({"ssl._create_unverified_context", "urllib3.disable_warnings"})


@register
class UnverifiedConnection(Rule):
    """A request is sent with the check of certificates turned off.

    ## What it does
    Finds `verify=False` in requests, and contexts of `ssl` that check nothing.

    ## Why is this bad?
    Anybody on the way can answer instead of the server: with other data to learn from, or to read
    the password that was sent.

    ## Example
    ```python
    # %%
    import requests
    page = requests.get("https://example.com/prices.csv", verify=False)
    ```

    ## Use instead
    ```python
    # %%
    import requests
    page = requests.get("https://example.com/prices.csv")
    ```
    """

    code = "NBS005"
    name = "unverified-connection"
    severity = Severity.WARNING
    stops_build = False
    words = ("verify", "ssl", "urllib3")

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield such calls."""
        for call in context.calls:
            if call.path in _UNCHECKED or _is_unverified(call):
                yield self.found(
                    context,
                    call.cell,
                    context.span(call.cell, call.node),
                    "Certificates are not checked here: anybody on the way can answer instead of "
                    "the server.",
                    hint="Leave `verify` out, or give it the file of your authority.",
                    subject=call.path,
                )


def _is_unverified(call: Call) -> bool:
    verify = keyword(call.node, "verify")
    is_request = call.path.startswith(("requests.", "httpx.")) or call.method in (
        "get",
        "post",
        "put",
        "request",
    )
    return is_request and isinstance(verify, ast.Constant) and verify.value is False
