import base64
import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Ran

Amplikit = Callable[..., Ran]


@pytest.fixture
def data(tmp_path: Path) -> str:
    """Return the name of a data folder that does not exist yet."""
    return str(tmp_path / "data")


def claims(token: str) -> dict[str, object]:
    payload = token.split(".")[1]
    decoded = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert isinstance(decoded, dict)
    return decoded


def test_a_user_is_made_listed_and_deleted(amplikit: Amplikit, data: str) -> None:
    made = amplikit(
        *("users", "create", "alice", "--email", "a@example.org"),
        *("--group", "staff", "--group", "ops", "--data", data, "--json"),
    )
    assert made.status == 0
    user = made.document()
    assert user["username"] == "alice"
    assert user["groups"] == ["ops", "staff"]
    assert user["attributes"] == {"email": "a@example.org", "email_verified": "true"}
    listed = amplikit("users", "list", "--data", data, "--json")
    assert json.loads(listed.out) == [user]
    assert amplikit("users", "delete", "alice", "--data", data).status == 0
    assert json.loads(amplikit("users", "list", "--data", data, "--json").out) == []


REFUSED = [
    pytest.param(("users", "delete", "nobody"), "UserNotFoundException", id="delete"),
    pytest.param(("users", "confirm", "nobody"), "UserNotFoundException", id="confirm"),
    pytest.param(
        ("users", "create", "a", "--password", "x"),
        "InvalidPasswordException",
        id="password",
    ),
    pytest.param(
        ("users", "create", "a", "--email", "x"),
        "InvalidParameterException",
        id="e-mail",
    ),
    pytest.param(
        ("users", "create", "a b"), "InvalidParameterException", id="user name"
    ),
    pytest.param(("token", "--user", "nobody"), "--create", id="token"),
    pytest.param(
        ("token", "--user", "a", "--create", "--claims-override", "[1]"),
        "--claims-override: it is not an object.",
        id="claims that are a list",
    ),
    pytest.param(
        ("token", "--user", "a", "--create", "--claims-override", "{"),
        "--claims-override:1:2",
        id="claims that are no JSON",
    ),
    pytest.param(("credentials", "--role", "nope"), "local-admin", id="role"),
    pytest.param(("credentials",), "exactly one", id="nobody"),
    pytest.param(("credentials", "--guest", "--user", "a"), "exactly one", id="two"),
    pytest.param(("keys", "rotate", "nope"), "no API key 'nope'", id="rotate"),
    pytest.param(("keys", "revoke", "nope"), "no API key 'nope'", id="revoke"),
    pytest.param(("keys", "create", "--usage-plan", "p"), "'p'", id="usage plan"),
    pytest.param(
        ("keys", "create", "--expires", "366"),
        "ApiKeyValidityOutOfBoundsException",
        id="a key for too long",
    ),
]


@pytest.mark.parametrize(("arguments", "told"), REFUSED)
def test_a_refusal_is_status_1_and_says_why(
    amplikit: Amplikit, data: str, arguments: tuple[str, ...], told: str
) -> None:
    ran = amplikit(*arguments, "--data", data)
    assert (ran.status, ran.out) == (1, "")
    assert told in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(("arguments", "told"), REFUSED)
def test_with_json_a_refusal_is_one_document(
    amplikit: Amplikit, data: str, arguments: tuple[str, ...], told: str
) -> None:
    ran = amplikit(*arguments, "--data", data, "--json")
    assert (ran.status, ran.err, ran.document()["ok"]) == (1, "", False)
    (problem,) = ran.problems()
    where = problem["where"] or {}
    place = ":".join(str(part) for part in where.values())
    assert told in f"{place} {problem['message']} {problem['hint']}"


def test_a_token_names_the_user_and_lasts_as_long_as_asked(
    amplikit: Amplikit, data: str
) -> None:
    ran = amplikit(
        *("token", "--user", "bob", "--create", "--use", "id", "--expires", "1"),
        *("--claims-override", '{"custom:a": ["b"]}', "--data", data),
    )
    found = claims(ran.out.strip())
    assert found["cognito:username"] == "bob"
    assert found["token_use"] == "id"
    assert found["custom:a"] == ["b"]
    assert isinstance(found["exp"], int)
    assert isinstance(found["iat"], int)
    assert found["exp"] - found["iat"] == 1


def test_a_claim_may_be_any_json_value(amplikit: Amplikit, data: str) -> None:
    override = {"exp": 10**30, "custom:x": "\ud800"}
    ran = amplikit(
        *("token", "--user", "bob", "--create", "--data", data),
        *("--claims-override", json.dumps(override)),
    )
    assert ran.status == 0
    assert claims(ran.out.strip())["exp"] == 10**30


def test_the_sub_is_stable(amplikit: Amplikit, data: str) -> None:
    arguments = ("token", "--user", "bob", "--create", "--data", data)
    first, second = (claims(amplikit(*arguments).out) for _ in range(2))
    assert first["sub"] == second["sub"]
    assert first["jti"] != second["jti"]


@pytest.mark.parametrize(
    "who",
    [("--role", "local-admin"), ("--user", "new"), ("--guest",)],
    ids=["role", "user", "guest"],
)
def test_credentials_have_the_form_of_a_credential_process(
    amplikit: Amplikit, data: str, who: tuple[str, ...]
) -> None:
    document = amplikit("credentials", *who, "--json", "--data", data).document()
    assert sorted(document) == [
        "AccessKeyId",
        "Expiration",
        "SecretAccessKey",
        "SessionToken",
        "Version",
    ]
    assert document["Version"] == 1


def test_credentials_can_be_evaluated_by_a_shell(amplikit: Amplikit, data: str) -> None:
    ran = amplikit("credentials", "--guest", "--data", data)
    names = [line.partition("=")[0] for line in ran.out.splitlines()]
    assert names == [
        "export AWS_ACCESS_KEY_ID",
        "export AWS_SECRET_ACCESS_KEY",
        "export AWS_SESSION_TOKEN",
    ]


def test_a_key_is_made_rotated_and_revoked(amplikit: Amplikit, data: str) -> None:
    made = amplikit("keys", "create", "--name", "app", "--data", data, "--json")
    key = made.document()
    assert (key["name"], key["kind"], key["usage_plan"]) == ("app", "appsync", None)
    rotated = amplikit("keys", "rotate", str(key["id"]), "--data", data, "--json")
    assert rotated.document()["id"] != key["id"]
    assert amplikit("keys", "revoke", str(key["id"]), "--data", data).status == 0
    listed = json.loads(amplikit("keys", "list", "--data", data, "--json").out)
    assert [each["name"] for each in listed] == ["default", "app"]


def test_an_empty_outbox_is_an_empty_list(amplikit: Amplikit, data: str) -> None:
    assert amplikit("outbox", "--json", "--data", data).out == "[]\n"


def test_the_data_folder_is_its_owners_alone(amplikit: Amplikit, data: str) -> None:
    amplikit("keys", "list", "--data", data)
    folder = Path(data)
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in (folder, *folder.iterdir())
        if path.name != ".gitignore"
    }
    assert modes.pop(folder.name) == 0o700
    assert set(modes.values()) == {0o600}
    assert (folder / ".gitignore").read_text() == "*\n"


def test_a_file_is_no_data_folder(amplikit: Amplikit, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = amplikit("keys", "list", "--data", str(tmp_path / "file"))
    assert (ran.status, ran.out) == (1, "")
    assert "Traceback" not in ran.err


def test_without_project_and_data_folder_the_place_is_asked_for(
    amplikit: Amplikit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = amplikit("outbox", "--json")
    assert (ran.status, ran.codes()) == (1, ["project-not-found"])
    assert list(tmp_path.iterdir()) == []


def test_in_a_project_its_names_count(amplikit: Amplikit, project: Path) -> None:
    (project / "amplify-config" / "api-keys.toml").write_text(
        '[[keys]]\nname = "partner"\nusage_plan = "p"\n'
        '[usage_plans.p]\nmechanism = "gateway"\nrate = 1\nburst = 1\n'
    )
    place = ("--project", str(project), "--json")
    made = amplikit("keys", "create", "--usage-plan", "p", *place).document()
    assert (made["kind"], made["usage_plan"]) == ("gateway", "p")
    assert amplikit("credentials", "--role", "shop-authRole", *place).status == 0
    ran = amplikit("credentials", "--role", "local-admin", *place)
    assert ran.codes() == ["unknown-role"]
    assert (project / ".amplikit" / "identity.sqlite").is_file()


PLANS = """\
[[keys]]
name = "partner"
usage_plan = "p"
[[keys]]
name = "watched"
usage_plan = "w"
[usage_plans.p]
mechanism = "gateway"
rate = 0.5
burst = 3
quota = { limit = 10, period = "MONTH" }
[usage_plans.w]
mechanism = "waf"
limit = 100
"""


def test_what_keys_have_used_and_what_is_left_is_shown(
    amplikit: Amplikit, project: Path
) -> None:
    (project / "amplify-config" / "api-keys.toml").write_text(PLANS)
    place = ("--project", str(project))
    listed = json.loads(amplikit("usage", *place, "--json").out)
    partner, watched = listed
    resets = partner.pop("resets")
    assert resets.endswith("-01T00:00:00+00:00")
    assert partner == {
        "id": partner["id"],
        "name": "partner",
        "usage_plan": "p",
        "mechanism": "gateway",
        "rate": 0.5,
        "burst": 3,
        "limit": None,
        "window": None,
        "quota": {"limit": 10, "period": "MONTH"},
        "used_today": 0,
        "used": 0,
        "remaining": 10,
    }
    assert (watched["limit"], watched["window"]) == (100, 300)
    assert (watched["used_today"], watched["remaining"]) == (0, None)
    only = amplikit("usage", "watched", *place, "--json").out
    assert json.loads(only) == [watched]
    table = amplikit("usage", *place).out
    assert "0.5/s, burst 3, 10 a MONTH" in table
    assert "100 in 300 s" in table
    keys = json.loads(amplikit("keys", "list", *place, "--json").out)
    assert {key["name"]: key.get("remaining") for key in keys} == {
        "default": None,
        "partner": 10,
        "watched": None,
    }
    assert "LEFT" in amplikit("keys", "list", *place).out


def test_a_key_without_a_usage_plan_has_no_usage(
    amplikit: Amplikit, project: Path
) -> None:
    (project / "amplify-config" / "api-keys.toml").write_text(PLANS)
    for name in ("default", "nobody"):
        ran = amplikit("usage", name, "--project", str(project), "--json")
        assert (ran.status, ran.codes()) == (1, ["unknown-api-key"])


def test_an_iam_user_has_a_long_term_key(amplikit: Amplikit, project: Path) -> None:
    (project / "amplify-config" / "identities.toml").write_text(
        '[[iam_users.ci.statements]]\nactions = ["appsync:*"]\nresources = ["*"]\n'
    )
    place = ("--project", str(project))
    shape = amplikit("credentials", "--iam-user", "ci", "--json", *place).document()
    assert sorted(shape) == ["AccessKeyId", "SecretAccessKey", "Version"]
    assert str(shape["AccessKeyId"]).startswith("AKIA")
    lines = amplikit("credentials", "--iam-user", "ci", *place).out.splitlines()
    assert lines[-1] == "unset AWS_SESSION_TOKEN"
    ran = amplikit("credentials", "--iam-user", "cd", "--json", *place)
    assert ran.codes() == ["unknown-iam-user"]
    ran = amplikit("credentials", "--iam-user", "ci", "--guest", "--json", *place)
    assert ran.codes() == ["option-invalid"]
