"""Layer 3: what the ``@auth`` rules say of a caller."""
