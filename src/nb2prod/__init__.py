"""Turn a tagged Jupyter notebook into a proved, versioned model service.

``nb2prod.lint``, ``build``, ``explain``, ``compare`` and ``load`` do what the commands do and return typed
results. They are imported on first use, because ``nb2prod --help`` and ``nb2prod lint`` must start
without pandas, scikit-learn or a web framework.
"""

import sys
from importlib import import_module
from types import ModuleType

from nb2prod.version import __version__

_PUBLIC = {
    "Diagnostic": "nb2prod.diagnostic:Diagnostic",
    "Nb2prodError": "nb2prod.errors:Nb2prodError",
    "Severity": "nb2prod.diagnostic:Severity",
    "build": "nb2prod.build",
    "compare": "nb2prod.report.comparing:compare",
    "explain": "nb2prod.build.explanation:explain",
    "lint": "nb2prod.lint",
    "load": "nb2prod.artifact.opening:load",
}

__all__ = [
    "Diagnostic",
    "Nb2prodError",
    "Severity",
    "__version__",
    "build",
    "compare",
    "explain",
    "lint",
    "load",
]


class _CallableModule(ModuleType):
    """A module that is called as its function of the same name."""

    def __call__(self, *arguments: object, **options: object) -> object:
        """Call the function: ``nb2prod.lint("notebook.ipynb")``."""
        function = getattr(self, self.__name__.rpartition(".")[2])
        return function(*arguments, **options)


class _Package(ModuleType):
    """The package, whose ``lint`` and ``build`` are submodules and functions at once.

    Importing a submodule puts it into its package under its name, so a function of that name would
    be there or not depending on what was imported before.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if isinstance(value, ModuleType) and _PUBLIC.get(name) == value.__name__:
            value.__class__ = _CallableModule
        super().__setattr__(name, value)


def __getattr__(name: str) -> object:
    """Import a public name on first use."""
    target = _PUBLIC.get(name)
    if target is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, attribute = target.partition(":")
    found = import_module(module)
    value: object = getattr(found, attribute) if attribute else found
    setattr(sys.modules[__name__], name, value)
    return value


def __dir__() -> list[str]:
    """List the public names, imported or not."""
    return sorted({*globals(), *__all__})


sys.modules[__name__].__class__ = _Package
