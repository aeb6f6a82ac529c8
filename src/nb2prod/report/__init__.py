"""What people read about versions: how they differ, as values, text and pages."""
