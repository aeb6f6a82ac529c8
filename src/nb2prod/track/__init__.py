"""Tracked runs of a notebook: what each was given, what it computed, and how they compare."""
