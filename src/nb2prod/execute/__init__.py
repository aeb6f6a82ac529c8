"""Run notebooks through papermill: parameters, seed, kernel, working copy, comparison."""
