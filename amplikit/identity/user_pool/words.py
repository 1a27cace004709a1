"""Cognito's words for what a user pool refuses and sends, each with its source.

The marks are those of ``amplikit.quoting``. A template holds ``%s`` for what it names.
"""

from __future__ import annotations

from typing import Final

from amplikit.quoting import Mark, Word, words_of

__all__ = ["words"]


def words() -> dict[str, Word]:
    """Return every quoted text by the name of its constant."""
    return words_of(globals())


_ISSUES: Final = "answers quoted in public issues of Amplify and Cognito clients"
_REFERENCE: Final = "Cognito API reference"
_GUIDE: Final = "Cognito developer guide"
_OTHERS: Final = "other implementations of the service"


def _verified(text: str) -> Word:
    return Word(text, Mark.VERIFIED, _ISSUES)


def _reported(text: str, source: str = _OTHERS) -> Word:
    return Word(text, Mark.REPORTED, source)


def _assumed(text: str) -> Word:
    return Word(text, Mark.ASSUMED, "no answer of the service is known")


# Signing up, and codes.
USERNAME_EXISTS = _verified("User already exists")
USER_ACCOUNT_EXISTS = _verified("User account already exists")
SIGN_UP_OFF = _verified("SignUp is not permitted for this user pool")
ALREADY_CONFIRMED = _verified("User is already confirmed.")
CANNOT_BE_CONFIRMED = _verified("User cannot be confirmed. Current status is %s")
CODE_MISMATCH = _verified("Invalid verification code provided, please try again.")
CODE_EXPIRED = _verified("Invalid code provided, please request a code again.")
ATTEMPT_LIMIT = _verified("Attempt limit exceeded, please try after some time.")
PASSWORD_POLICY = _verified("Password did not conform with policy: %s")
ATTRIBUTE_SCHEMA = _verified("Attributes did not conform to the schema: %s")
UNAUTHORIZED_ATTRIBUTE = _verified("A client attempted to write unauthorized attribute")
INVALID_EMAIL = _verified("Invalid email address format.")
INVALID_PHONE = _verified("Invalid phone number format.")
USERNAME_AS_EMAIL = _verified("Username should be an email.")
USERNAME_AS_PHONE = _verified("Username should be a phone number.")
USERNAME_AS_EITHER = _verified("Username should be either an email or a phone number.")
EMAIL_SUBJECT = _reported("Your verification code", _GUIDE)
EMAIL_BODY = _reported("Your confirmation code is %s", _GUIDE)
SMS_BODY = _reported("Your verification code is %s. ", _GUIDE)
SMS_SIGN_IN_BODY = _reported("Your authentication code is %s. ", _GUIDE)
RESET_SUBJECT = _reported("Your verification code", _GUIDE)
RESET_BODY = _reported("Your password reset code is %s", _GUIDE)
VERIFICATION_BODY = _reported("Your verification code is %s", _GUIDE)
INVITATION_SUBJECT = _reported("Your temporary password", _GUIDE)
INVITATION_BODY = _reported("Your username is %s and temporary password is %s.", _GUIDE)

# Clients.
NO_CLIENT = _verified("User pool client %s does not exist.")
NO_POOL = _verified("User pool %s does not exist.")
SECRET_HASH_WRONG = _verified("Unable to verify secret hash for client %s")
SECRET_HASH_MISSING = _verified(
    "Client %s is configured with secret but SECRET_HASH was not received"
)
FLOW_OFF = _verified("%s flow not enabled for this client")
FLOW_WRONG_API = _verified("Initiate Auth method not supported.")

# Signing in.
INCORRECT_LOGIN = _verified("Incorrect username or password.")
USER_NOT_FOUND = _verified("User does not exist.")
USER_DISABLED = _verified("User is disabled.")
USER_NOT_CONFIRMED = _verified("User is not confirmed.")
RESET_REQUIRED = _verified("Password reset required for the user")
PASSWORD_ATTEMPTS = _verified("Password attempts exceeded")
TEMPORARY_EXPIRED = _verified(
    "Temporary password has expired and must be reset by an administrator."
)
INVALID_SESSION = _verified("Invalid session for the user.")
SESSION_EXPIRED = _verified("Invalid session for the user, session is expired.")
PARAMETER_MISSING = _verified("Missing required parameter %s")
SRP_A = _assumed("SRP_A is not a valid public value.")
CUSTOM_AUTH_OFF = _reported("Custom auth lambda trigger is not configured.")

# Tokens.
INVALID_ACCESS_TOKEN = _verified("Invalid Access Token")
ACCESS_TOKEN_EXPIRED = _verified("Access Token has expired")
ACCESS_TOKEN_REVOKED = _verified("Access Token has been revoked")
ACCESS_TOKEN_SCOPES = _verified("Access Token does not have required scopes")
INVALID_REFRESH_TOKEN = _verified("Invalid Refresh Token")
REFRESH_TOKEN_EXPIRED = _verified("Refresh Token has expired")
REFRESH_TOKEN_REVOKED = _verified("Refresh Token has been revoked")
REVOCATION_OFF = _assumed("Token revocation is not enabled for this client.")
NOT_A_REFRESH_TOKEN = _reported("Invalid token.", _REFERENCE)

SECRET_WRONG = _reported("Unable to verify secret for client %s", _REFERENCE)
TOKEN_OF_OTHER_CLIENT = _reported("Refresh Token was not issued to the client.")
TOKEN_VALIDITY = _assumed("Invalid range for token validity: %sValidity.")

# Second factors.
TOTP_MISMATCH = _verified("Code mismatch and fail enable Software Token MFA")
SIGN_IN_TOTP_MISMATCH = _verified("Invalid code received for user")
TOTP_USED = _verified("Your software token has already been used once.")
TOTP_NOT_FOUND = _verified("Software Token MFA does not exist for the user.")
TOTP_NOT_VERIFIED = _verified("User has not verified software token mfa")
TOTP_OFF = _verified("Software Token MFA has not been enabled by the userPool")
MFA_OFF = _assumed("MFA is not enabled for this user pool.")
NO_PHONE_FOR_MFA = _assumed("User does not have a phone number.")
TWO_PREFERRED = _assumed("Only one MFA method can be preferred.")
MFA_CHOICE = _assumed("%s is not one of the user's second factors.")

FACTOR_OFF = _assumed("%s is not enabled for this user pool.")
MFA_WITHOUT_FACTOR = _reported(
    "Invalid MFA configuration given, can't turn on MFA without a method."
)
TOKEN_OR_SESSION = _assumed("AccessToken or Session is required.")

# Passwords.
NO_RECOVERY = _verified(
    "Cannot reset password for the user as there is no registered/verified email or"
    " phone_number"
)
CANNOT_BE_RESET = _verified("User password cannot be reset in the current state.")

# Attributes.
NOT_VERIFIABLE = _assumed("Attribute %s cannot be verified.")
CANNOT_DELETE = _assumed("Cannot delete the required attribute %s.")
CANNOT_CHANGE = _verified("user.%s: Attribute cannot be updated.")
NOT_A_BOOLEAN = _assumed("Invalid value for attribute %s: it must be true or false.")

# Groups and lists.
GROUP_EXISTS = _verified("A group with the name already exists.")
GROUP_NOT_FOUND = _verified("Group not found.")
BAD_FILTER = _verified("Error while parsing filter.")
ATTRIBUTE_TWICE = _assumed("An attribute is asked for twice.")
RESEND_STATE = _assumed("Resend not possible. %s status is not FORCE_CHANGE_PASSWORD")
BAD_PAGE_TOKEN = _assumed("Invalid pagination token.")
NOT_SEARCHABLE = _assumed("Unsupported attribute for filtering: %s")

# Functions.
LAMBDA_FAILED = _verified("%s failed with error %s.")
LAMBDA_UNEXPECTED = _verified(
    "%s invocation failed due to error Socket timeout while invoking Lambda function."
)
LAMBDA_OUTPUT = _verified("Unrecognizable lambda output")

# Who may call.
UNSIGNED = _verified("Missing Authentication Token")
