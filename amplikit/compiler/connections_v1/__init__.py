"""The forms of v1's ``@connection``."""
