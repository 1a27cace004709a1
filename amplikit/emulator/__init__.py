"""Runs a blueprint here: AppSync, its callers and its real-time channel."""
