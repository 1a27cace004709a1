import json
from collections.abc import Callable
from pathlib import Path

import pytest

from amplikit.blueprint.resources import Attribute, AttributeType, Table, TableIndex
from amplikit.cli._compile import table_json

from .conftest import SCHEMA, Ran

Amplikit = Callable[..., Ran]
Stdin = Callable[[bytes], None]

AUTH = '{"default": "API_KEY"}'
TITEL = """\
type Post @model @key(name: "byTitle", fields: ["titel"], queryField: "byTitle") {
  id: ID!
  title: String!
}
"""


def test_a_project_is_compiled_to_the_contracts_document(
    amplikit: Amplikit, project: Path
) -> None:
    ran = amplikit("compile", "--project", str(project), "--json")
    document = ran.document()
    assert (ran.status, ran.err) == (0, "")
    assert list(document) == ["ok", "transformer", "schema", "tables", "problems"]
    assert (document["ok"], document["transformer"]) == (True, "v2")
    assert "createNote(" in str(document["schema"])
    assert document["problems"] == []
    assert document["tables"] == [
        {
            "name": "Note",
            "keySchema": [{"name": "id", "type": "HASH"}],
            "attributes": [{"name": "id", "type": "S"}],
            "gsis": [],
            "lsis": [],
            "ttl": None,
        }
    ]


def test_a_schema_alone_compiles_to_the_same_document(
    amplikit: Amplikit, project: Path
) -> None:
    schema = ("--schema", str(project / "schema" / "note.graphql"))
    ran = amplikit("compile", *schema, "--transformer", "v2", "--auth", AUTH, "--json")
    of_project = amplikit("compile", "--project", str(project), "--json")
    assert ran.document() == of_project.document()


def test_without_json_the_sdl_is_printed_as_it_is(
    amplikit: Amplikit, project: Path
) -> None:
    place = ("--project", str(project))
    document = amplikit("compile", *place, "--json").document()
    ran = amplikit("compile", *place)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.strip() == str(document["schema"]).strip()


def test_an_unknown_field_in_a_key_is_told_where_it_stands(
    amplikit: Amplikit, tmp_path: Path
) -> None:
    schema = tmp_path / "post.graphql"
    schema.write_text(TITEL)
    command = ("compile", "--schema", str(schema), "--transformer", "v1")
    ran = amplikit(*command, "--auth", AUTH, "--json")
    (problem,) = ran.problems()
    assert ran.status == 1
    assert problem["where"]["file"] == str(schema)
    assert problem["where"]["line"] == 1
    assert "Did you mean 'title'?" in f"{problem['message']} {problem['hint']}"
    told = amplikit(*command, "--auth", AUTH)
    assert (told.status, told.out) == (1, "")
    assert '1 | type Post @model @key(name: "byTitle"' in told.err
    assert "Traceback" not in told.err


INPUTS = [
    pytest.param(("--transformer", "v1"), ["auth-missing"], id="no modes"),
    pytest.param(("--auth", AUTH), ["transformer-missing"], id="no transformer"),
    pytest.param((), ["transformer-missing", "auth-missing"], id="neither"),
    pytest.param(
        ("--transformer", "v3", "--auth", AUTH), ["option-invalid"], id="transformer v3"
    ),
    pytest.param(
        ("--transformer", "v1", "--auth", "{"), ["json-syntax"], id="modes no JSON"
    ),
    pytest.param(
        ("--transformer", "v1", "--auth", AUTH, "--out", "x"),
        ["not-in-this-version"],
        id="out",
    ),
]


@pytest.mark.parametrize(("arguments", "codes"), INPUTS)
def test_what_is_missing_or_wrong_is_told(
    amplikit: Amplikit, project: Path, arguments: tuple[str, ...], codes: list[str]
) -> None:
    schema = ("--schema", str(project / "schema"))
    ran = amplikit("compile", *schema, *arguments, "--json")
    assert (ran.status, ran.err, ran.codes()) == (1, "", codes)


def test_an_unknown_config_key_is_told_with_its_line_and_a_caret(
    amplikit: Amplikit, project: Path
) -> None:
    place = "amplify-config/api.toml"
    path = project / place
    path.write_text(path.read_text().replace("[auth]", "[auht]"))
    ran = amplikit("check", "--project", str(project))
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.splitlines()[-4:] == [
        f"{place}:4:2: error: 'auht' is not a key of {place}. [unknown-config-key]",
        "  4 | [auht]",
        "    |  ^",
        "  Did you mean 'auth'?",
    ]


def test_check_says_what_there_is(amplikit: Amplikit, project: Path) -> None:
    ran = amplikit("check", "--project", str(project))
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("shop: transformer v2, 1 table")
    document = amplikit("check", "--project", str(project), "--json").document()
    assert document == {"ok": True, "transformer": "v2", "problems": []}


def test_check_does_not_pretend_what_it_cannot_do(
    amplikit: Amplikit, project: Path
) -> None:
    ran = amplikit("check", "--project", str(project), "--fidelity", "--json")
    assert (ran.status, ran.codes()) == (1, ["not-in-this-version"])


def test_config_shows_each_value_with_its_place(
    amplikit: Amplikit, project: Path
) -> None:
    place = ("--project", str(project))
    document = amplikit("config", *place, "--transformer", "v1", "--json").document()
    values = document["values"]
    assert isinstance(values, list)
    found = {value["key"]: value for value in values}
    assert found["api.name"] == {
        "key": "api.name",
        "value": "shop",
        "source": "amplify-config/api.toml",
        "where": {"file": "amplify-config/api.toml", "line": 1, "column": 1},
    }
    assert found["api.transformer"] == {
        "key": "api.transformer",
        "value": "v1",
        "source": "--transformer",
        "where": None,
    }
    assert found["api.region"]["source"] == "default"
    lines = [line.split() for line in amplikit("config", *place).out.splitlines()]
    assert ["api.name", '"shop"'] in [line[:2] for line in lines]


GOOD = {"id": 1, "transformer": "v2", "auth": {"default": "API_KEY"}, "schema": SCHEMA}
LINES = [
    pytest.param(json.dumps(GOOD).encode(), 1, None, id="a schema"),
    pytest.param(
        json.dumps(GOOD | {"id": {"a": ["b"]}}).encode(),
        {"a": ["b"]},
        None,
        id="any id",
    ),
    pytest.param(json.dumps(GOOD | {"flags": {}}).encode(), 1, None, id="no flags"),
    pytest.param(
        json.dumps({k: v for k, v in GOOD.items() if k != "id"}).encode(),
        None,
        None,
        id="no id",
    ),
    pytest.param(b"{", None, "request-invalid", id="no JSON"),
    pytest.param(b"\xff\xfe", None, "request-invalid", id="no text"),
    pytest.param(b"[1]", None, "request-invalid", id="no object"),
    pytest.param(b'{"id": 1e999}', None, "request-invalid", id="no JSON number"),
    pytest.param(b"[" * 100_000, None, "request-invalid", id="nested without end"),
    pytest.param(b'{"id": 2}', 2, "request-invalid", id="no schema"),
    pytest.param(b'{"id": 2, "x": 1}', 2, "request-invalid", id="unknown key"),
    pytest.param(
        json.dumps(GOOD | {"schema": ["x"]}).encode(),
        1,
        "request-invalid",
        id="schema that is no text",
    ),
    pytest.param(
        json.dumps(GOOD | {"transformer": None}).encode(),
        1,
        "transformer-missing",
        id="no transformer",
    ),
    pytest.param(
        json.dumps(GOOD | {"transformer": 2}).encode(),
        1,
        "option-invalid",
        id="transformer as a number",
    ),
    pytest.param(
        json.dumps(GOOD | {"auth": "API_KEY"}).encode(),
        1,
        "option-invalid",
        id="auth as text",
    ),
]


@pytest.mark.parametrize(("line", "identifier", "code"), LINES)
def test_each_line_of_a_batch_has_one_answer(
    amplikit: Amplikit, stdin: Stdin, line: bytes, identifier: object, code: str | None
) -> None:
    good = json.dumps(GOOD).encode()
    stdin(b"\n".join((good, line, b"", good)))
    ran = amplikit("compile", "--jsonl")
    first, answer, last = map(json.loads, ran.out.splitlines())
    assert (ran.status, ran.err) == (0, "")
    assert answer["id"] == identifier
    assert answer["ok"] is (code is None)
    assert [problem["code"] for problem in answer["problems"]] == [code] * bool(code)
    assert first == last
    assert first["ok"]


def test_a_reject_in_a_batch_has_its_line(amplikit: Amplikit, stdin: Stdin) -> None:
    stdin(json.dumps(GOOD | {"schema": "\n" + TITEL, "transformer": "v1"}).encode())
    (problem,) = json.loads(amplikit("compile", "--jsonl").out)["problems"]
    assert problem["where"]["line"] == 2


def test_an_empty_batch_has_no_answer(amplikit: Amplikit, stdin: Stdin) -> None:
    stdin(b"")
    assert amplikit("compile", "--jsonl") == Ran(0, "", "")


def test_a_table_has_the_shape_of_the_transformers_output() -> None:
    order, date, amount, rep = (
        Attribute(name, kind)
        for name, kind in (
            ("customer", AttributeType.STRING),
            ("date", AttributeType.STRING),
            ("amount", AttributeType.NUMBER),
            ("rep", AttributeType.STRING),
        )
    )
    table = Table(
        "Order",
        order,
        date,
        (
            TableIndex("byRep", rep, None, projection="INCLUDE", include=("x",)),
            TableIndex("byAmount", order, amount, local=True),
        ),
        ttl="_ttl",
    )
    assert table_json(table) == {
        "name": "Order",
        "keySchema": [
            {"name": "customer", "type": "HASH"},
            {"name": "date", "type": "RANGE"},
        ],
        "attributes": [
            {"name": "customer", "type": "S"},
            {"name": "date", "type": "S"},
            {"name": "rep", "type": "S"},
            {"name": "amount", "type": "N"},
        ],
        "gsis": [
            {
                "name": "byRep",
                "keys": [{"name": "rep", "type": "HASH"}],
                "projection": "INCLUDE",
                "nonKeyAttributes": ["x"],
            }
        ],
        "lsis": [
            {
                "name": "byAmount",
                "keys": [
                    {"name": "customer", "type": "HASH"},
                    {"name": "amount", "type": "RANGE"},
                ],
                "projection": "ALL",
            }
        ],
        "ttl": {"AttributeName": "_ttl", "Enabled": True},
    }
