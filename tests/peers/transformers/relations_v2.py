"""Made-up relations of v2: pairs of fields, mostly as the documentation has them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chances_v2 import call, texts

if TYPE_CHECKING:
    from chances_v2 import Chances


@dataclass
class Shape:
    """A model while it is made up: its key, and its fields by name."""

    name: str
    key: tuple[str, ...] = ("id",)
    fields: dict[str, str] = field(default_factory=dict)
    more: dict[str, list[str]] = field(default_factory=dict)
    ruled: bool = False

    def key_types(self) -> list[str]:
        """Return the types of the key's fields."""
        return [self.fields.get(name, "ID!").rstrip("!") for name in self.key]

    def add(self, name: str, kind: str, *directives: str) -> None:
        """Add a field unless there is one of this name."""
        if name not in self.fields:
            self.fields[name] = kind
            self.more.setdefault(name, []).extend(directives)


def relate(chances: Chances, shapes: list[Shape], number: int) -> None:
    """Add one relation to the models."""
    one, other = chances.pick(*shapes), chances.pick(*shapes)
    # Of two models, either all relations go by references, or none.
    referred = (len(one.name) + len(other.name)) % 3 == 0
    by_name = (_by_references, _by_references, _one_by_references)
    made = (_has_one, _has_many, _has_many, _many_to_many, _by_fields, _belongs_alone)
    if chances.wrong():
        referred = not referred
    recipe = chances.pick(*(by_name if referred else made))
    recipe(chances, one, other, number)


def _limit(chances: Chances) -> list[str]:
    return [f"limit: {chances.pick(1, 5, 100, 1000)}"] if chances.chance(0.2) else []


def _single(chances: Chances, other: Shape) -> str:
    return other.name + ("!" if chances.wrong() else "")


def _many(chances: Chances, other: Shape, *, required: bool = False) -> str:
    if chances.wrong():
        return other.name
    name = other.name
    if chances.wrong():
        return chances.pick(f"[{name}]!", f"[{name}!]!")
    if required:
        return f"[{name}]"
    return chances.pick(f"[{name}]", f"[{name}!]")


def _has_one(chances: Chances, one: Shape, other: Shape, number: int) -> None:
    one.add(f"one{number}", _single(chances, other), "@hasOne")
    if chances.chance(0.5):
        other.add(f"back{number}", _single(chances, one), "@belongsTo")


def _has_many(chances: Chances, one: Shape, other: Shape, number: int) -> None:
    many = call("hasMany", _limit(chances))
    one.add(
        chances.pick(f"many{number}", f"many_{number}s"), _many(chances, other), many
    )
    if chances.chance(0.5):
        other.add(f"back{number}", _single(chances, one), "@belongsTo")


def _belongs_alone(chances: Chances, one: Shape, other: Shape, number: int) -> None:
    if chances.wrong():
        one.add(f"back{number}", _single(chances, other), "@belongsTo")
        return
    names = _held(one, other, f"of{number}", chances)
    kind = chances.pick("hasOne", "hasOne", "belongsTo")
    if kind == "belongsTo":
        other.add(f"one{number}", one.name, "@hasOne")
    one.add(
        f"back{number}",
        _single(chances, other),
        call(kind, [f"fields: {texts(names)}"]),
    )


def _held(holder: Shape, target: Shape, begin: str, chances: Chances) -> list[str]:
    """Add fields to the holder that hold the target's key."""
    names, end = [], chances.pick("", "", "!")
    for part, kind in zip(target.key, target.key_types(), strict=True):
        name = f"{begin}{part[:1].upper()}{part[1:]}"
        wrong = chances.wrong()
        holder.add(name, ("Int" if wrong else kind) + ("!" if chances.wrong() else end))
        names.append(name)
    if chances.wrong():
        names = names[:-1] or ["nowhere"]
    return names


def _by_references(chances: Chances, one: Shape, other: Shape, number: int) -> None:
    names = _held(other, one, f"ref{number}", chances)
    given = f"references: {texts(names)}"
    one.add(
        f"many{number}",
        _many(chances, other, required=True),
        call("hasMany", [given, *_limit(chances)]),
    )
    if not chances.wrong():
        more = []
        if chances.chance(0.15):
            more = [f'overrideIndexName: "{chances.pick("gsi-other", "my_index")}"']
        other.add(
            f"back{number}", _single(chances, one), call("belongsTo", [given, *more])
        )


def _one_by_references(chances: Chances, one: Shape, other: Shape, number: int) -> None:
    names = _held(other, one, f"ref{number}", chances)
    given = f"references: {texts(names)}"
    one.add(f"one{number}", _single(chances, other), call("hasOne", [given]))
    if not chances.wrong():
        other.add(f"back{number}", _single(chances, one), call("belongsTo", [given]))


def _by_fields(chances: Chances, one: Shape, other: Shape, number: int) -> None:
    """Read the other model by an index of its own."""
    first = one.key_types()[0] if one.fields.get(one.key[0]) else "ID"
    hash_name, index = f"of{number}", f"by{chances.pick('One', 'two', '_3')}{number}"
    sort = []
    if chances.chance(0.6):
        sort = [f"sort{number}{letter}" for letter in chances.pick("a", "a", "ab")]
    for name in sort:
        other.add(name, chances.pick("String", "Int", "AWSDateTime", "ID", "String!"))
    given = [f'name: "{index}"']
    if sort:
        given.append(f"sortKeyFields: {texts(sort)}")
    if chances.chance(0.3):
        given.append(f'queryField: "{chances.pick(f"find{number}", f"x_{number}")}"')
    other.add(hash_name, first + chances.pick("", "!"), call("index", given))
    fields = [one.key[0]]
    if sort and chances.chance(0.25):
        one.add(f"at{number}", other.fields[sort[0]])
        fields.append(f"at{number}")
    name = "byNowhere" if chances.wrong() else index
    many = call(
        "hasMany",
        [f'indexName: "{name}"', f"fields: {texts(fields)}", *_limit(chances)],
    )
    one.add(f"many{number}", _many(chances, other), many)
    if chances.chance(0.4) and len(one.key) == 1:
        back = call("belongsTo", [f"fields: {texts([hash_name])}"])
        other.add(f"back{number}", _single(chances, one), back)


def _many_to_many(chances: Chances, one: Shape, other: Shape, number: int) -> None:
    if one is other and not chances.wrong():
        return
    name = chances.pick(
        f"pair{number}", f"PairOf{number}", f"pair_{number}", f"Tags{number}"
    )
    for side, held in ((one, other), (other, one)):
        given = [f'relationName: "{name}"', *_limit(chances)]
        if not chances.wrong():
            side.add(f"links{number}", _many(chances, held), call("manyToMany", given))
