"""Made-up schemas of one model, its rules kept as data beside their text."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

__all__ = ["Case", "Rule", "made"]

READS = {
    "v1": (None, ("read",), ("create", "update", "delete"), ("create",)),
    "v2": (
        None,
        ("read",),
        ("listen",),
        ("get", "list"),
        ("create", "update", "delete"),
    ),
}
OWNER_FIELDS = ("owner", "author", "editors")
GROUPS = ("Admin", "Staff")


@dataclass(frozen=True)
class Rule:
    """One ``@auth`` rule; ``field`` is the owner's or the groups' field."""

    allow: str
    operations: tuple[str, ...] | None
    field: str = ""
    provider: str = ""
    groups: tuple[str, ...] = ()

    @property
    def listens(self) -> bool:
        """Whether it is a rule about subscriptions."""
        asked = self.operations
        return asked is None or "read" in asked or "listen" in asked

    def text(self) -> str:
        """Return it as it is written."""
        parts = [f"allow: {self.allow}"]
        if self.field and self.allow == "owner" and self.field != "owner":
            parts.append(f'ownerField: "{self.field}"')
        if self.field and self.allow == "groups":
            parts.append(f'groupsField: "{self.field}"')
        if self.groups:
            names = ", ".join(f'"{name}"' for name in self.groups)
            parts.append(f"groups: [{names}]")
        if self.provider:
            parts.append(f"provider: {self.provider}")
        if self.operations is not None:
            parts.append(f"operations: [{', '.join(self.operations)}]")
        return f"{{ {', '.join(parts)} }}"


@dataclass(frozen=True)
class Case:
    """A schema; ``level`` is that of its subscriptions, None where none is written."""

    transformer: str
    rules: tuple[Rule, ...]
    level: str | None

    @property
    def sdl(self) -> str:
        """Return the schema's text."""
        written = f"(subscriptions: {{level: {self.level}}})"
        level = "" if self.level is None else written
        rules = ", ".join(rule.text() for rule in self.rules)
        auth = f" @auth(rules: [{rules}])" if self.rules else ""
        return f"""
type Note @model{level}{auth} {{
  id: ID!
  title: String!
  text: String
  count: Int
  score: Float
  live: Boolean
  tags: [String]
  kind: Kind
  owner: String
  author: String
  editors: [String]
  team: String
  teams: [String]
}}
enum Kind {{ SMALL LARGE }}
type Subscription {{
  onNote(text: String, count: Int, score: Float, live: Boolean, tags: [String],
    kind: Kind, id: ID, other: String): Note
    @aws_subscribe(mutations: ["createNote", "updateNote", "deleteNote"])
    @aws_api_key @aws_iam @aws_cognito_user_pools
}}
"""


def made(seed: int) -> Case:
    """Return the schema of a number."""
    random = Random(seed)
    transformer = random.choice(("v1", "v2"))
    rules: dict[tuple[str, str, str], Rule] = {}
    for _ in range(random.choice((0, 1, 1, 2, 2, 3, 4))):
        rule = _rule(random, transformer)
        # Two rules of one role do not compile.
        rules.setdefault((rule.allow, rule.field, rule.provider), rule)
    chosen = tuple(rules.values())
    if transformer == "v1" and chosen and random.random() < 0.8:
        # Who writes for others: a function, by IAM.
        writes = ("create", "update", "delete")
        if not any(rule.provider == "iam" for rule in chosen):
            chosen = (*chosen, Rule("private", writes, provider="iam"))
    level = random.choice((None, None, None, "on", "public", "off"))
    return Case(transformer, chosen, level)


def _rule(random: Random, transformer: str) -> Rule:
    operations = random.choice((*READS[transformer], None, ("read",)))
    match random.choice(
        ("owner", "owner", "owner", "static", "dynamic", "dynamic", "private", "public")
    ):
        case "owner":
            return Rule("owner", operations, random.choice(OWNER_FIELDS))
        case "static":
            groups = tuple(random.sample(GROUPS, random.choice((1, 2))))
            return Rule("groups", operations, groups=groups)
        case "dynamic":
            return Rule("groups", operations, random.choice(("team", "teams")))
        case "private":
            return Rule("private", operations, provider=random.choice(("", "iam")))
        case _:
            return Rule("public", operations, provider=random.choice(("", "iam")))
