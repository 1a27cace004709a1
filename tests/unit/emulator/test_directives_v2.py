"""What v2's directives do when the API runs: defaults, validations, joined models."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

import pytest

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.compiler import CompileOptions, Source, compile_schema
from amplikit.emulator.calls import FieldCall, FieldError, Resolved
from amplikit.emulator.interpret import Interpreter
from amplikit.emulator.next_token import NextTokens
from amplikit.emulator.trace import Trace
from amplikit.identity.caller import ApiKeyCaller
from amplikit.planner import plan
from amplikit.store import SqliteStore

AUTH = AuthConfig(AuthMode.API_KEY)
OPEN = "@model @auth(rules: [{allow: public}])"


@dataclass
class Served:
    interpreter: Interpreter

    def ask(
        self, coordinate: str, source: dict | None = None, **arguments: object
    ) -> Resolved | FieldError:
        parent, _, field = coordinate.partition(".")
        caller = ApiKeyCaller("key-1")
        call = FieldCall(parent, field, arguments, source, caller, (field,))
        return self.interpreter.run(call, Trace())

    def value(
        self, coordinate: str, source: dict | None = None, **arguments: object
    ) -> dict:
        answer = self.ask(coordinate, source, **arguments)
        assert isinstance(answer, Resolved), answer
        return answer.value

    def refusal(self, coordinate: str, **arguments: object) -> FieldError:
        answer = self.ask(coordinate, **arguments)
        assert isinstance(answer, FieldError), answer
        return answer


def serve(schema: str) -> Served:
    compiled = compile_schema(
        (Source("schema.graphql", schema),), CompileOptions(Transformer.V2, AUTH)
    )
    assert compiled.api is not None, compiled.problems
    blueprint = plan(compiled.api, Config("test", Transformer.V2, AUTH))
    numbers = count(1)
    return Served(
        Interpreter(
            blueprint,
            SqliteStore.in_memory(blueprint.tables),
            NextTokens(b"s" * 32),
            clock=lambda: datetime(2026, 1, 2, tzinfo=UTC),
            new_id=lambda: f"id-{next(numbers)}",
        )
    )


DEFAULTS = f"""
enum State {{ DRAFT LIVE }}
type Post {OPEN} {{
  id: ID!
  title: String @default(value: "None")
  count: Int! @default(value: "-3")
  score: Float @default(value: "1.5")
  live: Boolean @default(value: "true")
  at: AWSTimestamp @default(value: "1700000000")
  day: AWSDate @default(value: "2020-02-29")
  meta: AWSJSON @default(value: "{{\\"a\\": [1.5]}}")
  state: State @default(value: "DRAFT")
}}
"""


def test_a_create_stores_the_defaults_of_what_is_absent_or_null() -> None:
    made = serve(DEFAULTS).value("Mutation.createPost", input={"title": None})
    del made["createdAt"], made["updatedAt"], made["__operation"]
    assert made == {
        "id": "id-1",
        "title": "None",
        "count": -3,
        "score": Decimal("1.5"),
        "live": True,
        "at": 1700000000,
        "day": "2020-02-29",
        "meta": {"a": [Decimal("1.5")]},
        "state": "DRAFT",
        "__typename": "Post",
    }


def test_what_is_given_is_kept_and_an_update_has_no_defaults() -> None:
    api = serve(DEFAULTS)
    made = api.value("Mutation.createPost", input={"live": False, "count": 0})
    assert (made["live"], made["count"]) == (False, 0)
    changed = api.value("Mutation.updatePost", input={"id": "id-1", "title": None})
    assert "title" not in changed


def test_a_renamed_create_has_no_defaults() -> None:
    schema = DEFAULTS.replace("@model", '@model(mutations: {create: "addPost"})')
    made = serve(schema).value("Mutation.addPost", input={"count": 1})
    assert "title" not in made


VALIDATED = f"""
type Post {OPEN} {{
  id: ID!
  title: String
    @validate(type: minLength, value: "3")
    @validate(type: maxLength, value: "5", errorMessage: "Too long")
  tag: String
    @validate(type: startsWith, value: "#")
    @validate(type: endsWith, value: "!")
    @validate(type: matches, value: "#[a-z]+!")
  n: Int @validate(type: gt, value: "0") @validate(type: lte, value: "10")
  x: Float @validate(type: gte, value: "-0.5") @validate(type: lt, value: "0.5")
}}
"""


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"title": "ab"}, "Field title of type Post must have a minimum length of 3"),
        ({"title": "abcdef"}, "Too long"),
        ({"title": "ab😀😀"}, "Too long"),
        ({"tag": "a!"}, "Field tag of type Post must start with #"),
        ({"tag": "#a"}, "Field tag of type Post must end with !"),
        ({"tag": "#a1!"}, "Field tag of type Post must match #[a-z]+!"),
        ({"n": 0}, "Field n of type Post must be greater than 0"),
        ({"n": 11}, "Field n of type Post must be less than or equal to 10"),
        (
            {"x": Decimal("-0.51")},
            "Field x of type Post must be greater than or equal to -0.5",
        ),
        ({"x": Decimal("0.5")}, "Field x of type Post must be less than 0.5"),
        (
            {"title": "ab", "n": 0},
            "Field title of type Post must have a minimum length of 3",
        ),
    ],
)
def test_an_input_that_fails_is_refused(given: dict[str, object], message: str) -> None:
    api = serve(VALIDATED)
    api.value("Mutation.createPost", input={"id": "p"})
    for verb in ("create", "update"):
        refusal = api.refusal(f"Mutation.{verb}Post", input={"id": "p", **given})
        assert refusal == FieldError(message, None)
    assert set(api.value("Query.getPost", id="p")).isdisjoint(given)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"title": None, "n": None},
        {"title": "abc", "tag": "#a!", "n": 10, "x": Decimal("-0.5")},
        {"title": "a😀"},
    ],
)
def test_an_input_that_passes_is_written(given: dict[str, object]) -> None:
    made = serve(VALIDATED).value("Mutation.createPost", input=given)
    assert {name: made[name] for name in given} == given


def test_a_pattern_that_only_java_reads_is_an_error_of_the_field() -> None:
    schema = VALIDATED.replace("#[a-z]+!", "#\\\\p{L}+!")
    refusal = serve(schema).refusal("Mutation.createPost", input={"tag": "#a!"})
    assert "@validate on 'tag'" in refusal.message


JOINED = f"""
type Post {OPEN} {{
  tenant: ID! @primaryKey(sortKeyFields: ["slug"])
  slug: String!
  tags: [Tag] @manyToMany(relationName: "PostTags", limit: 2)
}}
type Tag {OPEN} {{
  id: ID!
  posts: [Post] @manyToMany(relationName: "PostTags")
}}
"""


def test_items_lead_to_each_other_through_the_join() -> None:
    api = serve(JOINED)
    posts = [
        api.value("Mutation.createPost", input={"tenant": "t", "slug": slug})
        for slug in "ab"
    ]
    tags = [api.value("Mutation.createTag", input={"id": name}) for name in "xyz"]
    for slug, name in ("ax", "ay", "az", "bx"):
        pair = {"postTenant": "t", "postslug": slug, "tagId": name}
        api.value("Mutation.createPostTags", input=pair)

    def read(item: dict) -> dict:
        return {name: value for name, value in item.items() if name != "__operation"}

    page = api.value("Post.tags", read(posts[0]))
    assert len(page["items"]) == 2
    rest = api.value("Post.tags", read(posts[0]), nextToken=page["nextToken"])
    pairs = page["items"] + rest["items"]
    assert {api.value("PostTags.tag", pair)["id"] for pair in pairs} == set("xyz")
    back = api.value("Tag.posts", read(tags[0]))
    assert {api.value("PostTags.post", pair)["slug"] for pair in back["items"]} == {
        "a",
        "b",
    }
    queried = api.value("Query.postTagsByTagId", tagId="y")
    assert [pair["postslug"] for pair in queried["items"]] == ["a"]


RENAMED = f"""
type Article {OPEN.replace("@model", '@model @mapsTo(name: "Post")')} {{
  id: ID!
  comments: [Remark] @hasMany
}}
type Remark {OPEN} {{
  id: ID!
  text: String @index(name: "byText")
  article: Article @belongsTo
}}
"""


def test_a_renamed_models_key_is_found_under_its_old_name() -> None:
    api = serve(RENAMED)
    api.value("Mutation.createArticle", input={"id": "a"})
    given = {"id": "r", "text": "t", "articleCommentsId": "a"}
    made = api.value("Mutation.createRemark", input=given)
    assert made["articleCommentsId"] == "a"
    assert "postCommentsId" not in made
    assert api.value("Query.getRemark", id="r")["articleCommentsId"] == "a"
    wanted = {"and": [{"articleCommentsId": {"eq": "a"}}]}
    for page in (
        api.value("Query.listRemarks", filter=wanted),
        api.value("Article.comments", {"id": "a"}),
    ):
        assert [item["articleCommentsId"] for item in page["items"]] == ["a"]
    assert api.value("Remark.article", given)["id"] == "a"


def test_an_update_without_a_renamed_models_key_removes_it() -> None:
    api = serve(RENAMED)
    given = {"id": "r", "text": "t", "articleCommentsId": "a"}
    api.value("Mutation.createRemark", input=given)
    kept = {"articleCommentsId": {"eq": "a"}}
    changed = api.value(
        "Mutation.updateRemark", input={"id": "r", "text": "u"}, condition=kept
    )
    assert changed["articleCommentsId"] is None
    refusal = api.refusal("Mutation.createRemark", input={"id": "s"})
    assert refusal.error_type is not None
    assert refusal.error_type.startswith("DynamoDB:")


def test_an_index_query_does_not_know_the_old_name() -> None:
    api = serve(RENAMED)
    given = {"id": "r", "text": "t", "articleCommentsId": "a"}
    api.value("Mutation.createRemark", input=given)
    (item,) = api.value("Query.remarksByText", text="t")["items"]
    assert "articleCommentsId" not in item


OVERLAP = """
type Post @model @auth(rules: [{allow: public}]) {
  id: ID!
  tags: [Tag] @manyToMany(relationName: "PostTags")
}
type Tag @model @auth(rules: [{allow: public, operations: [read]}]) {
  id: ID!
  posts: [Post] @manyToMany(relationName: "PostTags")
}
"""


def test_of_two_rules_for_the_same_callers_the_last_one_counts() -> None:
    api = serve(OVERLAP)
    assert api.value("Query.getPostTags", id="x") is None
    pair = {"postId": "p", "tagId": "t"}
    refusal = api.refusal("Mutation.createPostTags", input=pair)
    assert refusal.error_type == "Unauthorized"
