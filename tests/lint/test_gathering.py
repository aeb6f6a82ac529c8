"""What is looked up on the machine before linting."""

import json
from pathlib import Path

from nb2prod.lint.gathering import gather
from nb2prod.notebook import read


def test_missing_modules_are_found(tmp_path: Path) -> None:
    source = "import json, sys, no_such_module.part\nimport beside\nfrom . import x\nimport folder_beside"
    cell = {"cell_type": "code", "metadata": {}, "source": source, "outputs": []}
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "metadata": {}, "cells": [cell]}))
    (tmp_path / "beside.py").touch()
    (tmp_path / "folder_beside").mkdir()
    assert gather(read(path)).missing_modules == {"no_such_module"}
