"""Run the emitted training script in a fresh process."""

from nb2prod.train.run import Training, TrainingFailed, TrainingStopped, extract, train

__all__ = ["Training", "TrainingFailed", "TrainingStopped", "extract", "train"]
