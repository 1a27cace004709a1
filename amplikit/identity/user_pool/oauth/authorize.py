"""``/oauth2/authorize``, ``/login``, ``/logout``: a sign-in page that gives out codes.

Source: Cognito developer guide, "Authorize endpoint", "Login endpoint", "Logout
endpoint"; RFC 6749, RFC 7636. The page is ours.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

from amplikit.identity.tokens import DEFAULT_SCOPE
from amplikit.identity.user_pool.oauth.answers import OAuthAnswer
from amplikit.identity.user_pool.oauth.token import CODE
from amplikit.identity.user_pool.password_sign_in import authenticate
from amplikit.identity.user_pool.refusal import Refusal
from amplikit.identity.user_pool.sign_in import Attempt, hosted_sign_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.identity.user_pool.clients import Client
    from amplikit.identity.user_pool.pool import PoolContext

__all__ = ["answer_authorize", "answer_login", "answer_logout", "show_login"]

_CODE_LIFETIME = timedelta(minutes=5)
_OPENID = ("openid", "email", "phone", "profile")
_CARRIED = (
    *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce"),
    *("code_challenge", "code_challenge_method"),
)
_PAGE_HEADERS = (
    ("content-type", "text/html; charset=utf-8"),
    ("cache-control", "no-store"),
    # No form-action: the form's answer leads to the app, wherever that is.
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
)


@dataclass(frozen=True, slots=True)
class _Wish:
    """A sound request for a code."""

    client: Client
    redirect_uri: str
    scope: str
    state: str
    nonce: str
    challenge: str


def answer_authorize(
    context: PoolContext, parameters: Mapping[str, str]
) -> OAuthAnswer:
    """Send a browser to the sign-in page, or back to the app with an error."""
    wish = _read(context, parameters)
    if isinstance(wish, OAuthAnswer):
        return wish
    carried = {name: parameters[name] for name in _CARRIED if name in parameters}
    return _redirect(f"/login?{urlencode(carried)}")


def show_login(context: PoolContext, parameters: Mapping[str, str]) -> OAuthAnswer:
    """Return the sign-in page."""
    wish = _read(context, parameters)
    return wish if isinstance(wish, OAuthAnswer) else _page(parameters, "")


async def answer_login(
    context: PoolContext, parameters: Mapping[str, str]
) -> OAuthAnswer:
    """Sign a user in with what she typed into the page, and hand a code to the app."""
    wish = _read(context, parameters)
    if isinstance(wish, OAuthAnswer):
        return wish
    login, password = parameters.get("username", ""), parameters.get("password", "")
    attempt = Attempt(wish.client, login, source="HostedAuth")
    user = await authenticate(context, password, attempt)
    if not isinstance(user, Refusal):
        user = await hosted_sign_in(context, user, attempt)
    if isinstance(user, Refusal):
        page = _page(parameters, user.message)
        return OAuthAnswer(400, page.headers, page.body, f"{user.type}: {user.message}")
    state = {
        "client_id": wish.client.id,
        "redirect_uri": wish.redirect_uri,
        "username": user.username,
        "sub": user.sub,
        "scope": wish.scope,
        "challenge": wish.challenge,
        "id_claims": json.dumps({"nonce": wish.nonce} if wish.nonce else {}),
    }
    code = context.pool.auth_sessions.open(CODE, state, context.now, _CODE_LIFETIME)
    return _back(wish.redirect_uri, wish.state, code=code)


def answer_logout(context: PoolContext, parameters: Mapping[str, str]) -> OAuthAnswer:
    """Send a browser back; there is no session of the page that could end."""
    client = context.pool.clients.get(parameters.get("client_id", ""))
    target = parameters.get("logout_uri", "")
    if client is None or target not in client.settings.logout_urls:
        return _error_page("The client or its logout_uri is not known.")
    return _redirect(target)


def _read(context: PoolContext, parameters: Mapping[str, str]) -> _Wish | OAuthAnswer:
    """Return the wish. Nothing is sent to an address that is not the client's."""
    client = context.pool.clients.get(parameters.get("client_id", ""))
    target = parameters.get("redirect_uri", "")
    if client is None or target not in client.settings.callback_urls:
        return _error_page("The client or its redirect_uri is not known.")
    settings, state = client.settings, parameters.get("state", "")
    if "code" not in settings.oauth_flows:
        return _back(target, state, error="unauthorized_client")
    if parameters.get("response_type") != "code":
        return _back(target, state, error="unsupported_response_type")
    allowed = settings.scopes or (*_OPENID, DEFAULT_SCOPE)
    asked = parameters.get("scope", "").split() or list(allowed)
    openid_first = {"email", "phone", "profile"} & set(asked)
    if not set(asked) <= set(allowed) or (openid_first and "openid" not in asked):
        return _back(target, state, error="invalid_scope")
    challenge = parameters.get("code_challenge", "")
    method = parameters.get("code_challenge_method", "S256" if not challenge else "")
    if method != "S256":
        return _back(target, state, error="invalid_request")
    nonce = parameters.get("nonce", "")
    return _Wish(client, target, " ".join(asked), state, nonce, challenge)


def _back(target: str, state: str, **told: str) -> OAuthAnswer:
    query = urlencode(told | ({"state": state} if state else {}), quote_via=quote)
    joined = "&" if urlsplit(target).query else "?"
    return _redirect(f"{target}{joined}{query}", told.get("error", ""))


def _redirect(target: str, refused: str = "") -> OAuthAnswer:
    headers = (("location", target), ("cache-control", "no-store"))
    return OAuthAnswer(302, headers, b"", refused)


def _page(parameters: Mapping[str, str], problem: str) -> OAuthAnswer:
    carried = "".join(
        f'<input type="hidden" name="{name}" value="{escape(parameters[name])}">'
        for name in _CARRIED
        if name in parameters
    )
    told = f'<p role="alert">{escape(problem)}</p>' if problem else ""
    body = (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Sign in</title>"
        f'<h1>Sign in</h1>{told}<form method="post" action="/login">{carried}'
        '<p><label>Username <input name="username" autocomplete="username" required>'
        '</label><p><label>Password <input name="password" type="password"'
        ' autocomplete="current-password" required></label>'
        "<p><button>Sign in</button></form></html>"
    )
    return OAuthAnswer(200, _PAGE_HEADERS, body.encode("utf-8", "replace"))


def _error_page(message: str) -> OAuthAnswer:
    body = f"<!doctype html><title>Error</title><p>{escape(message)}</p>".encode()
    return OAuthAnswer(400, _PAGE_HEADERS, body, message)
