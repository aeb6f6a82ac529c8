"""Roles of cells: which tags nb2prod acts on, and which only look as if it did."""

from collections.abc import Iterable
from enum import StrEnum

from nb2prod.notebook.spelling import edit_distance


class Role(StrEnum):
    """What a cell is for; the value is the tag."""

    PARAMETERS = "parameters"
    IMPORTS = "imports"
    FUNCTIONS = "functions"
    LOAD = "load"
    REFERENCE = "reference"
    FEATURES = "features"
    SPLIT = "split"
    TRAIN = "train"
    EVALUATE = "evaluate"
    TRAIN_ONLY = "train-only"
    SKIP = "skip"

    # Roles are equal where their tags are; an enumeration's own hash is Python code, and ten times slower.
    __hash__ = str.__hash__


REQUIRED_ROLES = (Role.LOAD, Role.TRAIN, Role.EVALUATE)
"""Roles without which no model can be built."""

OWN_ROLES = frozenset(Role) - {Role.PARAMETERS, Role.IMPORTS, Role.FUNCTIONS, Role.SKIP}
"""Roles that no other tool's tags share: one of them says that the notebook is meant for a build.
"""

_BY_TAG = {role.value: role for role in Role} | {
    "pipeline-parameters": Role.PARAMETERS,
    "pipeline-metrics": Role.EVALUATE,
}

_STEP_PREFIXES = ("step:", "block:")

_BY_STEP = {
    "load-data": Role.LOAD,
    "data-load": Role.LOAD,
    "loading": Role.LOAD,
    "loaddata": Role.LOAD,
    "data-loading": Role.LOAD,
    "read-data": Role.LOAD,
    "feature": Role.FEATURES,
    "feature-engineering": Role.FEATURES,
    "featureengineering": Role.FEATURES,
    "preprocess": Role.FEATURES,
    "preprocessing": Role.FEATURES,
    "data-preprocessing": Role.FEATURES,
    "data-processing": Role.FEATURES,
    "split-data": Role.SPLIT,
    "data-split": Role.SPLIT,
    "train-test-split": Role.SPLIT,
    "training": Role.TRAIN,
    "train-model": Role.TRAIN,
    "model-training": Role.TRAIN,
    "evaluation": Role.EVALUATE,
    "evaluate-model": Role.EVALUATE,
    "model-evaluation": Role.EVALUATE,
    "metrics": Role.EVALUATE,
}

_FOREIGN = frozenset(
    {
        "injected-parameters",
        "papermill-error-cell-tag",
        "raises-exception",
        "nbval-skip",
        "nbval-ignore-output",
        "nbval-check-output",
        "nbval-raises-exception",
        "nbval-test-listing",
        "full-width",
        "margin",
        "popout",
        "scroll-output",
        "output_scroll",
        "thebe-init",
        "interactive",
        "nb-skip",
        "export",
    }
)
_FOREIGN_PREFIXES = (
    "hide-",
    "hide_",
    "remove-",
    "remove_",
    "nbval-",
    "nb2prod-",
    "prev:",
    "limit:",
    "image:",
)

# Real words within two edits of a role that people use for other things.
_OTHER_WORDS = frozenset(
    {
        "functional",
        "references",
        "strain",
        "brain",
        "trail",
        "slip",
        "ship",
        "split-view",
        "road",
        "lead",
        "loan",
    }
)


def role_of(tag: str) -> Role | None:
    """Return the role that a tag gives, Kale's names included, or None."""
    role = _BY_TAG.get(tag)
    if role is None and tag.startswith(_STEP_PREFIXES):
        step = tag.partition(":")[2].split(";")[0].strip().lower().replace("_", "-")
        role = _BY_TAG.get(step) or _BY_STEP.get(step)
    return role


def roles_of(tags: Iterable[str]) -> tuple[Role, ...]:
    """Return the roles that tags give, each once, in their order."""
    found = [role_of(tag) for tag in tags]
    return tuple(dict.fromkeys([role for role in found if role is not None]))


def is_foreign(tag: str) -> bool:
    """Say whether another tool is known to own the tag."""
    return tag in _FOREIGN or tag.startswith(_FOREIGN_PREFIXES) or tag.startswith(_STEP_PREFIXES)


def misspelt_role(tag: str) -> Role | None:
    """Return the role that a tag was probably meant to be, or None for somebody else's tag."""
    if role_of(tag) is not None or is_foreign(tag):
        return None
    plain = tag.strip().lower().replace("_", "-").replace(" ", "-")
    if plain in _OTHER_WORDS:
        return None
    for role in Role:
        if plain == role.value or plain == role.value.replace("-", ""):
            return role
    return _near(plain)


def _near(plain: str) -> Role | None:
    best: tuple[int, Role] | None = None
    for role in Role:
        allowed = 1 if len(role.value) < 9 else 2
        if abs(len(plain) - len(role.value)) > allowed:
            continue
        distance = edit_distance(plain, role.value)
        if distance == 2 and plain[:1] != role.value[:1]:
            continue
        if distance <= allowed and (best is None or distance < best[0]):
            best = (distance, role)
    return best[1] if best else None
