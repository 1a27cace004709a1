"""English plurals, as both transformers form them.

Source: the rules of npm ``pluralize`` 8, which graphql-transformer-common calls. The
last rule that matches wins, and the case of what is replaced is kept.
"""

from __future__ import annotations

import re

__all__ = ["plural"]

_IRREGULAR = {
    "i": "we",
    "me": "us",
    "he": "they",
    "she": "they",
    "them": "them",
    "myself": "ourselves",
    "yourself": "yourselves",
    "itself": "themselves",
    "herself": "themselves",
    "himself": "themselves",
    "themself": "themselves",
    "is": "are",
    "was": "were",
    "has": "have",
    "this": "these",
    "that": "those",
    "echo": "echoes",
    "dingo": "dingoes",
    "volcano": "volcanoes",
    "tornado": "tornadoes",
    "torpedo": "torpedoes",
    "genus": "genera",
    "viscus": "viscera",
    "stigma": "stigmata",
    "stoma": "stomata",
    "dogma": "dogmata",
    "lemma": "lemmata",
    "schema": "schemata",
    "anathema": "anathemata",
    "ox": "oxen",
    "axe": "axes",
    "die": "dice",
    "yes": "yeses",
    "foot": "feet",
    "eave": "eaves",
    "goose": "geese",
    "tooth": "teeth",
    "quiz": "quizzes",
    "human": "humans",
    "proof": "proofs",
    "carve": "carves",
    "valve": "valves",
    "looey": "looies",
    "thief": "thieves",
    "groove": "grooves",
    "pickaxe": "pickaxes",
    "passerby": "passersby",
}
# fmt: off
_UNCOUNTABLE = frozenset({
    "adulthood", "advice", "agenda", "aid", "aircraft", "alcohol", "ammo", "analytics",
    "anime", "athletics", "audio", "bison", "blood", "bream", "buffalo", "butter",
    "carp", "cash", "chassis", "chess", "clothing", "cod", "commerce", "cooperation",
    "corps", "debris", "diabetes", "digestion", "elk", "energy", "equipment",
    "excretion", "expertise", "firmware", "flounder", "fun", "gallows", "garbage",
    "graffiti", "hardware", "headquarters", "health", "herpes", "highjinks", "homework",
    "housework", "information", "jeans", "justice", "kudos", "labour", "literature",
    "machinery", "mackerel", "mail", "media", "mews", "moose", "music", "mud", "manga",
    "news", "only", "personnel", "pike", "plankton", "pliers", "police", "pollution",
    "premises", "rain", "research", "rice", "salmon", "scissors", "series", "sewage",
    "shambles", "shrimp", "software", "species", "staff", "swine", "tennis", "traffic",
    "transportation", "trout", "tuna", "wealth", "welfare", "whiting", "wildebeest",
    "wildlife", "you",
})
# fmt: on
_RULES = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"s?$", "s"),
        (r"[^\u0000-\u007F]$", r"\g<0>"),
        (r"([^aeiou]ese)$", r"\1"),
        (r"(ax|test)is$", r"\1es"),
        (r"(alias|[^aou]us|t[lm]as|gas|ris)$", r"\1es"),
        (r"(e[mn]u)s?$", r"\1s"),
        (r"([^l]ias|[aeiou]las|[ejzr]as|[iu]am)$", r"\1"),
        (
            (
                r"(alumn|syllab|vir|radi|nucle|fung|cact|stimul|termin|bacill|foc|uter|loc"
                r"|strat)(?:us|i)$"
            ),
            r"\1i",
        ),
        (r"(alumn|alg|vertebr)(?:a|ae)$", r"\1ae"),
        (r"(seraph|cherub)(?:im)?$", r"\1im"),
        (r"(her|at|gr)o$", r"\1oes"),
        (
            (
                r"(agend|addend|millenni|dat|extrem|bacteri|desiderat|strat|candelabr|errat"
                r"|ov|symposi|curricul|automat|quor)(?:a|um)$"
            ),
            r"\1a",
        ),
        (
            (
                r"(apheli|hyperbat|periheli|asyndet|noumen|phenomen|criteri|organ"
                r"|prolegomen|hedr|automat)(?:a|on)$"
            ),
            r"\1a",
        ),
        (r"sis$", "ses"),
        (r"(?:(kni|wi|li)fe|(ar|l|ea|eo|oa|hoo)f)$", r"\1\2ves"),
        (r"([^aeiouy]|qu)y$", r"\1ies"),
        (r"([^ch][ieo][ln])ey$", r"\1ies"),
        (r"(x|ch|ss|sh|zz)$", r"\1es"),
        (r"(matr|cod|mur|sil|vert|ind|append)(?:ix|ex)$", r"\1ices"),
        (r"\b((?:tit)?m|l)(?:ice|ouse)$", r"\1ice"),
        (r"(pe)(?:rson|ople)$", r"\1ople"),
        (r"(child)(?:ren)?$", r"\1ren"),
        (r"eaux$", r"\g<0>"),
        (r"m[ae]n$", "men"),
        (r"^thou$", "you"),
        (r"pok[e\u00e9]mon$", r"\g<0>"),
        (r"[^aeiou]ese$", r"\g<0>"),
        (r"(?:deer|fish|measles|o[iu]s|pox|sheep)$", r"\g<0>"),
    )
)


def plural(word: str) -> str:
    """Return the plural: ``Categories`` of ``Category``, ``People`` of ``Person``."""
    token = word.lower()
    if token in _PLURAL_ALREADY:
        return _like(word, token)
    if token in _IRREGULAR:
        return _like(word, _IRREGULAR[token])
    if token in _UNCOUNTABLE:
        return word
    for pattern, replacement in reversed(_RULES):
        found = pattern.search(word)
        if found:
            return _replaced(word, found, replacement)
    return word


_PLURAL_ALREADY = frozenset(_IRREGULAR.values())


def _replaced(word: str, found: re.Match[str], replacement: str) -> str:
    made = found.expand(replacement)
    old = found[0] or word[found.start() - 1 : found.start()]
    return word[: found.start()] + _like(old, made) + word[found.end() :]


def _like(model: str, word: str) -> str:
    """Return ``word`` in the case of ``model``: as it is, lower, UPPER or Capital."""
    if model == word:
        return word
    if model == model.lower():
        return word.lower()
    if model == model.upper():
        return word.upper()
    if model[:1] == model[:1].upper():
        return word[:1].upper() + word[1:].lower()
    return word.lower()
