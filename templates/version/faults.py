"""What stops a training whose data behave otherwise. Copied into every version."""


class BehaviourChanged(RuntimeError):
    """A step does something else on these data than it did when the notebook was compiled."""
