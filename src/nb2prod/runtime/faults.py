"""What can go wrong with a stored version, as fields for whoever tells the user."""


class ArtifactError(Exception):
    """A version is missing, incomplete, changed, or needs other packages than are here.

    Attributes:
        what: What was found, in one sentence.
        hint: The next step, or None.
    """

    def __init__(self, what: str, *, hint: str | None = None) -> None:
        super().__init__(what if hint is None else f"{what} ({hint})")
        self.what = what
        self.hint = hint
