"""The rules, one a file; importing this package registers them all."""

from nb2prod.lint.rules import (
    nbh001_undefined_name,
    nbh002_used_before_definition,
    nbh003_called_too_early,
    nbh008_used_after_deletion,
    nbo001_counts_out_of_order,
    nbp001_shell_line,
    nbp002_syntax_error,
    nbp003_missing_package,
    nbt001_misspelt_tag,
    nbt002_missing_role,
    nbt003_needs_untagged_cell,
    nbt004_parameters_not_literal,
    nbt005_unsupported_magic,
)

__all__ = [
    "nbh001_undefined_name",
    "nbh002_used_before_definition",
    "nbh003_called_too_early",
    "nbh008_used_after_deletion",
    "nbo001_counts_out_of_order",
    "nbp001_shell_line",
    "nbp002_syntax_error",
    "nbp003_missing_package",
    "nbt001_misspelt_tag",
    "nbt002_missing_role",
    "nbt003_needs_untagged_cell",
    "nbt004_parameters_not_literal",
    "nbt005_unsupported_magic",
]
