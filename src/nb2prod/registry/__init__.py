"""Registered versions, the aliases that point at them, and the trail of who moved what."""
