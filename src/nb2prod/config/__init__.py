"""What a project sets once instead of typing it with every command."""

from nb2prod.config.loading import load_config
from nb2prod.config.merging import merged
from nb2prod.config.model import Config, Gates, Prove

__all__ = ["Config", "Gates", "Prove", "load_config", "merged"]
