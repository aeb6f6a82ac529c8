"""Move versions between staging and production, back again, and show what was moved."""
