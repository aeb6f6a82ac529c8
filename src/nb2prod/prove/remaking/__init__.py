"""Make a version again from its manifest, and say what differs and why."""
