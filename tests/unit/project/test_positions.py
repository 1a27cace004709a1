import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amplikit.project.positions import KeyPath, scan

DOCUMENT = '''\
# name = "not this one"
name = "x"  # [not.this]
"quoted \\u0041.key" = 'a = 1'
  dotted . inner."deep part" = """
fake = 1
""\\""""
list = [
    "one", # ]
    [2, 3],
    { a = 1, b = [4] },
]
[table.sub]
key = '\'\'\'[x]
y = 1'\'\'\'
[[rows]]
a = 1
[[rows]]
a = 2
[rows.child]
b = 3
[[rows.nested]]
c = 4
'''


@pytest.mark.parametrize(
    ("path", "place"),
    [
        pytest.param(("name",), (2, 1), id="key"),
        pytest.param(("quoted A.key",), (3, 1), id="quoted"),
        pytest.param(("dotted",), (4, 3), id="dotted, first part"),
        pytest.param(("dotted", "inner"), (4, 12), id="dotted, second part"),
        pytest.param(("dotted", "inner", "deep part"), (4, 18), id="dotted, last"),
        pytest.param(("list",), (7, 1), id="after a multi-line string"),
        pytest.param(("list", 0), (8, 5), id="element"),
        pytest.param(("list", 1, 1), (9, 9), id="element of an element"),
        pytest.param(("list", 2, "b"), (10, 14), id="key of an inline table"),
        pytest.param(("list", 2, "b", 0), (10, 19), id="element below it"),
        pytest.param(("table",), (12, 2), id="header, first part"),
        pytest.param(("table", "sub"), (12, 8), id="header, last part"),
        pytest.param(("table", "sub", "key"), (13, 1), id="key of a table"),
        pytest.param(("rows", 0), (15, 3), id="first table of an array"),
        pytest.param(("rows", 0, "a"), (16, 1), id="key in it"),
        pytest.param(("rows", 1), (17, 3), id="second table of an array"),
        pytest.param(("rows", 1, "a"), (18, 1), id="the same key in it"),
        pytest.param(("rows", 1, "child", "b"), (20, 1), id="table in an array"),
        pytest.param(("rows", 1, "nested", 0, "c"), (22, 1), id="array in an array"),
        pytest.param(("table", "missing"), (12, 2), id="absent: the table around it"),
        pytest.param(("missing",), (1, 1), id="absent at the top: the file"),
    ],
)
def test_a_key_is_where_it_is_written(path: KeyPath, place: tuple[int, int]) -> None:
    tomllib.loads(DOCUMENT)
    assert scan(DOCUMENT).of(path) == place


_KEYS = st.text("ab-_1", min_size=1, max_size=3) | st.text(max_size=4)
_SCALARS = st.integers() | st.booleans() | st.text(max_size=6) | st.just("]#,}\"'")
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3)
    ),
    max_leaves=8,
)


@given(values=st.dictionaries(_KEYS, _VALUES, max_size=4), as_tables=st.booleans())
def test_every_key_is_found_on_the_line_that_writes_it(
    values: dict[str, object], *, as_tables: bool
) -> None:
    text, lines = _write(values, as_tables=as_tables)
    assert tomllib.loads(text) == values
    found = scan(text)
    assert {key: found.of((key,))[0] for key in values} == lines


def _write(values: dict[str, object], *, as_tables: bool) -> tuple[str, dict[str, int]]:
    written: list[str] = []
    lines: dict[str, int] = {}
    ordered = sorted(values, key=lambda key: isinstance(values[key], dict))
    for key in ordered:
        value = values[key]
        lines[key] = len(written) + 1
        if as_tables and isinstance(value, dict):
            written.append(f"[ {_string(key)} ]")
            written += [f"{_string(k)} = {_inline(v)}" for k, v in value.items()]
        else:
            written.append(f"{_string(key)} = {_inline(value)} # comment = 1")
    return "\n".join(written), lines


def _inline(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _string(value)
        case list():
            return f"[{', '.join(map(_inline, value))}]"
        case dict():
            pairs = (f"{_string(key)} = {_inline(each)}" for key, each in value.items())
            return f"{{{', '.join(pairs)}}}"
        case _:
            return str(value)


def _string(text: str) -> str:
    escaped = (
        each if each.isalnum() and each.isascii() else f"\\U{ord(each):08X}"
        for each in text
    )
    return f'"{"".join(escaped)}"'
