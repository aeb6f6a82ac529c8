"""What a project sets once instead of typing it with every command."""

from nb2prod.config.loading import load_config
from nb2prod.config.merging import merged
from nb2prod.config.model import Bound, Config, Gates, Governance, Prove, Registry, Waiver

__all__ = [
    "Bound",
    "Config",
    "Gates",
    "Governance",
    "Prove",
    "Registry",
    "Waiver",
    "load_config",
    "merged",
]
