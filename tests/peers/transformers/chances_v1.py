"""Words and chances that made-up v1 schemas are drawn from."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

MODES = ("API_KEY", "AMAZON_COGNITO_USER_POOLS", "AWS_IAM", "OPENID_CONNECT")
SCALARS = (
    *("ID", "String", "String", "Int", "Float", "Boolean", "AWSDate", "AWSTime"),
    *("AWSDateTime", "AWSTimestamp", "AWSEmail", "AWSJSON", "AWSURL", "AWSPhone"),
    *("AWSIPAddress", "BigInt", "Double"),
)
MODELS = (
    *("Post", "Comment", "Category", "Person", "Box", "Status", "News", "UserData"),
    *("post", "blog_post", "URLEntry", "A", "Item2", "Todo_", "Sheep", "iPhone", "A_b"),
    *("Connection", "ModelPost", "Data", "Bus", "Child", "Quiz", "HTTPLog", "x"),
)
PLAIN = ("Meta", "address", "Geo_Point", "Point3D", "Detail", "Tree", "PostInput")
ENUMS = ("Kind", "state", "Level_2", "PostStatus")
FIELDS = (
    *("title", "name", "owner", "editors", "group", "groups", "createdAt", "updatedAt"),
    *("rank", "number2", "_under", "snake_case", "URL", "postID", "userId", "when"),
    *("content", "tags", "active", "price", "version", "and", "limit", "email", "type"),
)
CLASHING = (
    "type ModelPostConnection { items: [Post] other: Int }",
    "input CreatePostInput { id: ID title: String extra: Int }",
    "input UpdatePostInput { id: ID! extra: String }",
    "input DeletePostInput { id: ID! why: String }",
    "input ModelPostFilterInput { title: ModelStringInput }",
    "input ModelPostConditionInput { rank: ModelIntInput }",
    "input ModelStringInput { eq: String }",
    "input ModelKindInput { eq: Kind }",
    "enum ModelSortDirection { UP DOWN }",
    "enum ModelAttributeTypes { a b }",
    "input MetaInput { x: Int }",
    "input ModelStringKeyConditionInput { eq: String }",
    "input SearchablePostFilterInput { x: Int }",
    "type SearchablePostConnection { x: Int }",
)


class Chances:
    """Draws. ``care`` is how seldom something wrong is tried."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.care = self.random.choice((1.0, 0.995, 0.97, 0.9))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def wrong(self) -> bool:
        return not self.chance(self.care)

    def pick(self, values: Sequence[T]) -> T:
        return self.random.choice(values)

    def wrapped(self, name: str) -> str:
        return self.pick(
            (
                *(name,) * 6,
                *(f"{name}!",) * 4,
                *(f"[{name}]", f"[{name}!]", f"[{name}]!", f"[{name}!]!"),
                *((f"[[{name}]]", f"[[{name}!]!]!") if self.chance(0.2) else ()),
            )
        )
