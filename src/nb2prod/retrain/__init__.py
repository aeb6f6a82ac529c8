"""Train a version again on new data, without its notebook."""
