"""NBP006: an imported package that the project does not declare."""

import ast
from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.imports import imports_of


@register
class UndeclaredPackage(Rule):
    """A cell imports an installed package that no requirements file names.

    ## What it does
    When it is told about the environment: compares imports with `requirements*.txt` and
    `pyproject.toml` beside the notebook or above it. Without such a file it is silent.

    ## Why is this bad?
    It works here because something else installed the package. On a fresh machine the run stops.

    ## Example
    ```python
    # %%
    import a_package_that_nobody_declared
    ```

    ## Use instead
    ```python
    # %%
    import json
    ```
    """

    code = "NBP006"
    name = "undeclared-package"
    severity = Severity.WARNING
    stops_build = False
    occasion = Occasion.ENVIRONMENT

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield the first import of each such package."""
        left = set(context.environment.undeclared_modules if context.environment else ())
        for cell in context.cells if left else ():
            tree = context.session.parsed[cell.number].tree
            for module, node in _imports(tree):
                if module in left:
                    left.discard(module)
                    yield self.found(
                        context,
                        cell.number,
                        context.span(cell.number, node),
                        f"`{module}` is installed here, but no requirements file names it: "
                        "elsewhere the run stops.",
                        hint=f"Add `{module}` to the requirements of the project.",
                        subject=module,
                    )


def _imports(tree: ast.Module | None) -> Iterator[tuple[str, ast.stmt]]:
    for statement in tree.body if tree else ():
        yield from imports_of(statement)
