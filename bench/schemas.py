"""Schemas of any size, made of what real ones are made of."""

from __future__ import annotations

from amplikit.blueprint.api import Transformer

__all__ = ["schema"]

_RULES = """@auth(rules: [
    { allow: owner, ownerField: "author" }
    { allow: groups, groups: ["Editors"] }
    { allow: public, operations: [read] }
  ])"""
_OTHERS = """
type Place{n} {{ latitude: Float longitude: Float mood: Mood{n} }}
enum Mood{n} {{ CALM LOUD }}
"""
_MODELS = {
    Transformer.V1: """
type Post{n} @model
  {rules}
  @key(name: "byAuthor{n}", fields: ["author", "rank"], queryField: "byAuthor{n}")
  @key(name: "byParent{n}", fields: ["parent", "rank", "title"]) {{
  id: ID! title: String! author: String rank: Int! tags: [String] at: AWSDateTime
  note: String @auth(rules: [{{ allow: owner, ownerField: "author" }}])
  place: Place{n} parent: ID
  next: Post{next} @connection(fields: ["parent"])
  parts: [Post{n}] @connection(keyName: "byParent{n}", fields: ["id"])
}}
""",
    Transformer.V2: """
type Post{n} @model
  {rules} {{
  id: ID! title: String! rank: Int! tags: [String] at: AWSDateTime
  author: String
    @index(name: "byAuthor{n}", sortKeyFields: ["rank"], queryField: "byAuthor{n}")
  note: String @auth(rules: [{{ allow: owner, ownerField: "author" }}])
  place: Place{n}
  parent: ID @index(name: "byParent{n}", sortKeyFields: ["rank", "title"])
  next: Post{next} @hasOne(fields: ["parent"])
  parts: [Post{n}] @hasMany(indexName: "byParent{n}", fields: ["id"])
}}
""",
}


def schema(transformer: Transformer, size: int) -> str:
    """Return so many models with rules, indexes, relations and a nested type each."""
    text = _MODELS[transformer] + _OTHERS
    return "".join(
        text.format(n=number, next=(number + 1) % size, rules=_RULES)
        for number in range(size)
    )
