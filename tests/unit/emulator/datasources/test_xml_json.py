from __future__ import annotations

from decimal import Decimal

import pytest

from amplikit.emulator.datasources.results import Unreadable
from amplikit.emulator.datasources.xml_json import xml_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<a/>", {"a": ""}),
        ("<a>x</a>", {"a": "x"}),
        ("<a> 12 </a>", {"a": 12}),
        ("<a>-1.5e3</a>", {"a": Decimal("-1.5e3")}),
        ("<a>007</a>", {"a": "007"}),
        ("<a>true</a>", {"a": True}),
        ("<a>null</a>", {"a": None}),
        ("<a b='c'/>", {"a": {"b": "c"}}),
        ("<a b='c'>d</a>", {"a": {"b": "c", "content": "d"}}),
        ("<a><b/><b/><b>1</b></a>", {"a": {"b": ["", "", 1]}}),
        ("<a><![CDATA[<x>&]]></a>", {"a": "<x>&"}),
        ("<a>&lt;é</a>", {"a": "<é"}),
        (
            "<posts><post><id>1</id><title>Getting started</title></post></posts>",
            {"posts": {"post": {"id": 1, "title": "Getting started"}}},
        ),
    ],
)
def test_a_document_is_an_object(text: str, value: object) -> None:
    assert xml_value(text) == value


@pytest.mark.parametrize(
    "text",
    ["", "x", "<a>", "<a></b>", "<!DOCTYPE a><a/>", "<a>&nope;</a>", "<a/><b/>"],
)
def test_what_is_no_document_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        xml_value(text)
