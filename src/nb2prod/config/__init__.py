"""What a project sets once instead of typing it with every command."""

from nb2prod.config.gates import Gates, Waiver
from nb2prod.config.loading import load_config
from nb2prod.config.merging import merged
from nb2prod.config.model import Config, Governance, Prove, Registry, Retrain

__all__ = [
    "Config",
    "Gates",
    "Governance",
    "Prove",
    "Registry",
    "Retrain",
    "Waiver",
    "load_config",
    "merged",
]
