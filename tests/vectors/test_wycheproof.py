"""Project Wycheproof's JSON Web Signatures, those with public keys."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import pytest

from amplikit.identity.compact_jwt import split
from amplikit.identity.jwk_set import read_jwk_set
from amplikit.identity.oidc import refuse_signature

if TYPE_CHECKING:
    from typing import Any

SHARED = Path(__file__).parents[3] / "shared" / "vectors"
VECTORS = Path(os.environ.get("AMPLIKIT_VECTORS", SHARED)) / "jws"
FILE = VECTORS / "json_web_signature_test.json"

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(not FILE.exists(), reason=f"{FILE} is not there"),
]


def trials() -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    if not FILE.exists():
        return []
    return [
        (f"{group['comment']}-{test['tcId']}", group, test)
        for group in json.loads(FILE.read_text())["testGroups"]
        for test in group["tests"]
    ]


TRIALS = trials()


def accepted(jws: object, jwk: dict[str, Any]) -> bool:
    """Whether a key set of this one key lets the text in."""
    parts = split(jws) if isinstance(jws, str) else None
    keys = read_jwk_set(json.dumps({"keys": [jwk]}).encode())
    if parts is None or keys is None:
        return False
    try:
        header = orjson.loads(parts[0])
    except orjson.JSONDecodeError:
        return False
    if not isinstance(header, dict):
        return False
    return refuse_signature(str(jws), header, keys) is None


@pytest.mark.parametrize("trial", TRIALS, ids=[name for name, _, _ in TRIALS])
def test_a_vector_that_must_not_hold_does_not(
    trial: tuple[str, dict[str, Any], dict[str, Any]],
) -> None:
    _, group, test = trial
    # A secret never is a key here, so its vectors must not hold, valid or not.
    jwk = group.get("public") or group["private"]
    holds = accepted(test["jws"], jwk)
    is_public = jwk["kty"] in ("RSA", "EC")
    wanted = test["result"] == "valid" and is_public
    if not wanted:
        assert not holds


def is_ours(jwk: dict[str, Any], jws: object) -> bool:
    """Whether a sound vector is one that may hold here.

    A token without a kid names no key, and one by another algorithm than its key's
    (rfc7520: PS384 with a key for PS256, "ES521") is refused.
    """
    parts = split(jws) if isinstance(jws, str) else None
    header = orjson.loads(parts[0]) if parts else {}
    return "kid" in header and jwk.get("alg", header["alg"]) == header["alg"]


def test_the_vectors_that_hold_are_let_in() -> None:
    valid = [
        (name, group["public"], test["jws"])
        for name, group, test in TRIALS
        if test["result"] == "valid" and "public" in group
    ]
    ours = [each for each in valid if is_ours(each[1], each[2])]
    refused = [name for name, jwk, jws in ours if not accepted(jws, jwk)]
    assert refused == []
    assert len(ours) > 20
