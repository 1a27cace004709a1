from collections.abc import Callable
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import (
    ApiKeyConfig,
    Config,
    FunctionConfig,
    Mechanism,
    Period,
    Quota,
    RoleConfig,
    Trigger,
    UsagePlan,
    UserConfig,
)
from amplikit.blueprint.conflicts import ConflictHandler, Resolution
from amplikit.blueprint.limits import ApiLimits
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.blueprint.resources import PolicyStatement
from amplikit.blueprint.user_pool import (
    Factor,
    Flow,
    Mfa,
    PasswordPolicy,
    SignInName,
    TokenEvent,
    UserPoolClient,
    UserPoolSettings,
)
from amplikit.errors import ConfigInvalid, Where
from amplikit.project import Overrides, Project, load

WriteProject = Callable[..., Path]

API = 'name = "shop"\ntransformer = "v2"\n[auth]\ndefault = "API_KEY"\n'
ROLE = """\
[[roles.writer.statements]]
actions = ["appsync:GraphQL"]
resources = ["types/Mutation/fields/createNote", "types/Note/*"]
"""


def problems_of(root: Path) -> list[tuple[str, str]]:
    with pytest.raises(ConfigInvalid) as raised:
        load(Project(root))
    return [(problem.code, str(problem.where)) for problem in raised.value.problems]


def test_the_smallest_project_has_the_defaults(write_project: WriteProject) -> None:
    loaded = load(Project(write_project()))
    assert loaded.config == Config(
        name="shop",
        transformer=Transformer.V2,
        auth=AuthConfig(AuthMode.API_KEY),
    )
    assert [source.file for source in loaded.sources] == ["schema/note.graphql"]


def test_everything_that_can_be_written_is_read(write_project: WriteProject) -> None:
    root = write_project(
        api=API + 'additional = ["AWS_IAM"]\n[flags]\nsecondaryKeyAsGSI = false\n'
        "[limits]\nquery_depth = 75\nresolver_count = 9\nintrospection = false\n",
        identities='groups = ["staff"]\nadmin_role_names = ["ops"]\niam_access = true\n'
        '[users.alice]\nemail = "a@example.org"\ngroups = ["staff"]\n' + ROLE,
        api_keys='[[keys]]\nname = "one"\nexpires_days = 365\nusage_plan = "p"\n'
        '[usage_plans.p]\nmechanism = "gateway"\nrate = 0.5\nburst = 1\n'
        'quota = { limit = 9, period = "WEEK", offset = 6 }\n'
        '[usage_plans.w]\nmechanism = "waf"\nlimit = 10\nwindow = 60\n',
        functions='[functions.f]\nfolder = "lambdas/f"\nhandler = "main.go"\n'
        'role = "writer"\ntriggers = ["PostConfirmation"]\ntimeout_s = 0.5\n'
        'memory_mb = 10240\nenvironment = { TABLE = "", A_1 = "x\\ny" }\n',
        environments="[environments.dev]\n[environments.prod]\n",
    )
    folder = root / "lambdas" / "f"
    folder.mkdir(parents=True)
    (folder / "main.py").touch()
    assert load(Project(root)).config == Config(
        name="shop",
        transformer=Transformer.V2,
        auth=AuthConfig(AuthMode.API_KEY, (AuthMode.IAM,)),
        flags=(("secondaryKeyAsGSI", False), ("enableIamAccess", True)),
        limits=ApiLimits(75, 9, introspection=False),
        groups=("staff",),
        users=(UserConfig("alice", "a@example.org", ("staff",)),),
        roles=(
            RoleConfig(
                "writer",
                (
                    PolicyStatement(
                        "Allow",
                        ("appsync:GraphQL",),
                        ("types/Mutation/fields/createNote", "types/Note/*"),
                    ),
                ),
            ),
        ),
        admin_role_names=("ops",),
        iam_access=True,
        api_keys=(ApiKeyConfig("one", 365, "p"),),
        usage_plans=(
            UsagePlan("p", Mechanism.GATEWAY, 0.5, 1, Quota(9, Period.WEEK, 6)),
            UsagePlan("w", Mechanism.WAF, limit=10, window_s=60),
        ),
        functions=(
            FunctionConfig(
                "f",
                folder,
                "writer",
                "main.go",
                (("TABLE", ""), ("A_1", "x\ny")),
                (Trigger.POST_CONFIRMATION,),
                0.5,
                10240,
            ),
        ),
        environments=("dev", "prod"),
    )


def case(name: str, *values: str) -> ParameterSet:
    return pytest.param(*values, id=name)


API_PROBLEMS = [
    case("unknown key", 'nmae = "x"\n' + API, "unknown-config-key", "1:1"),
    case("unknown key in a table", API + "adition = []", "unknown-config-key", "5:1"),
    case(
        "depth over 75",
        API + "[limits]\nquery_depth = 76",
        "config-value-invalid",
        "6:1",
    ),
    case("unknown limit", API + "[limits]\ndepth = 5", "unknown-config-key", "6:1"),
    case("unknown flag", API + "[flags]\nfoo = true", "unknown-config-key", "6:1"),
    case(
        "flag that is text",
        API + '[flags]\nimprovePluralization = "yes"',
        "config-value-type",
        "6:1",
    ),
    case(
        "name with a space",
        API.replace("shop", "my shop"),
        "config-value-invalid",
        "1:1",
    ),
    case(
        "name that is a number", API.replace('"shop"', "1"), "config-value-type", "1:1"
    ),
    case("no name", API.partition("\n")[2], "config-key-missing", "1:1"),
    case(
        "no transformer",
        API.replace('transformer = "v2"\n', ""),
        "transformer-missing",
        "1:1",
    ),
    case("transformer v3", API.replace("v2", "v3"), "config-value-invalid", "2:1"),
    case("no auth", API.partition("[auth]")[0], "auth-missing", "1:1"),
    case(
        "auth that is no table",
        API.replace("[auth]\ndefault", "auth"),
        "config-value-type",
        "3:1",
    ),
    case(
        "no default mode",
        API.replace("default =", "additional = [] #"),
        "config-key-missing",
        "3:2",
    ),
    case(
        "mode in lower case",
        API.replace("API_KEY", "api_key"),
        "config-value-invalid",
        "4:1",
    ),
    case(
        "mode twice",
        API + 'additional = ["AWS_IAM",\n "AWS_IAM"]',
        "config-value-twice",
        "6:2",
    ),
    case(
        "default mode again",
        API + 'additional = ["API_KEY"]',
        "config-value-twice",
        "5:15",
    ),
    case("region", 'region = "Europe"\n' + API, "config-value-invalid", "1:1"),
    case(
        "account as a number",
        "account = 123456789012\n" + API,
        "config-value-type",
        "1:1",
    ),
    case("no TOML", 'name = "x"\nname = "y"\n', "toml-syntax", "2:11"),
    case("an open string", 'name = "x', "toml-syntax", "1:10"),
    case("endless nesting", "a = " + "[" * 9999, "toml-syntax", "1:1"),
]


@pytest.mark.parametrize(("text", "code", "place"), API_PROBLEMS)
def test_a_problem_of_api_toml_is_told_where_it_stands(
    write_project: WriteProject, text: str, code: str, place: str
) -> None:
    root = write_project(api=text)
    assert problems_of(root) == [(code, f"amplify-config/api.toml:{place}")]


def test_what_the_user_pool_allows_is_read(write_project: WriteProject) -> None:
    text = """
[user_pool]
mfa = "ON"
second_factors = ["SOFTWARE_TOKEN_MFA"]
username_attributes = ["email"]
verified_by = ["email", "phone_number"]
required_attributes = ["email", "name"]
custom_attributes = ["tenant"]
self_sign_up = false
pre_token_generation = "V2_0"
password_policy = { minimum_length = 12, symbols = false, temporary_days = 2 }

[user_pool.clients.web]
secret = true
flows = ["ALLOW_USER_SRP_AUTH"]
access_token_minutes = 5
id_token_minutes = 10
refresh_token_days = 1
session_minutes = 15
prevent_user_existence_errors = false
token_revocation = false
refresh_token_rotation = true
read_attributes = ["email"]
write_attributes = []
oauth_flows = ["code"]
scopes = ["openid"]
callback_urls = ["http://localhost:3000"]
logout_urls = ["http://localhost:3000/bye"]
"""
    config = load(Project(write_project(identities=text))).config
    assert config.user_pool == UserPoolSettings(
        mfa=Mfa.ON,
        factors=(Factor.TOTP,),
        password_policy=PasswordPolicy(12, require_symbols=False, temporary_days=2),
        username_attributes=(SignInName.EMAIL,),
        verified_by=(SignInName.EMAIL, SignInName.PHONE_NUMBER),
        required_attributes=("email", "name"),
        custom_attributes=("tenant",),
        self_sign_up=False,
        token_event=TokenEvent.V2,
    )
    assert config.user_pool_clients == (
        UserPoolClient(
            name="web",
            has_secret=True,
            flows=(Flow.SRP,),
            access_token_s=300,
            id_token_s=600,
            refresh_token_s=86_400,
            session_minutes=15,
            hides_users=False,
            revokes_tokens=False,
            rotates_tokens=True,
            read_attributes=("email",),
            write_attributes=(),
            oauth_flows=("code",),
            scopes=("openid",),
            callback_urls=("http://localhost:3000",),
            logout_urls=("http://localhost:3000/bye",),
        ),
    )


OTHER_PROBLEMS = [
    case(
        "factors of nothing",
        "identities",
        "[user_pool]\nsecond_factors = []",
        "config-value-invalid",
        "2:1",
    ),
    case(
        "unknown flow",
        "identities",
        '[user_pool.clients.a]\nflows = ["SRP"]',
        "config-value-invalid",
        "2:10",
    ),
    case(
        "custom attribute with its prefix",
        "identities",
        '[user_pool]\ncustom_attributes = ["custom:a"]',
        "config-value-invalid",
        "2:22",
    ),
    case(
        "short passwords",
        "identities",
        "[user_pool.password_policy]\nminimum_length = 5",
        "config-value-invalid",
        "2:1",
    ),
    case(
        "unknown key of the pool",
        "identities",
        "[user_pool]\nmfaa = 1",
        "unknown-config-key",
        "2:1",
    ),
    case(
        "user of no group",
        "identities",
        '[users.al]\ngroups = ["x"]',
        "unknown-group",
        "2:11",
    ),
    case(
        "user without at sign",
        "identities",
        '[users.al]\nemail = "x"',
        "config-value-invalid",
        "2:1",
    ),
    case("user as text", "identities", 'users.al = "x"', "config-value-type", "1:7"),
    case(
        "role name with a slash",
        "identities",
        f'{ROLE}\n[[roles."a/b".statements]]\nactions = ["*"]\nresources = ["*"]',
        "config-value-invalid",
        "5:9",
    ),
    case(
        "role without statements",
        "identities",
        "[roles.r]",
        "config-key-missing",
        "1:8",
    ),
    case(
        "statement without actions",
        "identities",
        '[[roles.r.statements]]\nresources = ["*"]',
        "config-key-missing",
        "1:11",
    ),
    case(
        "effect", "identities", ROLE + 'effect = "allow"', "config-value-invalid", "4:1"
    ),
    case(
        "action",
        "identities",
        ROLE.replace("appsync:GraphQL", "GraphQL"),
        "config-value-invalid",
        "2:12",
    ),
    case(
        "resource",
        "identities",
        ROLE.replace("types/Note/*", "Note"),
        "config-value-invalid",
        "3:50",
    ),
    case(
        "statement that is text",
        "identities",
        '[roles.r]\nstatements = ["x"]',
        "config-value-type",
        "2:15",
    ),
    case(
        "key for 0 days",
        "api_keys",
        '[[keys]]\nname = "k"\nexpires_days = 0',
        "config-value-invalid",
        "3:1",
    ),
    case(
        "key for 366 days",
        "api_keys",
        '[[keys]]\nname = "k"\nexpires_days = 366',
        "config-value-invalid",
        "3:1",
    ),
    case(
        "key for true days",
        "api_keys",
        '[[keys]]\nname = "k"\nexpires_days = true',
        "config-value-type",
        "3:1",
    ),
    case("key without a name", "api_keys", "[[keys]]", "config-key-missing", "1:3"),
    case(
        "two keys of a name",
        "api_keys",
        '[[keys]]\nname = "k"\n[[keys]]\nname = "k"',
        "config-value-twice",
        "4:1",
    ),
    case(
        "key of no plan",
        "api_keys",
        '[[keys]]\nname = "k"\nusage_plan = "p"',
        "unknown-usage-plan",
        "3:1",
    ),
    case(
        "plan without mechanism",
        "api_keys",
        "[usage_plans.p]\nrate = 1",
        "config-key-missing",
        "1:14",
    ),
    case(
        "gateway without burst",
        "api_keys",
        '[usage_plans.p]\nmechanism = "gateway"\nrate = 1',
        "config-key-missing",
        "1:14",
    ),
    case(
        "gateway with a window",
        "api_keys",
        '[usage_plans.p]\nmechanism = "gateway"\nrate = 1\nburst = 1\nwindow = 60',
        "config-key-not-allowed",
        "5:1",
    ),
    case(
        "rate 0",
        "api_keys",
        '[usage_plans.p]\nmechanism = "gateway"\nrate = 0.0\nburst = 1',
        "config-value-invalid",
        "3:1",
    ),
    case(
        "rate nan",
        "api_keys",
        '[usage_plans.p]\nmechanism = "gateway"\nrate = nan\nburst = 1',
        "config-value-invalid",
        "3:1",
    ),
    case(
        "burst 0",
        "api_keys",
        '[usage_plans.p]\nmechanism = "gateway"\nrate = 1\nburst = 0',
        "config-value-invalid",
        "4:1",
    ),
    case(
        "day with an offset",
        "api_keys",
        '[usage_plans.p]\nmechanism = "gateway"\n'
        "rate = 1\nburst = 1\n"
        'quota = { limit = 1, period = "DAY", offset = 1 }',
        "config-value-invalid",
        "5:38",
    ),
    case(
        "quota per hour",
        "api_keys",
        '[usage_plans.p]\nmechanism = "gateway"\n'
        'rate = 1\nburst = 1\nquota = { limit = 1, period = "HOUR" }',
        "config-value-invalid",
        "5:22",
    ),
    case(
        "waf limit 9",
        "api_keys",
        '[usage_plans.p]\nmechanism = "waf"\nlimit = 9',
        "config-value-invalid",
        "3:1",
    ),
    case(
        "waf window 59",
        "api_keys",
        '[usage_plans.p]\nmechanism = "waf"\nlimit = 10\nwindow = 59',
        "config-value-invalid",
        "4:1",
    ),
    case(
        "waf window 90",
        "api_keys",
        '[usage_plans.p]\nmechanism = "waf"\nlimit = 10\nwindow = 90',
        "config-value-invalid",
        "4:1",
    ),
    case(
        "waf with burst",
        "api_keys",
        '[usage_plans.p]\nmechanism = "waf"\nlimit = 10\nburst = 5',
        "config-key-not-allowed",
        "4:1",
    ),
    case(
        "environment in capitals",
        "environments",
        "[environments.Dev]",
        "config-value-invalid",
        "1:15",
    ),
    case(
        "environment with a key",
        "environments",
        "[environments.dev]\nx = 1",
        "unknown-config-key",
        "2:1",
    ),
]


@pytest.mark.parametrize(("file", "text", "code", "place"), OTHER_PROBLEMS)
def test_a_problem_of_another_file_is_told_where_it_stands(
    write_project: WriteProject, file: str, text: str, code: str, place: str
) -> None:
    root = write_project(**{file: text})
    name = file.replace("_", "-")
    assert problems_of(root) == [(code, f"amplify-config/{name}.toml:{place}")]


FUNCTION = '[functions.f]\nfolder = "f"\nrole = "writer"\n'
FUNCTION_PROBLEMS = [
    case("no folder", FUNCTION.replace('"f"', '"g"'), "config-value-invalid", "2:1"),
    case(
        "folder outside",
        FUNCTION.replace('"f"', '"../f"'),
        "config-value-invalid",
        "2:1",
    ),
    case("no module", FUNCTION + 'handler = "m.h"', "config-value-invalid", "4:1"),
    case("handler", FUNCTION + 'handler = "handler"', "config-value-invalid", "4:1"),
    case("no role", FUNCTION.replace("writer", "reader"), "unknown-role", "3:1"),
    case(
        "trigger", FUNCTION + 'triggers = ["PostLunch"]', "config-value-invalid", "4:13"
    ),
    case(
        "trigger of two",
        FUNCTION
        + 'triggers = ["PostConfirmation"]\n'
        + FUNCTION.replace("functions.f", "functions.g")
        + 'triggers = ["PostConfirmation"]',
        "trigger-taken",
        "8:13",
    ),
    case("time-out", FUNCTION + "timeout_s = 901", "config-value-invalid", "4:1"),
    case("memory", FUNCTION + "memory_mb = 127", "config-value-invalid", "4:1"),
    case(
        "variable of Lambda",
        FUNCTION + 'environment.AWS_REGION = "x"',
        "config-value-invalid",
        "4:13",
    ),
    case(
        "variable with a dash",
        FUNCTION + 'environment.a-b = "x"',
        "config-value-invalid",
        "4:13",
    ),
    case(
        "variable as a number",
        FUNCTION + "environment.ab = 1",
        "config-value-type",
        "4:13",
    ),
]


@pytest.mark.parametrize(("text", "code", "place"), FUNCTION_PROBLEMS)
def test_a_problem_of_a_function_is_told_where_it_stands(
    write_project: WriteProject, text: str, code: str, place: str
) -> None:
    root = write_project(identities=ROLE, functions=text)
    (root / "f").mkdir()
    (root / "f" / "handler.py").touch()
    assert problems_of(root) == [(code, f"amplify-config/functions.toml:{place}")]


def test_the_problems_of_all_files_are_told_at_once_in_order(
    write_project: WriteProject,
) -> None:
    root = write_project(
        api=API + "x = 1\n", environments="y = 1\n", identities="z = 1\n", schema=None
    )
    assert problems_of(root) == [
        ("schema-not-found", "None"),
        ("unknown-config-key", "amplify-config/api.toml:5:1"),
        ("unknown-config-key", "amplify-config/environments.toml:1:1"),
        ("unknown-config-key", "amplify-config/identities.toml:1:1"),
    ]


def test_an_unknown_key_is_told_with_the_nearest_name(
    write_project: WriteProject,
) -> None:
    with pytest.raises(ConfigInvalid) as raised:
        load(Project(write_project(api=API.replace("transformer", "transfomer"))))
    hints = {problem.code: problem.hint for problem in raised.value.problems}
    assert hints["unknown-config-key"] == "Did you mean 'transformer'?"


def test_a_file_of_another_name_is_not_passed_over(write_project: WriteProject) -> None:
    assert problems_of(write_project(function="")) == [("unknown-config-file", "None")]


def test_a_project_without_api_toml_is_told_so(write_project: WriteProject) -> None:
    assert problems_of(write_project(api=None, environments="")) == [
        ("config-file-missing", "None")
    ]


def test_a_file_that_is_not_utf8_is_told_with_its_line(
    write_project: WriteProject,
) -> None:
    root = write_project()
    (root / "amplify-config" / "api.toml").write_bytes(API.encode() + b"# \xff\n")
    assert problems_of(root) == [("file-not-utf8", "amplify-config/api.toml:5:1")]


def test_a_byte_order_mark_and_windows_line_ends_are_read(
    write_project: WriteProject,
) -> None:
    root = write_project()
    path = root / "amplify-config" / "api.toml"
    path.write_bytes(b"\xef\xbb\xbf" + API.replace("\n", "\r\n").encode())
    assert load(Project(root)).config.name == "shop"


def test_schema_files_are_read_in_the_order_of_their_names(
    write_project: WriteProject,
) -> None:
    root = write_project()
    (root / "schema" / "a").mkdir()
    (root / "schema" / "a" / "z.graphql").write_text("# z")
    (root / "schema" / "b.graphql").write_text("# b")
    (root / "schema" / "note.txt").write_text("not a schema")
    (root / "schema.graphql").write_text("# s")
    names = [source.file for source in load(Project(root)).sources]
    assert names == [
        "schema/a/z.graphql",
        "schema/b.graphql",
        "schema/note.graphql",
        "schema.graphql",
    ]


def test_an_origin_names_the_place_or_the_default_or_the_option(
    write_project: WriteProject,
) -> None:
    overrides = Overrides(transformer=Transformer.V1)
    loaded = load(Project(write_project()), overrides)
    origins = {origin.key: origin for origin in loaded.origins}
    assert loaded.config.transformer is Transformer.V1
    assert origins["api.transformer"].source == "--transformer"
    assert origins["api.name"].where == Where("amplify-config/api.toml", 1, 1)
    assert origins["api.region"].source == "default"


def test_an_option_makes_up_for_what_api_toml_leaves_out(
    write_project: WriteProject,
) -> None:
    overrides = Overrides(Transformer.V1, AuthConfig(AuthMode.IAM))
    loaded = load(Project(write_project(api='name = "shop"')), overrides)
    assert loaded.config.auth == AuthConfig(AuthMode.IAM)


@pytest.mark.parametrize(("written", "flag"), [("true", "false"), ("false", "true")])
def test_two_files_that_contradict_each_other_are_told(
    write_project: WriteProject, written: str, flag: str
) -> None:
    root = write_project(
        api=f"{API}[flags]\nenableIamAccess = {flag}\n",
        identities=f"groups = []\niam_access = {written}\n",
    )
    with pytest.raises(ConfigInvalid) as caught:
        load(Project(root))
    (problem,) = caught.value.problems
    assert problem.code == "config-value-invalid"
    assert problem.where == Where("amplify-config/identities.toml", 2, 1)


def test_two_files_that_agree_are_fine(write_project: WriteProject) -> None:
    root = write_project(
        api=f"{API}[flags]\nenableIamAccess = true\n",
        identities="iam_access = true\n",
    )
    assert load(Project(root)).config.iam_access


def test_a_folder_of_lambdas_is_a_function_that_may_do_nothing(
    write_project: WriteProject,
) -> None:
    root = write_project(
        identities=ROLE, functions='[functions.named]\nrole = "writer"\n'
    )
    for name in ("named", "other", "no handler", "empty"):
        (root / "lambdas" / name).mkdir(parents=True)
        if name != "empty":
            (root / "lambdas" / name / "handler.py").touch()
    config = load(Project(root)).config
    assert config.functions == (
        FunctionConfig("named", root / "lambdas" / "named", "writer"),
        FunctionConfig("other", root / "lambdas" / "other", "other-role"),
    )
    assert [role.name for role in config.roles] == ["writer", "other-role"]
    assert config.roles[-1].statements == ()


def test_conflict_detection_is_switched_on_by_its_handler(
    write_project: WriteProject,
) -> None:
    conflicts = (
        '[conflicts]\nhandler = "AUTOMERGE"\n'
        '[conflicts.models.Note]\nhandler = "LAMBDA"\nfunction = "resolver"\n'
    )
    config = load(Project(write_project(api=API + conflicts))).config
    assert config.flags == (("ResolverConfig", True),)
    assert config.conflicts.handler("Post") == ConflictHandler()
    assert config.conflicts.handler("Note") == ConflictHandler(
        Resolution.LAMBDA, "resolver"
    )
