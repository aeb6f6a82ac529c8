"""Build a proved, versioned service from a tagged notebook."""

from nb2prod.build.options import BuildOptions, Reporter, Silent, Step
from nb2prod.build.recipe import build
from nb2prod.build.result import BuildResult

__all__ = ["BuildOptions", "BuildResult", "Reporter", "Silent", "Step", "build"]
