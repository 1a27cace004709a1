"""Words and chances that made-up v2 schemas are drawn from."""

from __future__ import annotations

import json
from random import Random
from typing import TypeVar

T = TypeVar("T")

MODES = {
    "API_KEY": ("apiKey",),
    "AMAZON_COGNITO_USER_POOLS": ("userPools",),
    "AWS_IAM": ("iam", "identityPool"),
    "OPENID_CONNECT": ("oidc",),
    "AWS_LAMBDA": ("function",),
}
STRING_LIKE = (
    *("ID", "String", "AWSDate", "AWSTime", "AWSDateTime", "AWSEmail", "AWSURL"),
    *("AWSPhone", "AWSIPAddress"),
)
NUMBERS = ("Int", "Float", "AWSTimestamp")
SCALARS = (*STRING_LIKE, *NUMBERS, "String", "String", "Int", "Boolean", "AWSJSON")
MODELS = (
    *("Post", "Comment", "Category", "Person", "Box", "Status", "News", "UserData"),
    *("post", "blog_post", "URLEntry", "A", "Item2", "Todo_", "Sheep", "iPhone", "A_b"),
    *(
        "ModelPost",
        "Data",
        "Bus",
        "Child",
        "Quiz",
        "HTTPLog",
        "x",
        "IOSDevice",
        "Foo2Bar",
    ),
    *(
        "Analysis",
        "Leaf",
        "My_Type_2",
        "Series",
        "PostConnection",
        "lowerCamel",
        "AWSThing",
    ),
)
PLAIN = ("Meta", "address", "Geo_Point", "Point3D", "Detail", "Tree", "PostInput")
ENUMS = ("Kind", "state", "Level_2", "PostStatus")
FIELDS = (
    *("title", "name", "owner", "editors", "group", "groups", "createdAt", "updatedAt"),
    *("rank", "number2", "_under", "snake_case", "URL", "postID", "userId", "when"),
    *("content", "tags", "active", "price", "version", "and", "limit", "email", "type"),
    *("author", "a", "aB", "HTTPStatus", "x1y2", "nextToken", "input", "not", "items"),
)
RISKY = frozenset({"and", "not", "limit", "nextToken", "filter"})
FLAGS = (
    *("secondaryKeyAsGSI", "enableAutoIndexQueryNames", "sandboxModeEnabled"),
    *("shouldDeepMergeDirectiveConfigDefaults", "subscriptionsInheritPrimaryAuth"),
    *("respectPrimaryKeyAttributesOnConnectionField", "enableIamAccess", "adminRoles"),
    *("useSubUsernameForDefaultIdentityClaim", "populateOwnerFieldForStaticGroupAuth"),
    "ResolverConfig",
)


class Chances:
    """What a seed decides; ``wrong`` says when to write something that is refused."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.care = self.random.choice((1.0, 1.0, 0.99, 0.95))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def wrong(self) -> bool:
        return not self.chance(self.care)

    def pick(self, *values: T) -> T:
        return self.random.choice(values)

    def some(self, values: tuple[T, ...] | list[T], *counts: int) -> list[T]:
        count = min(self.pick(*counts), len(values))
        return self.random.sample(list(values), count)

    def wrapped(self, name: str) -> str:
        """Return a type as it is, required or a list."""
        lists = (f"[{name}]", f"[{name}!]", f"[{name}]!", f"[{name}!]!")
        return self.pick(*(name,) * 6, *(f"{name}!",) * 4, *lists)


def call(name: str, arguments: list[str]) -> str:
    """Return a directive, with its arguments if it has some."""
    return f"@{name}({', '.join(arguments)})" if arguments else f"@{name}"


def texts(values: list[str] | tuple[str, ...]) -> str:
    """Return a list of strings as GraphQL writes it."""
    return json.dumps(list(values))
