"""NBP003: an imported package that is not installed."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic
from nb2prod.lint.context import Context
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.imports import imports_of

_DISTRIBUTIONS = {
    "sklearn": "scikit-learn",
    "cv2": "opencv-python",
    "PIL": "pillow",
    "yaml": "pyyaml",
    "bs4": "beautifulsoup4",
    "skimage": "scikit-image",
    "dotenv": "python-dotenv",
    "imblearn": "imbalanced-learn",
}


@register
class MissingPackage(Rule):
    """A cell imports a package that is not installed where the notebook will run.

    ## What it does
    Looks up each imported module, when it is told about the environment, as a build does. Imports
    in functions, and in `try` with a handler for their failure, are left alone.

    ## Why is this bad?
    The run would stop there, perhaps after minutes of work.

    ## Example
    ```python
    # %%
    import a_package_that_nobody_installed
    ```

    ## Use instead
    ```python
    # %%
    import json
    ```
    """

    code = "NBP003"
    name = "missing-package"
    occasion = Occasion.ENVIRONMENT

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield the first import of each missing package."""
        missing = set(context.environment.missing_modules if context.environment else ())
        for cell in context.cells if missing else ():
            parsed = context.session.parsed[cell.number]
            for statement in parsed.tree.body if parsed.tree else ():
                for module, node in imports_of(statement):
                    if module in missing:
                        missing.discard(module)
                        yield self.found(
                            context,
                            cell.number,
                            parsed.span(node),
                            f"`{module}` is not installed where this notebook will run: "
                            "the run stops here with a ModuleNotFoundError.",
                            hint=f"Install it: pip install {_DISTRIBUTIONS.get(module, module)}",
                            subject=module,
                        )
