"""Find what saw held-out rows and reached the features or the model."""
