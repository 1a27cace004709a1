import json
from pathlib import Path

import pytest

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.conflicts import ConflictHandler, Resolution
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.errors import ConfigInvalid
from amplikit.project import (
    Overrides,
    Source,
    config_without_project,
    overrides_from_json,
    overrides_from_options,
    parse_json,
    read_schema_paths,
)

AUTH = '{"default": "AMAZON_COGNITO_USER_POOLS", "additional": ["API_KEY", "AWS_IAM"]}'
MODES = AuthConfig(AuthMode.USER_POOLS, (AuthMode.API_KEY, AuthMode.IAM))


def codes(error: pytest.ExceptionInfo[ConfigInvalid]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_options_are_read_as_json() -> None:
    found = overrides_from_options("v1", AUTH, '{"improvePluralization": true}')
    flags = (("improvePluralization", True),)
    assert found == Overrides(Transformer.V1, MODES, flags)


def test_options_are_read_from_files(tmp_path: Path) -> None:
    (tmp_path / "auth.json").write_text(AUTH)
    found = overrides_from_options("v2", f"@{tmp_path / 'auth.json'}", None)
    assert found == Overrides(Transformer.V2, MODES)


def test_the_modes_may_stand_as_in_amplifys_files() -> None:
    auth = {
        "defaultAuthentication": {
            "authenticationType": "AMAZON_COGNITO_USER_POOLS",
            "userPoolConfig": {"userPoolId": "pool"},
        },
        "additionalAuthenticationProviders": [
            {"authenticationType": "API_KEY", "apiKeyConfig": {}},
            {"authenticationType": "AWS_IAM"},
        ],
    }
    assert overrides_from_json("v2", auth, None) == Overrides(Transformer.V2, MODES)


@pytest.mark.parametrize(
    "auth",
    [
        {"defaultAuthentication": {"apiKeyConfig": {}}},
        {"defaultAuthentication": {"authenticationType": "API"}},
        {"defaultAuthentication": None},
        {
            "defaultAuthentication": {"authenticationType": "API_KEY"},
            "additionalAuthenticationProviders": {"authenticationType": "AWS_IAM"},
        },
    ],
)
def test_what_amplifys_files_would_not_hold_is_refused(auth: object) -> None:
    with pytest.raises(ConfigInvalid) as error:
        overrides_from_json("v2", auth, None)
    assert codes(error) == ["option-invalid"]


def test_no_option_is_no_override() -> None:
    assert overrides_from_options(None, None, None) == Overrides()


def test_admin_roles_and_iam_access_become_configuration() -> None:
    flags = '{"adminRoles": ["adminRole-1"], "enableIamAccess": true}'
    config = config_without_project(overrides_from_options("v2", AUTH, flags))
    assert config.admin_role_names == ("adminRole-1",)
    assert config.iam_access


def test_a_flag_that_changes_nothing_is_a_warning() -> None:
    found = overrides_from_options("v1", AUTH, '{"improvePluralisation": true}')
    (problem,) = found.problems
    assert (problem.code, problem.severity) == ("unknown-flag", "warning")
    assert problem.hint == "Did you mean 'improvePluralization'?"


WRONG = [
    pytest.param("v3", AUTH, "{}", ["option-invalid"], id="transformer"),
    pytest.param("v1", "{", "{}", ["json-syntax"], id="no JSON"),
    pytest.param("v1", "@missing.json", "{}", ["file-unreadable"], id="no file"),
    pytest.param("v1", "[]", "{}", ["option-invalid"], id="auth as a list"),
    pytest.param("v1", "{}", "{}", ["option-invalid"], id="no default mode"),
    pytest.param(
        "v1", '{"default": "api_key"}', "{}", ["option-invalid"], id="no such mode"
    ),
    pytest.param("v1", '{"default": 1}', "{}", ["option-invalid"], id="mode as number"),
    pytest.param(
        "v1",
        '{"default": "API_KEY", "additional": ["API_KEY"]}',
        "{}",
        ["option-invalid"],
        id="mode twice",
    ),
    pytest.param(
        "v1",
        '{"default": "API_KEY", "additional": "AWS_IAM"}',
        "{}",
        ["option-invalid"],
        id="additional modes as text",
    ),
    pytest.param(
        "v1", '{"default": "API_KEY", "more": []}', "{}", ["option-invalid"], id="key"
    ),
    pytest.param("v1", AUTH, "[]", ["option-invalid"], id="flags as a list"),
    pytest.param(
        "v1", AUTH, '{"secondaryKeyAsGSI": 1}', ["option-invalid"], id="flag as number"
    ),
    pytest.param(
        "v1",
        AUTH,
        '{"ResolverConfig": {}}',
        ["unsupported-flag"],
        id="unsupported flag",
    ),
    pytest.param(
        "v1",
        AUTH,
        '{"ResolverConfig": {"project": {"ConflictHandler": "AUTOMERG"}}}',
        ["option-invalid"],
        id="unknown conflict handler",
    ),
    pytest.param(
        "v1",
        AUTH,
        '{"ResolverConfig": {"project": {"ConflictHandler": "LAMBDA"}}}',
        ["option-invalid"],
        id="conflict handler without its function",
    ),
    pytest.param(
        "v1", AUTH, '{"adminRoles": "x"}', ["option-invalid"], id="roles as text"
    ),
    pytest.param("v3", "{}", "[]", ["option-invalid"] * 3, id="all three"),
    pytest.param("v3", "{", "{", ["json-syntax"] * 2, id="two that cannot be read"),
]


@pytest.mark.parametrize(("transformer", "auth", "flags", "expected"), WRONG)
def test_what_is_wrong_with_the_options_is_told_at_once(
    transformer: str, auth: str, flags: str, expected: list[str]
) -> None:
    with pytest.raises(ConfigInvalid) as error:
        overrides_from_options(transformer, auth, flags)
    assert codes(error) == expected


@pytest.mark.parametrize("value", [1, [], {}, True, "V1", ""])
def test_a_transformer_of_another_type_is_refused(value: object) -> None:
    with pytest.raises(ConfigInvalid) as error:
        overrides_from_json(value, json.loads(AUTH), None)
    assert codes(error) == ["option-invalid"]


def test_without_a_project_everything_that_the_modes_need_is_there() -> None:
    config = config_without_project(Overrides(Transformer.V1, MODES))
    (key,) = config.api_keys
    (role,) = config.roles
    assert (key.usage_plan, key.expires_days) == (None, 7)
    assert role.name == "local-admin"
    assert ("appsync:*",) in [statement.actions for statement in role.statements]
    assert (config.functions, config.users, config.iam_access) == ((), (), False)


def test_without_a_project_transformer_and_modes_must_be_given() -> None:
    with pytest.raises(ConfigInvalid) as error:
        config_without_project(Overrides())
    assert codes(error) == ["transformer-missing", "auth-missing"]


def test_schema_paths_are_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "x.graphql").write_text("# x")
    (tmp_path / "a" / "y.graphql").write_text("# y")
    (tmp_path / "any.txt").write_text("# any")
    paths = [tmp_path / "any.txt", tmp_path / "a", tmp_path / "a" / "y.graphql"]
    assert read_schema_paths(paths) == (
        Source(str(tmp_path / "any.txt"), "# any"),
        Source(str(tmp_path / "a" / "b" / "x.graphql"), "# x"),
        Source(str(tmp_path / "a" / "y.graphql"), "# y"),
    )


def test_all_schema_paths_that_hold_nothing_are_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "latin.graphql").write_bytes(b"\n# \xff")
    names = ("missing.graphql", "empty", "latin.graphql")
    with pytest.raises(ConfigInvalid) as error:
        read_schema_paths([tmp_path / name for name in names])
    assert codes(error) == ["file-unreadable", "schema-not-found", "file-not-utf8"]


def test_json_with_a_problem_is_told_by_line_and_column() -> None:
    with pytest.raises(ConfigInvalid) as error:
        parse_json('{\n  "a": }', "event.json")
    assert str(error.value.problems[0].where) == "event.json:2:8"


def test_conflict_handlers_are_read_as_amplify_writes_them() -> None:
    flags = """{"ResolverConfig": {
      "project": {"ConflictDetection": "VERSION", "ConflictHandler": "LAMBDA",
        "LambdaConflictHandler": {"name": "resolver-${env}", "region": "eu-west-1"}},
      "models": {"Post": {"ConflictDetection": "VERSION",
        "ConflictHandler": "OPTIMISTIC_CONCURRENCY"}, "Note": {}}
    }}"""
    conflicts = overrides_from_options("v1", AUTH, flags).conflicts
    assert conflicts is not None
    handler = ConflictHandler(Resolution.LAMBDA, "resolver-${env}")
    assert conflicts.handler("Note") == handler
    assert conflicts.handler("Post") == ConflictHandler(
        Resolution.OPTIMISTIC_CONCURRENCY
    )
