"""Run the emitted training script in a fresh process."""

from nb2prod.train.run import Training, train

__all__ = ["Training", "train"]
