"""The identity pool: logins become identities, and identities get credentials."""
