"""``/sts/``: who calls, and roles that may be assumed."""
