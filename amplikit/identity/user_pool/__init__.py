"""The Cognito user pool: its parts, and its operations by what they are about."""
