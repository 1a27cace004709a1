"""The commands on items: tables, seed, snapshot, reset."""

from __future__ import annotations

import gzip
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.resources import Attribute, AttributeType, Table
from amplikit.store import SqliteStore
from amplikit.store.interface import GetRequest, Page, PutRequest, ScanRequest

from .conftest import Ran

if TYPE_CHECKING:
    from amplikit.store.interface import Item

Amplikit = Callable[..., Ran]

S = AttributeType.STRING
NOTE = Table("Note", Attribute("id", S))
ITEMS: list[Item] = [
    {
        "id": f"{n}",
        "n": n,
        "b": bytes((n,)),
        "s": frozenset("ab"),
        "l": [None, {"x": True}],
    }
    for n in range(20)
]
UNHEARD = "no subscriber hears of it"


@pytest.fixture
def data(tmp_path: Path) -> str:
    """Return a data folder with twenty notes."""
    folder = tmp_path / "data"
    with SqliteStore.open(folder, (NOTE,), schema_hash="x") as store:
        for item in ITEMS:
            store.put(PutRequest("Note", item))
    return str(folder)


def notes(data: str) -> list[Item]:
    with SqliteStore.open_as_it_is(Path(data)) as store:
        page = store.scan(ScanRequest("Note"))
        assert isinstance(page, Page)
        return sorted(page.items, key=lambda item: int(str(item["id"])))


def test_tables_are_listed_with_their_sizes(amplikit: Amplikit, data: str) -> None:
    ran = amplikit("tables", "list", "--data", data)
    assert ran.out.split("\n")[0].split() == ["NAME", "ITEMS", "BYTES"]
    found = json.loads(amplikit("tables", "list", "--data", data, "--json").out)
    assert found == [{"name": "Note", "items": 20, "bytes": 489, "indexes": []}]


@pytest.mark.parametrize("name", ["notes.json", "notes.json.gz"])
def test_what_is_exported_is_imported_again(
    amplikit: Amplikit, data: str, tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    place = ("--data", data)
    ran = amplikit("tables", "export", "Note", "--out", str(file), *place)
    assert (ran.status, ran.out) == (0, f"20 items of 'Note' are in {file}.\n")
    content = file.read_bytes()
    assert content.startswith(b"\x1f\x8b") == name.endswith(".gz")
    lines = (gzip.decompress(content) if name.endswith(".gz") else content).splitlines()
    assert len(lines) == 20
    assert all(list(json.loads(line)) == ["Item"] for line in lines)
    assert amplikit("reset", "--yes", *place).status == 0
    assert notes(data) == []
    ran = amplikit("tables", "import", "Note", str(file), *place)
    assert ran.status == 0
    assert UNHEARD in ran.out
    assert notes(data) == ITEMS
    assert {path.name for path in tmp_path.iterdir()} == {name, "data"}


def test_an_export_goes_to_stdout(amplikit: Amplikit, data: str) -> None:
    ran = amplikit("tables", "export", "Note", "--data", data)
    lines = [json.loads(line) for line in ran.out.splitlines()]
    first = next(line["Item"] for line in lines if line["Item"]["id"] == {"S": "1"})
    assert first == {
        "id": {"S": "1"},
        "n": {"N": "1"},
        "b": {"B": "AQ=="},
        "s": {"SS": ["a", "b"]},
        "l": {"L": [{"NULL": True}, {"M": {"x": {"BOOL": True}}}]},
    }


def test_a_bad_line_is_told_with_its_number_and_nothing_is_imported(
    amplikit: Amplikit, data: str, tmp_path: Path
) -> None:
    file = tmp_path / "bad.json"
    good = '{"Item": {"id": {"S": "new"}}}'
    bad = (
        "nope",
        "[]",
        '{"Items": {}}',
        '{"Item": []}',
        '{"Item": {"id": {"N": "1"}}}',
        '{"Item": {"id": {"S": 1}}}',
        '{"Item": {"id": {"S": "1"}, "n": {"N": "x"}}}',
        '{"Item": {"x": {"S": "1"}}}',
    )
    file.write_text("\n".join((good, "", *bad)), "utf-8")
    ran = amplikit("tables", "import", "Note", str(file), "--data", data, "--json")
    assert ran.status == 1
    problems = ran.problems()
    assert {problem["code"] for problem in problems} == {"import-line"}
    assert [problem["where"]["line"] for problem in problems] == list(range(3, 11))
    assert notes(data) == ITEMS


@pytest.mark.parametrize(
    "content", [b"\x1f\x8b", b"\x1f\x8bnot gzip at all", gzip.compress(b"{}" * 99)[:-9]]
)
def test_a_damaged_file_is_told(
    amplikit: Amplikit, data: str, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "bad.gz"
    file.write_bytes(content)
    ran = amplikit("tables", "import", "Note", str(file), "--data", data, "--json")
    assert ran.status == 1
    assert set(ran.codes()) <= {"file-unreadable", "import-line"}
    assert notes(data) == ITEMS


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("tables", "export", "Nope", "--out", "nope.json"), "unknown-table"),
        (("tables", "export", "Note"), "option-invalid"),
        (("tables", "export", "Note", "--out", "/proc/x"), "file-not-writable"),
        (("tables", "import", "Nope", "/dev/null"), "unknown-table"),
        (("tables", "import", "Note", "/nowhere"), "file-unreadable"),
        (("snapshot", "restore", "nope"), "unknown-snapshot"),
        (("snapshot", "delete", "nope"), "unknown-snapshot"),
        (("snapshot", "save", "../x"), "snapshot-name"),
        (("snapshot", "save", ".x"), "snapshot-name"),
        (("snapshot", "save", ""), "snapshot-name"),
        (("reset", "--table", "Nope", "--yes"), "unknown-table"),
        (("reset",), "needs-yes"),
    ],
)
def test_what_cannot_be_done_is_told(
    amplikit: Amplikit, data: str, arguments: tuple[str, ...], code: str
) -> None:
    ran = amplikit(*arguments, "--data", data, "--json")
    assert (ran.status, ran.codes()) == (1, [code])
    assert notes(data) == ITEMS


@pytest.mark.parametrize(
    "arguments",
    [
        ("tables", "list"),
        ("tables", "export", "Note"),
        ("tables", "import", "Note", os.devnull),
        ("snapshot", "save", "x"),
        ("reset", "--yes"),
    ],
    ids=" ".join,
)
def test_a_folder_without_items_is_told_and_none_is_made(
    amplikit: Amplikit, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    folder = tmp_path / "none"
    ran = amplikit(*arguments, "--data", str(folder))
    assert ran.status == 1
    assert "[data-folder-without-items]" in ran.err
    assert not folder.exists()


def test_a_snapshot_brings_the_items_back_beside_a_server(
    amplikit: Amplikit, data: str
) -> None:
    place = ("--data", data)
    with SqliteStore.open_as_it_is(Path(data)) as server:
        assert server.get(GetRequest("Note", {"id": "1"})) == ITEMS[1]
        assert amplikit("snapshot", "save", "before", *place).status == 0
        assert amplikit("reset", "--yes", *place).out.startswith("20 items are deleted")
        assert server.get(GetRequest("Note", {"id": "1"})) is None
        again = amplikit("snapshot", "save", "before", *place, "--json")
        assert again.codes() == ["snapshot-exists"]
        assert amplikit("snapshot", "restore", "before", *place).status == 0
        assert server.get(GetRequest("Note", {"id": "1"})) == ITEMS[1]
    (listed,) = json.loads(amplikit("snapshot", "list", *place, "--json").out)
    assert listed["name"] == "before"
    file = Path(data) / "snapshots" / "before.sqlite3"
    assert listed["bytes"] == file.stat().st_size
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert amplikit("snapshot", "save", "before", "--replace", *place).status == 0
    assert amplikit("snapshot", "delete", "before", *place).status == 0
    assert amplikit("snapshot", "list", *place, "--json").out == "[]\n"


def test_one_table_is_reset(amplikit: Amplikit, data: str) -> None:
    with SqliteStore.open_as_it_is(Path(data)) as store:
        store.create_table(Table("mine", Attribute("k", S)))
        store.put(PutRequest("mine", {"k": "1"}))
    ran = amplikit("reset", "--table", "mine", "--yes", "--data", data, "--json")
    assert ran.document() == {"ok": True, "deleted": 1}
    assert notes(data) == ITEMS


def seed(amplikit: Amplikit, project: Path, document: object, *more: str) -> Ran:
    file = project / "seed.json"
    file.write_text(json.dumps(document), "utf-8")
    return amplikit("seed", str(file), "--project", str(project), *more)


def test_seeded_items_are_as_the_create_mutation_writes_them(
    amplikit: Amplikit, project: Path
) -> None:
    ran = seed(amplikit, project, {"Note": [{"id": "1", "text": "a"}, {"text": "b"}]})
    assert ran.status == 0
    assert UNHEARD in ran.out
    with SqliteStore.open_as_it_is(project / ".amplikit") as store:
        page = store.scan(ScanRequest("Note"))
    assert isinstance(page, Page)
    for item in page.items:
        assert set(item) == {"id", "text", "createdAt", "updatedAt", "__typename"}
        assert item["__typename"] == "Note"
    assert sorted(str(item["text"]) for item in page.items) == ["a", "b"]


def test_items_that_are_there_are_written_over_only_when_asked(
    amplikit: Amplikit, project: Path
) -> None:
    note = {"Note": [{"id": "1", "text": "a"}]}
    assert seed(amplikit, project, note).status == 0
    changed = {"Note": [{"id": "2", "text": "new"}, {"id": "1", "text": "b"}]}
    refused = seed(amplikit, project, changed, "--json")
    assert refused.codes() == ["seed-item"]
    assert "Note[1]" in refused.problems()[0]["message"]
    with SqliteStore.open_as_it_is(project / ".amplikit") as store:
        assert store.get(GetRequest("Note", {"id": "2"})) is None
    replaced = seed(amplikit, project, changed, "--replace", "--json")
    assert replaced.document() == {"ok": True, "items": {"Note": 2}}
    with SqliteStore.open_as_it_is(project / ".amplikit") as store:
        found = store.get(GetRequest("Note", {"id": "1"}))
    assert isinstance(found, dict)
    assert found["text"] == "b"


@pytest.mark.parametrize(
    ("document", "code", "told"),
    [
        ([], "seed-file", "object of lists"),
        ({"Note": {}}, "seed-file", "object of lists"),
        ({"Note": [1]}, "seed-file", "object of lists"),
        ({"Nota": []}, "unknown-model", "'Nota'"),
        ({"Note": [{"texts": "x"}]}, "seed-item", "Did you mean 'text'?"),
        ({"Note": [{"text": 1}]}, "seed-item", "'text'"),
        ({"Note": [{"id": ""}]}, "seed-item", "empty string"),
    ],
)
def test_a_seed_that_does_not_fit_the_schema_is_told_and_nothing_is_written(
    amplikit: Amplikit, project: Path, document: object, code: str, told: str
) -> None:
    ran = seed(amplikit, project, document, "--json")
    assert (ran.status, ran.codes()) == (1, [code])
    assert told in json.dumps(ran.problems(), ensure_ascii=False)
    listed = amplikit("tables", "list", "--project", str(project), "--json")
    assert [table["items"] for table in json.loads(listed.out)] == [0]
