"""Gates: checks that a candidate must pass before it may be promoted, one a file."""
