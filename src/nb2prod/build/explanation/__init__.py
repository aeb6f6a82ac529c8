"""Say what a build makes of a notebook: what each expression is, what is frozen, what is served."""

from nb2prod.build.explanation.explaining import explain
from nb2prod.build.explanation.model import (
    CodePlace,
    Explained,
    Explanation,
    Fate,
    FrozenValue,
    Statement,
)

__all__ = [
    "CodePlace",
    "Explained",
    "Explanation",
    "Fate",
    "FrozenValue",
    "Statement",
    "explain",
]
