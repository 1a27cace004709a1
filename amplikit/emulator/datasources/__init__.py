"""What answers a resolver's request: the tables of the store."""
