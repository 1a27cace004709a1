"""Who listens to what, who writes what, and exactly the events that come of it.

Data alone: the clients that play it are in ``test_events.py`` and, with amplify-js,
among the peers. ``~`` in a text is the pair's own prefix of ids.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

__all__ = ["AUTH", "FENCE", "FENCE_WRITE", "PAIRS", "SCHEMA", "USERS", "Pair"]

AUTH = {
    "default": "API_KEY",
    "additional": ["AMAZON_COGNITO_USER_POOLS", "AWS_IAM"],
}
# Name, and the options that make the user; ``iam`` is alice's identity of the pool.
USERS = {"alice": (), "bob": (), "carol": ("--group", "editors")}

_ALL = """{ allow: public } { allow: private } { allow: private, provider: iam }"""
SCHEMA = f"""
type Note @model @auth(rules: [{_ALL}]) {{
  id: ID! text: String topic: String rank: Int done: Boolean price: Float
}}
type Strict @model @auth(rules: [{_ALL}]) {{ id: ID! title: String! }}
type Fence @model @auth(rules: [{_ALL}]) {{ id: ID! }}
type Diary @model @auth(rules: [{{ allow: owner }}]) {{
  id: ID! text: String owner: String
}}
type Circle @model @auth(rules: [{{ allow: owner, ownerField: "members" }}]) {{
  id: ID! members: [String]
}}
type Team @model @auth(rules: [
  {{ allow: groups, groups: ["editors"] }} {{ allow: private, operations: [read] }}
]) {{ id: ID! text: String }}
type Board @model @auth(rules: [
  {{ allow: groups, groupsField: "groups" }} {{ allow: owner }}
]) {{ id: ID! groups: [String] owner: String }}
type Loud @model(subscriptions: {{ level: public }}) @auth(rules: [
  {{ allow: owner }} {{ allow: public, operations: [get] }}
]) {{ id: ID! owner: String }}
type Mute @model(subscriptions: {{ level: off }}) @auth(rules: [{_ALL}]) {{ id: ID! }}
type Subscription {{
  onTopic(topic: String): Note @aws_subscribe(mutations: ["createNote"])
    @aws_api_key @aws_cognito_user_pools @aws_iam
  onEveryNote: Note
    @aws_subscribe(mutations: ["createNote", "updateNote", "deleteNote"])
    @aws_api_key @aws_cognito_user_pools @aws_iam
}}
"""
# Heard last on its connection: what has not come before it does not come.
FENCE = "subscription { onCreateFence { id } }"
FENCE_WRITE = "mutation { createFence(input: {}) { id } }"


@dataclass(frozen=True)
class Pair:
    """One subscription, and what is written while it is live.

    ``writes`` are (caller, mutation); ``before`` come before it listens. ``events``
    are the data of each event, ``null`` for one with errors alone; ``refusal`` is a
    part of the message instead.
    """

    name: str
    listener: str
    subscription: str
    writes: tuple[tuple[str, str], ...]
    events: tuple[object, ...] = ()
    before: tuple[tuple[str, str], ...] = ()
    refusal: str = ""

    def numbered(self, number: int) -> Pair:
        """Return it with ids of its own."""
        mark = f"p{number}"

        def own(calls: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
            return tuple((caller, text.replace("~", mark)) for caller, text in calls)

        return replace(
            self,
            subscription=self.subscription.replace("~", mark),
            writes=own(self.writes),
            before=own(self.before),
            events=tuple(json.loads(json.dumps(self.events).replace("~", mark))),
        )


def write(field: str, given: str, selected: str = "id") -> str:
    return f"mutation {{ {field}(input: {{ {given} }}) {{ {selected} }} }}"


WHOLE = "id text topic rank done price"
NOTES = {
    "a": 'id: "~a", text: "apple", topic: "t1", rank: 1, done: true, price: 1.5',
    "b": 'id: "~b", text: "banana", topic: "t2", rank: 5, done: false, price: 2.5',
    "c": 'id: "~c"',
}
THREE = tuple(("key", write("createNote", given, WHOLE)) for given in NOTES.values())
HELLO = write("createNote", 'id: "~", text: "hello"', "id text")


def heard(field: str, ids: str) -> tuple[object, ...]:
    return tuple({field: {"id": f"~{each}"}} for each in ids)


# Callers of each mode: what another mode writes, and what becomes of it.
MODES = tuple(
    Pair(
        f"{listener} hears {kind} by {writer}",
        listener,
        f"subscription {{ on{kind}Note {{ id text }} }}",
        ((writer, mutation),),
        ({f"on{kind}Note": {"id": "~", "text": text}},),
        () if kind == "Create" else (("key", HELLO),),
    )
    for listener, writer in (("key", "alice"), ("alice", "iam"), ("iam", "key"))
    for kind, mutation, text in (
        ("Create", HELLO, "hello"),
        ("Update", write("updateNote", 'id: "~", text: "new"', "id text"), "new"),
        ("Delete", write("deleteNote", 'id: "~"', "id text"), "hello"),
    )
)
FILTERS = tuple(
    Pair(
        f"filter {text}",
        "key",
        f"subscription {{ onCreateNote(filter: {{ {text} }}) {{ id }} }}",
        THREE,
        heard("onCreateNote", ids),
    )
    for text, ids in (
        ('topic: { eq: "t1" }', "a"),
        ('text: { beginsWith: "ban" }', "b"),
        ('text: { contains: "an" }', "b"),
        ("rank: { gt: 1 }", "b"),
        ("rank: { ge: 1 }", "ab"),
        ("rank: { lt: 5 }", "a"),
        ("rank: { le: 5 }", "ab"),
        ("rank: { between: [1, 4] }", "a"),
        ("rank: { in: [5, 6] }", "b"),
        ('topic: { in: ["t1", "t3"] }', "a"),
        ("done: { eq: true }", "a"),
        ("price: { gt: 2.0 }", "b"),
        ('id: { eq: "~c" }', "c"),
        ('topic: { eq: "t1" }, rank: { gt: 3 }', ""),
        ('topic: { eq: "t2" }, rank: { gt: 3 }', "b"),
        ('or: [{ topic: { eq: "t1" } }, { rank: { eq: 5 } }]', "ab"),
        ('and: [{ rank: { ge: 1 } }, { text: { beginsWith: "b" } }]', "b"),
        ('topic: { eq: "nowhere" }', ""),
    )
)
ARGUMENTS = tuple(
    Pair(
        f"{listener} hears {argument}",
        listener,
        f"subscription {{ {argument} {{ id }} }}",
        THREE,
        heard(argument.partition("(")[0], ids),
    )
    for listener, argument, ids in (
        ("key", "onTopic", "abc"),
        ("key", 'onTopic(topic: "t1")', "a"),
        ("key", "onTopic(topic: null)", "c"),
        ("key", 'onTopic(topic: "nowhere")', ""),
        ("alice", 'onTopic(topic: "t2")', "b"),
        ("alice", "onEveryNote", "abc"),
    )
)
CREATED = "subscription { onCreateNote { id text } }"
SELECTIONS = (
    Pair(
        "a field that the mutation does not select is null",
        "key",
        CREATED,
        (("key", write("createNote", 'id: "~", text: "hello"')),),
        ({"onCreateNote": {"id": "~", "text": None}},),
    ),
    Pair(
        "a filter does not see what the mutation does not select",
        "key",
        'subscription { onCreateNote(filter: { text: { eq: "hello" } }) { id } }',
        (("key", write("createNote", 'id: "~", text: "hello"')),),
    ),
    Pair(
        "a required field that is not selected is an error",
        "alice",
        "subscription { onCreateStrict { id title } }",
        (("key", write("createStrict", 'id: "~", title: "x"')),),
        (None,),
    ),
    Pair(
        "a required field that nobody asks for is none",
        "alice",
        "subscription { onCreateStrict { id } }",
        (("key", write("createStrict", 'id: "~", title: "x"')),),
        ({"onCreateStrict": {"id": "~"}},),
    ),
    Pair(
        "aliases and fragments of the subscriber",
        "key",
        "subscription { told: onCreateNote { what: text ...F } } "
        "fragment F on Note { __typename }",
        (("key", HELLO),),
        ({"told": {"what": "hello", "__typename": "Note"}},),
    ),
    Pair(
        "two mutations of one document are two events, in order",
        "key",
        CREATED,
        (
            (
                "key",
                """mutation { one: createNote(input: { id: "~1" }) { id }
                two: createNote(input: { id: "~2" }) { id } }""",
            ),
        ),
        tuple({"onCreateNote": {"id": f"~{n}", "text": None}} for n in (1, 2)),
    ),
    Pair(
        "a mutation that fails tells nobody",
        "key",
        "subscription { onUpdateNote { id } }",
        (("key", write("updateNote", 'id: "~", text: "x"', "id text")),),
    ),
    Pair(
        "each kind of mutation has its own subscription",
        "key",
        "subscription { onDeleteNote { id } }",
        (("key", HELLO),),
    ),
)
BOTH_WRITE = (
    ("alice", write("createDiary", 'id: "~alice"', "id owner")),
    ("bob", write("createDiary", 'id: "~bob"', "id owner")),
)
MINE = "subscription { onCreateDiary { id owner } }"
ALICES = 'subscription { onCreateDiary(owner: "alice") { id owner } }'
TEAM = write("createTeam", 'id: "~"')
DENIED = "Not Authorized to access"


def circle(members: str) -> tuple[tuple[str, str], ...]:
    given = f'id: "~", members: [{members}]'
    return (("bob", write("createCircle", given, "id members")),)


def board(groups: str) -> tuple[tuple[str, str], ...]:
    given = f'id: "~", groups: [{groups}]'
    return (("alice", write("createBoard", given, "id groups owner")),)


RULES = (
    Pair(
        "an owner hears of what is hers",
        "alice",
        MINE,
        BOTH_WRITE,
        ({"onCreateDiary": {"id": "~alice", "owner": "alice"}},),
    ),
    Pair(
        "an owner who names herself",
        "alice",
        ALICES,
        BOTH_WRITE,
        ({"onCreateDiary": {"id": "~alice", "owner": "alice"}},),
    ),
    Pair("an owner who names another", "bob", ALICES, (), refusal=DENIED),
    Pair(
        "another owner",
        "bob",
        MINE,
        BOTH_WRITE,
        ({"onCreateDiary": {"id": "~bob", "owner": "bob"}},),
    ),
    Pair("who is of no group and owns nothing", "carol", MINE, BOTH_WRITE),
    Pair("a key where owners are", "key", MINE, (), refusal=DENIED),
    Pair("a role where owners are", "iam", MINE, (), refusal="Permission denied"),
    Pair(
        "one of several owners",
        "alice",
        "subscription { onCreateCircle { id } }",
        circle('"bob", "alice"'),
        ({"onCreateCircle": {"id": "~"}},),
    ),
    Pair(
        "none of several owners",
        "carol",
        "subscription { onCreateCircle { id } }",
        circle('"bob", "alice"'),
    ),
    Pair(
        "a group hears of what it writes",
        "carol",
        "subscription { onCreateTeam { id } }",
        (("carol", TEAM),),
        ({"onCreateTeam": {"id": "~"}},),
    ),
    Pair(
        "who may read hears too",
        "alice",
        "subscription { onCreateTeam { id } }",
        (("bob", TEAM), ("carol", TEAM)),
        ({"onCreateTeam": {"id": "~"}},),
    ),
    Pair(
        "a key where groups are",
        "key",
        "subscription { onCreateTeam { id } }",
        (),
        refusal=DENIED,
    ),
    Pair(
        "a group that the item names",
        "carol",
        "subscription { onCreateBoard { id } }",
        board('"editors", "others"'),
        ({"onCreateBoard": {"id": "~"}},),
    ),
    Pair(
        "a group that the item does not name",
        "carol",
        "subscription { onCreateBoard { id } }",
        board('"others"'),
    ),
    Pair(
        "the owner of an item with groups",
        "alice",
        "subscription { onCreateBoard { id } }",
        board('"others"'),
        ({"onCreateBoard": {"id": "~"}},),
    ),
    Pair(
        "level public asks no rule",
        "key",
        "subscription { onCreateLoud { id } }",
        (("alice", write("createLoud", 'id: "~"')),),
        ({"onCreateLoud": {"id": "~"}},),
    ),
    Pair(
        "a role whose policy does not name a custom subscription",
        "iam",
        "subscription { onTopic { id } }",
        (),
        refusal="Permission denied",
    ),
    Pair(
        "level off",
        "key",
        "subscription { onCreateMute { id } }",
        (),
        refusal="FieldUndefined",
    ),
    Pair(
        "an unknown field",
        "alice",
        "subscription { onCreateNote { nope } }",
        (),
        refusal="FieldUndefined",
    ),
)
PAIRS = tuple(
    pair.numbered(number)
    for number, pair in enumerate(
        (*MODES, *FILTERS, *ARGUMENTS, *SELECTIONS, *RULES), start=1
    )
)
