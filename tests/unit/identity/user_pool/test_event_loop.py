"""A slow hash holds nobody else up: it is calculated beside the event loop."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.identity.conftest import Browser

PASSWORD, OTHER = "Passw0rd!", "Other-7-x"


def hashing_threads(do: Callable[[], object]) -> set[str]:
    """Return the threads that calculate slow hashes meanwhile."""
    found: set[str] = set()

    def trace(_frame: object, event: str, argument: object) -> None:
        if event == "c_call" and getattr(argument, "__name__", "") == "scrypt":
            found.add(threading.current_thread().name)

    threading.setprofile(trace)
    sys.setprofile(trace)
    try:
        do()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return found


def change(browser: Browser) -> dict[str, Any]:
    access = browser.sign_in("ann")["AuthenticationResult"]["AccessToken"]
    return browser.call(
        "ChangePassword",
        AccessToken=access,
        PreviousPassword=PASSWORD,
        ProposedPassword=OTHER,
    )


def reset(browser: Browser) -> dict[str, Any]:
    return browser.call(
        "ConfirmForgotPassword",
        Username="ann",
        ConfirmationCode="1",
        Password=OTHER,
    )


def give(browser: Browser) -> dict[str, Any]:
    return browser.admin("AdminSetUserPassword", Username="ann", Password=OTHER)


@pytest.mark.parametrize(
    "do",
    [
        lambda browser: browser.sign_up("bob"),
        lambda browser: browser.sign_in("ann"),
        lambda browser: browser.sign_in("nobody"),
        lambda browser: browser.admin("AdminCreateUser", Username="bob"),
        change,
        reset,
        give,
    ],
    ids=["sign-up", "sign-in", "nobody", "invite", "change", "reset", "give"],
)
def test_slow_hashes_are_calculated_in_threads_of_their_own(
    browser: Browser, do: Callable[[Browser], object]
) -> None:
    browser.sign_up("ann")
    browser.confirm("ann")
    threads = hashing_threads(lambda: do(browser))
    assert threads
    assert threading.main_thread().name not in threads
