"""Follow tables through a notebook, to see what a model learns that it could not know."""
