"""``/dynamodb/``: the tables over DynamoDB's own wire protocol.

What is written here is behind AppSync's back, as on AWS: the rules of ``@auth`` are
not asked, and nobody who subscribes is told.
"""
