"""Immutable versions: their schema, manifest, run key, locks and the write-once store."""
