"""Who calls, by which mode, and the first two of the three layers that decide."""
