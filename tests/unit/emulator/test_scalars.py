from __future__ import annotations

from decimal import Decimal

import pytest

from amplikit.emulator.scalars import AWS_SCALARS, BUILT_IN, NotCoercible, ReadyJson

SCALARS = {scalar.name: scalar for scalar in AWS_SCALARS}

ACCEPTED = {
    "AWSDate": [
        "1970-01-01",
        "1970-01-01Z",
        "1970-01-01-07:00",
        "1970-01-01+05:30",
        "1970-01-01+05:30:15",
        "2024-02-29",
    ],
    "AWSTime": ["12:00:34.", "12:00:34.000Z", "23:59", "12:00:34+05:30", "00:00:00"],
    "AWSDateTime": [
        "1930-01-01T16:00:00-07:00",
        "2021-01-01T00:00:00.000Z",
        "2021-01-01T00:00Z",
        "2021-01-01t00:00:00.123456789z",
    ],
    "AWSTimestamp": [0, -123123, 1631234567890, 2**63 - 1],
    "AWSEmail": ["a@example.com", "a@localhost", "a.b+c@x-y.example"],
    "AWSPhone": ["+1 555 764 4377", "555-764-4377", "+49 30 123456"],
    "AWSURL": ["https://amazon.com", "mailto:x@example.com", "ftp://a/b/c?d=//e"],
    "AWSIPAddress": ["127.0.0.1", "127.0.0.1/8", "1a2b:3c4b::1234:4567", "::1/64"],
}

REJECTED = {
    "AWSDate": [
        "1970-1-1",
        "19700101",
        "2021-02-30",
        "2021-01-01T00:00Z",
        "2021-13-01",
        "",
        5,
        None,
        "\u0661970-01-01",
        "2021-01-01\n",
    ],
    "AWSTime": ["24:00:00", "12", "12:00:34+0530", "12:60", 12],
    "AWSDateTime": [
        "2026-05-06T00:00:00.000",
        "2024-05-12T07:49:46+0000",
        "2021-01-01 00:00:00Z",
        "2021-02-29T00:00:00Z",
    ],
    "AWSTimestamp": [1.5, "123", True, 2**63, None, [1]],
    "AWSEmail": ["nobody", "a b@example.com", "@example.com", "a@", "a@-x.com"],
    "AWSPhone": ["call me", "12", "+", "555--764-4377", "1" * 16],
    "AWSURL": ["amazon.com", "https://a.com//b", "https:", "", "a b://c"],
    "AWSIPAddress": ["[::1]", "1.2.3", "256.0.0.1", "::1%eth0", "1.2.3.4/33"],
    "AWSJSON": ["{a:1}", "abc", "", {"a": 1}, 5, None, "NaN", "[" * 100_000],
}


def rows(table: dict[str, list[object]]) -> list[tuple[str, object]]:
    return [(name, value) for name, values in table.items() for value in values]


@pytest.mark.parametrize(("name", "value"), rows(ACCEPTED))
def test_an_accepted_value_comes_back_unchanged(name: str, value: object) -> None:
    assert SCALARS[name].parse(value) == value
    assert SCALARS[name].serialize(value) == value


@pytest.mark.parametrize(("name", "value"), rows(REJECTED))
def test_any_other_value_is_rejected(name: str, value: object) -> None:
    with pytest.raises(NotCoercible):
        SCALARS[name].parse(value)


def test_a_value_of_the_store_that_does_not_fit_is_told_as_the_service_does() -> None:
    with pytest.raises(NotCoercible) as raised:
        SCALARS["AWSDateTime"].serialize("2026-05-06T00:00:00.000")

    assert str(raised.value) == (
        "Unable to serialize `2026-05-06T00:00:00.000` as a valid DateTime Object."
    )


@pytest.mark.parametrize(
    ("text", "value", "back"),
    [
        ('{"a": 1.10}', {"a": Decimal("1.10")}, '{"a":1.1}'),
        ("[1]", [1], "[1]"),
        ("1", 1, "1"),
        ('"x"', "x", '"x"'),
        ("null", None, "null"),
        ("12345678901234567890", 12345678901234567890, "1.2345678901234567e19"),
    ],
)
def test_json_is_parsed_on_its_way_in_and_written_on_its_way_out(
    text: str, value: object, back: str
) -> None:
    json = SCALARS["AWSJSON"]

    assert json.parse(text) == value
    assert isinstance(json.serialize(value), str)
    if len(text) < 15:
        assert json.serialize(value) == back


def test_json_of_an_event_is_not_written_twice() -> None:
    assert SCALARS["AWSJSON"].serialize(ReadyJson('{"a":1}')) == '{"a":1}'


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("ID", 5, "5"),
        ("ID", True, "true"),
        ("String", Decimal("1.50"), "1.50"),
        ("String", {"a": 1, "b": [None, True]}, "{a=1, b=[null, true]}"),
        ("Int", Decimal(5), 5),
        ("Int", "7", 7),
        ("Int", 3.0, 3),
        ("Int", Decimal("1E+3"), 1000),
        ("Float", 3, 3.0),
        ("Float", "1.5", 1.5),
        ("Float", Decimal("1E+21"), 1e21),
        ("Boolean", 0, False),
        ("Boolean", Decimal(2), True),
        ("Boolean", "TRUE", True),
    ],
)
def test_output_of_the_built_in_scalars_is_lenient(
    name: str, value: object, expected: object
) -> None:
    assert BUILT_IN[name](value) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ID", {"a": 1}),
        ("Int", 2**31),
        ("Int", "1.5"),
        ("Int", True),
        ("Int", "9" * 5_000),
        ("Int", Decimal("1E+999999")),
        ("Float", "x"),
        ("Float", Decimal("1E+400")),
        ("Float", "1E+999999999999999999999"),
        ("Boolean", "yes"),
        ("Boolean", [1]),
    ],
)
def test_output_that_cannot_be_converted_is_refused(name: str, value: object) -> None:
    with pytest.raises(NotCoercible):
        BUILT_IN[name](value)
