"""The user pool's tables of the second format; the first has the rest."""

from __future__ import annotations

__all__ = ["USER_POOL_TABLES"]

USER_POOL_TABLES = (
    # Codes also of names that do not exist: nobody must see the difference.
    """CREATE TABLE issued_code (
        username TEXT, purpose TEXT, code TEXT NOT NULL, expires_at INTEGER NOT NULL,
        PRIMARY KEY (username, purpose)
    ) WITHOUT ROWID""",
    (
        "INSERT INTO issued_code SELECT username, 'sign-up', code, expires_at"
        " FROM confirmation_code"
    ),
    "DROP TABLE confirmation_code",
    """CREATE TABLE auth_session (
        digest TEXT PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL,
        failures INTEGER NOT NULL, expires_at INTEGER NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE second_factor (
        username TEXT PRIMARY KEY REFERENCES user (username) ON DELETE CASCADE,
        secret TEXT, pending_secret TEXT, last_step INTEGER NOT NULL DEFAULT 0,
        enabled TEXT NOT NULL DEFAULT '[]', preferred TEXT, device_name TEXT
    ) WITHOUT ROWID""",
    """CREATE TABLE pool_client (
        client_id TEXT PRIMARY KEY, secret TEXT, settings TEXT NOT NULL,
        created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE signed_out (
        username TEXT PRIMARY KEY REFERENCES user (username) ON DELETE CASCADE,
        at INTEGER NOT NULL
    ) WITHOUT ROWID""",
    "CREATE INDEX user_email ON user (json_extract(attributes, '$.email'))",
    "CREATE INDEX user_phone ON user (json_extract(attributes, '$.phone_number'))",
    "ALTER TABLE user ADD COLUMN password_expires_at INTEGER",
    'ALTER TABLE "group" ADD COLUMN description TEXT',
    'ALTER TABLE "group" ADD COLUMN precedence INTEGER',
    'ALTER TABLE "group" ADD COLUMN role_arn TEXT',
    'ALTER TABLE "group" ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE "group" ADD COLUMN modified_at INTEGER NOT NULL DEFAULT 0',
    "ALTER TABLE refresh_token ADD COLUMN scope TEXT",
    "ALTER TABLE refresh_token ADD COLUMN revoked INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX refresh_token_origin ON refresh_token (origin_jti)",
    "CREATE INDEX refresh_token_user ON refresh_token (username)",
)
