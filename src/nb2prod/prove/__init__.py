"""Prove that a version computes what the notebook computed, independently of how it was compiled."""
