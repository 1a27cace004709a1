"""The values between the stages: what was meant, and what must exist."""
