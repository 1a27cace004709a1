"""The OAuth 2.0 endpoints of the pool's domain."""
