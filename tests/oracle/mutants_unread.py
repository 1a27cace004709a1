"""Mutants that change nothing, because nothing reads what they change.

Each reason is a fact of the interpreter (``amplikit/emulator/rules``,
``amplikit/blueprint/grants.py``), argued here and not proven by a plain run; with
``--prove`` those that are listed and change a verdict all the same are told, too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.blueprint.grants import above_rules
from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operations import (
    Authorize,
    Defaults,
    FieldGuard,
    GroupIs,
    GroupText,
    Outcome,
    OwnerIs,
    RequireAuth,
    When,
    Who,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from mutants import Mutant

    from amplikit.blueprint.operations import Grant

__all__ = ["why_equivalent"]

_ROLES = {Who.SIGNED_IN_ROLE, Who.GUEST_ROLE, Who.ADMIN_ROLE, Who.IAM_ACCESS}
_TOKENS = {AuthMode.USER_POOLS, AuthMode.OIDC}
_NAMED = {Who.GROUPS, Who.ADMIN_ROLE}
_BY_DECLARED_TYPE = {When.REQUEST, When.SEARCH, When.WRITE, When.SUBSCRIBE}
_PARTITION_AND_SORT = 2
_LEFT_TO_ITEMS = {When.REQUEST, When.SEARCH, When.WRITE}


def why_equivalent(mutant: Mutant) -> str | None:
    """Return why nothing can tell a mutant from what is planned, if so."""
    return next((reason for reason, holds in _REASONS if holds(mutant)), None)


def _unguarded(mutant: Mutant) -> bool:
    if mutant.field not in {"grant.fields", "grant.null_fields"}:
        return False
    for function in mutant.resolver.functions:
        for operations in (function.before, function.after):
            if mutant.operation in operations:
                return not any(isinstance(one, FieldGuard) for one in operations)
    return False


def _above_rules(mutant: Mutant) -> bool:
    covers = mutant.field in {"grant.fields", "grant.null_fields"}
    return covers and above_rules(_grant(mutant))


def _leaves_nothing_out(mutant: Mutant) -> bool:
    if not isinstance(mutant.before, FieldGuard):
        return False
    return all(
        grant.fields is None and grant.null_fields is None
        for function in mutant.resolver.functions
        for one in (*function.before, *function.after)
        if isinstance(one, Authorize)
        for grant in one.grants
    )


def _key_is_given(mutant: Mutant) -> bool:
    if mutant.field != "given" or mutant.value not in mutant.key:
        return False
    operation = _authorize(mutant).operation
    # A create may leave the id to be made.
    created = operation == "create" and mutant.value != "id"
    return created or operation in {"update", "delete"}


def _nobody_comes_in(mutant: Mutant) -> bool:
    if not isinstance(mutant.before, Authorize) or mutant.before.grants:
        return False
    if mutant.field == "missing" and mutant.before.when is When.FETCHED:
        return False
    before, after = mutant.before, _after(mutant)
    pages = When.EACH in {before.when, after.when}
    return before.unmatched is after.unmatched is Outcome.DENY and not pages


def _by_rules_alone(mutant: Mutant) -> bool:
    """Whether it is asked otherwise when, and nothing but callers are looked at."""
    if mutant.field != "when":
        return False
    before, after = _authorize(mutant), _after(mutant)
    if before.when is When.INPUT and any(grant.fill for grant in before.grants):
        return False
    static = all(
        (grant.item is None or grant.mode in _open_modes(before))
        and grant.fields is None
        and grant.null_fields is None
        for grant in before.grants
    )
    return static and after.when is not When.EACH


def _same_condition(mutant: Mutant) -> bool:
    if mutant.field != "when":
        return False
    before, after = _authorize(mutant), _after(mutant)
    written = When.WRITE in {before.when, after.when}
    items = [grant.item for grant in before.grants if grant.item is not None]
    # A read by a key that no claim can name is refused either way.
    reads = not written
    asked_alike = all(
        (reads or item.attribute not in before.key)
        and not (isinstance(item, GroupIs) and item.is_list and written)
        for item in items
    )
    searched_alike = When.SEARCH not in {before.when, after.when} or all(
        isinstance(item, GroupIs)
        or len(item.claims) == 1
        or item.attribute in before.key
        for item in items
    )
    left = {before.when, after.when} <= _LEFT_TO_ITEMS
    return left and asked_alike and searched_alike


def _null_of_a_key(mutant: Mutant) -> bool:
    if mutant.field != "grant.null_fields":
        return False
    before = _grant(mutant).null_fields
    every = frozenset(mutant.fields)
    held = every if before is None else before
    given = every if mutant.value is None else mutant.value
    return (held ^ given) <= {*mutant.key}  # type: ignore[operator]


def _open_modes(operation: Authorize) -> list[AuthMode]:
    return [
        grant.mode
        for grant in operation.grants
        if grant.who is Who.ANY_OF_MODE
        and grant.fields is None
        and grant.null_fields is None
    ]


def _open_to_the_mode(mutant: Mutant) -> bool:
    """Whether everybody of the grant's mode comes in by another one."""
    grant = mutant.grant
    if grant is None or mutant.field == "grant.mode":
        return False
    open_ = _open_modes(_authorize(mutant)).count(grant.mode)
    itself = grant.mode in _open_modes(replace(_authorize(mutant), grants=(grant,)))
    return open_ > itself and not (_when(mutant) is When.INPUT and grant.fill)


def _refuses_nobody(mutant: Mutant) -> bool:
    if mutant.field not in {"when", "missing", "given", "given_null", "item_cap"}:
        return False
    before = _authorize(mutant)
    open_ = all(
        grant.who is Who.ANY_OF_MODE and grant.item is None for grant in before.grants
    )
    return before.unmatched is Outcome.ALLOW and open_


def _open_without_rule(mutant: Mutant) -> bool:
    grant = mutant.grant
    if grant is None or mutant.field not in {"grant.", "grant.mode"}:
        return False
    before = _authorize(mutant)
    modes = [one.mode for one in before.grants]
    otherwise = mutant.value not in modes or mutant.value in _open_modes(before)
    alone = modes.count(grant.mode) == 1 and otherwise
    everybody = grant.who is Who.ANY_OF_MODE
    return before.unmatched is Outcome.ALLOW and everybody and alone


def _default_is_given(mutant: Mutant) -> bool:
    if mutant.field != "given" or _authorize(mutant).given is not None:
        return False
    for function in mutant.resolver.functions:
        for one in function.before:
            if one is mutant.operation:
                break
            if isinstance(one, Defaults) and one.to == "input":
                return mutant.value in dict(one.values)
    return False


def _unfiltered_events(mutant: Mutant) -> bool:
    filters = mutant.field == "grant.item.is_list"
    if not filters or _when(mutant) is not When.SUBSCRIBE:
        return False
    return _authorize(mutant).unmatched is Outcome.ALLOW


def _owner_of_no_token(mutant: Mutant) -> bool:
    """Whether an owner that is let in anyhow becomes one who has no claims."""
    grant, before = mutant.grant, mutant.before
    if mutant.field != "grant.mode" or not isinstance(before, Authorize):
        return False
    assert grant is not None
    known = {one.mode for one in before.grants}
    unread = mutant.value in known or before.unmatched is Outcome.DENY
    return (
        isinstance(grant.item, OwnerIs)
        and grant.mode in _open_modes(before)
        and mutant.value not in _TOKENS
        and unread
        and not grant.fill
    )


def _items_of_open_modes(mutant: Mutant) -> bool:
    if mutant.field not in {"owner_arguments", "key", "scans"}:
        return False
    if _cannot_be_asked(mutant):
        return False
    before = _authorize(mutant)
    by_item = {grant.mode for grant in before.grants if grant.item is not None}
    return by_item <= {*_open_modes(before)}


def _cannot_be_asked(mutant: Mutant) -> bool:
    """Whether it leaves a list without a key, which fails for whom no rule names."""
    return mutant.field == "key" and not mutant.value and _authorize(mutant).scans


def _null_of_no_update(mutant: Mutant) -> bool:
    if mutant.field != "grant.null_fields" or _grant(mutant).fields is None:
        return False
    every = frozenset(mutant.fields)
    held = _grant(mutant).null_fields
    given = mutant.value
    changed = (every if held is None else held) ^ (every if given is None else given)  # type: ignore[operator]
    updated = [
        one.fields for one in _authorize(mutant).grants if one.fields is not None
    ]
    return changed.isdisjoint(frozenset().union(*updated) - {*mutant.key})


def _lists_as_it_listens(mutant: Mutant) -> bool:
    before = mutant.before
    if mutant.field != "when" or mutant.value is not When.SUBSCRIBE:
        return False
    assert isinstance(before, Authorize)
    pages = before.when is When.REQUEST and before.operation == "list"
    return pages and all(
        isinstance(grant.item, OwnerIs)
        and len(grant.item.claims) == 1
        and not grant.item.is_list
        for grant in before.grants
    )


def _partition_is_given(mutant: Mutant) -> bool:
    """Whether an index is asked otherwise when its first key is left out."""
    if mutant.field not in {"key", "scans"}:
        return False
    before, after = _authorize(mutant), _after(mutant)
    if before.scans or before.operation != "list" or not before.key:
        return False
    if mutant.field == "scans":
        return True
    named = {grant.item.attribute for grant in before.grants if grant.item}
    same = named & {*before.key} == named & {*after.key}
    return same and named & {*before.key} <= {before.key[0]}


def _sort_alone_fails(mutant: Mutant) -> bool:
    if mutant.field != "key":
        return False
    before, after = _authorize(mutant), _after(mutant)
    named = {grant.item.attribute for grant in before.grants if grant.item}
    exchanged = len(before.key) == _PARTITION_AND_SORT and (
        after.key == before.key[::-1]
    )
    return exchanged and before.scans and named == {before.key[0]}


def _covered_by_an_open_one(mutant: Mutant) -> bool:
    """Whether everybody of the mode has the fields by another grant."""
    if mutant.field != "grant.fields":
        return False
    grant, value = _grant(mutant), mutant.value
    if grant.fields is None or value is None:
        return False
    changed = grant.fields ^ frozenset(value)  # type: ignore[call-overload]
    return any(
        one != grant
        and one.who is Who.ANY_OF_MODE
        and one.mode is grant.mode
        and one.fields is not None
        and changed <= one.fields
        for one in _authorize(mutant).grants
    )


def _null_of_what_is_refused(mutant: Mutant) -> bool:
    """Whether null goes by the other grants: this one does not let the fields in."""
    if mutant.field != "grant.null_fields":
        return False
    grant, value = _grant(mutant), mutant.value
    if grant.fields is None or grant.null_fields is None:
        return False
    every = frozenset(mutant.fields)
    given = every if value is None else frozenset(value)  # type: ignore[call-overload]
    # Relations are no arguments.
    changed = (grant.null_fields ^ given) & every - {*mutant.key}
    others = [
        one
        for one in _authorize(mutant).grants
        if one is not grant and one.mode is grant.mode
    ]
    return changed.isdisjoint(grant.fields) and all(
        one.null_fields is None
        or (one.fields is not None and changed & one.fields <= one.null_fields)
        for one in others
    )


def _filled_in_before(mutant: Mutant) -> bool:
    """Whether an earlier grant, which never lacks a claim, has filled the owner in."""
    if mutant.field not in {"grant.fill", "grant.item.is_list"}:
        return False
    grant, before = _grant(mutant), _authorize(mutant)
    item = grant.item
    if not isinstance(item, OwnerIs) or not item.as_stored or not grant.fill:
        return False
    earlier = before.grants[: before.grants.index(grant)]
    return before.when is When.INPUT and any(
        one.fill
        and one.mode is grant.mode
        and isinstance(one.item, OwnerIs)
        and one.item.attribute == item.attribute
        and one.item.missing_claim is not None
        for one in earlier
    )


def _asked_twice(mutant: Mutant) -> bool:
    """Whether another check of the same write asks all that this one may ask.

    v1 asks of an emptied field what it asks of a given one, too, and a field's owner
    is often the model's.
    """
    before = mutant.before
    if not isinstance(before, Authorize) or before.given is None:
        return False
    after = _after(mutant)
    if after.unmatched is not before.unmatched:
        return False
    return any(
        isinstance(one, Authorize)
        and one.when is before.when
        and all(_asked_with(one, check, mutant) for check in (before, after))
        for function in mutant.resolver.functions
        if mutant.operation in function.before
        for one in function.before
        if one is not mutant.operation
    )


def _asked_with(other: Authorize, check: Authorize, mutant: Mutant) -> bool:
    """Whether the other is asked with a check, and refuses all that it refuses."""
    if check.given_null and check.given in mutant.key:
        return True
    always = other.given is None
    if not always and (other.given != check.given or other.given_null):
        return False
    if check.when is not other.when and not _leaves_it(check.when, other.when):
        return False
    return all(
        _lets_in(check, other, mode)
        for mode in {one.mode for one in (*check.grants, *other.grants)}
    )


def _leaves_it(when: When, to: When) -> bool:
    """Whether it asks nothing of a write: there is no page, and no item to read."""
    return when is When.EACH or (to is When.INPUT and when in _LEFT_TO_ITEMS)


def _lets_in(check: Authorize, other: Authorize, mode: AuthMode) -> bool:
    mine = [one for one in check.grants if one.mode is mode]
    theirs = [one for one in other.grants if one.mode is mode]
    if not mine:
        return check.unmatched is Outcome.ALLOW
    if mode in _open_modes(check) or check.when is When.EACH:
        return True
    if check.when is When.INPUT:
        # The first to ask fills in the owner, or finds nobody.
        told = {"text": "", "where": None}
        alike = [[replace(one, **told) for one in some] for some in (mine, theirs)]
        return alike[0] == alike[1]
    return bool(theirs) and all(any(_admits(m, t) for m in mine) for t in theirs)


def _admits(mine: Grant, theirs: Grant) -> bool:
    """Whether a grant is to all whom the other one is to, and perhaps to more."""
    plain = replace(mine, item=None, text="", where=None, fill=False)
    if plain != replace(theirs, item=None, text="", where=None, fill=False):
        return False
    one, two = mine.item, theirs.item
    if not isinstance(one, OwnerIs) or not isinstance(two, OwnerIs):
        return one == two
    known = one.attribute == two.attribute and one.missing_claim == two.missing_claim
    wider = two.missing_claim is not None and {*two.claims} <= {*one.claims}
    claims = one.claims == two.claims or (wider and len(two.claims) == 1)
    return known and claims and (one.is_list or not two.is_list)


def _key_of_a_get(mutant: Mutant) -> bool:
    if mutant.field not in {"key", "scans"} or _authorize(mutant).operation != "get":
        return False
    before, after = _authorize(mutant), _after(mutant)
    named = {grant.item.attribute for grant in before.grants if grant.item}
    return named.isdisjoint({*before.key} ^ {*after.key})


def _key_is_no_list(mutant: Mutant) -> bool:
    if mutant.field != "grant.item.as_stored":
        return False
    item = _grant(mutant).item
    return item is not None and item.attribute in mutant.indexed


def _key_is_asked(mutant: Mutant) -> bool:
    if mutant.field != "grant.item.is_list":
        return False
    item = _grant(mutant).item
    return item is not None and item.attribute in _authorize(mutant).key


def _sorts_by_nobody(mutant: Mutant) -> bool:
    if mutant.field != "key":
        return False
    before, after = _authorize(mutant).key, _after(mutant).key
    named = {grant.item.attribute for grant in _after(mutant).grants if grant.item}
    return before[:1] == after[:1] and named.isdisjoint({*before[1:], *after[1:]})


def _group_is_given(mutant: Mutant) -> bool:
    if mutant.field != "given" or _when(mutant) is not When.INPUT:
        return False
    return all(
        isinstance(grant.item, GroupIs) and grant.item.attribute == mutant.value
        for grant in _authorize(mutant).grants
    )


def _key_is_not_filled_in(mutant: Mutant) -> bool:
    if mutant.field != "grant.fill":
        return False
    item = _grant(mutant).item
    return item is not None and item.attribute in mutant.key


def _text_of_listeners(mutant: Mutant) -> bool:
    item = mutant.grant.item if mutant.grant else None
    if mutant.field != "grant.group_text" or not isinstance(item, GroupIs):
        return False
    listed = _when(mutant) is When.REQUEST and item.is_list
    return listed or _when(mutant) is When.SUBSCRIBE


def _shown_alike(mutant: Mutant) -> bool:
    item = mutant.grant.item if mutant.grant else None
    if mutant.field != "grant.item.claims" or not isinstance(item, OwnerIs):
        return False
    before = _authorize(mutant)
    argument = item.attribute in before.owner_arguments
    claims: tuple[tuple[str, ...], ...] = mutant.value  # type: ignore[assignment]
    alike = claims[-1] == item.claims[-1] and {*claims} == {*item.claims}
    return before.when is When.SUBSCRIBE and not argument and alike


def _holds_for_no_caller(mutant: Mutant) -> bool:
    """Whether an item's grant is said to be for callers of whom there are none."""
    if mutant.field != "grant.who" or _grant(mutant).item is None:
        return False
    roles = mutant.value in _ROLES and _grant(mutant).mode is not AuthMode.IAM
    return roles or (mutant.value in _NAMED and not _grant(mutant).names)


def _nulls_of_an_input(mutant: Mutant) -> bool:
    return mutant.field == "grant.null_fields" and _when(mutant) is When.INPUT


def _names_of_nobody(mutant: Mutant) -> bool:
    return mutant.field == "grant.names" and _who(mutant) not in _NAMED


def _claim_of_no_group(mutant: Mutant) -> bool:
    return mutant.field == "grant.group_claim" and _who(mutant) is not Who.GROUPS


def _text_of_no_group(mutant: Mutant) -> bool:
    if mutant.field != "grant.group_text" or _who(mutant) is Who.GROUPS:
        return False
    grant = _grant(mutant)
    by_item = isinstance(grant.item, GroupIs)
    return not by_item or GroupText.IGNORED not in {grant.group_text, mutant.value}


def _fills_nothing(mutant: Mutant) -> bool:
    if mutant.field != "grant.fill":
        return False
    owner = isinstance(_grant(mutant).item, OwnerIs)
    return not owner or _when(mutant) is not When.INPUT


def _no_item_to_miss(mutant: Mutant) -> bool:
    return mutant.field == "missing" and _when(mutant) is not When.FETCHED


def _no_owner_argument(mutant: Mutant) -> bool:
    if mutant.field != "owner_arguments":
        return False
    before = _authorize(mutant)
    changed = before.owner_arguments ^ frozenset(mutant.value)  # type: ignore[arg-type]
    owners = {
        grant.item.attribute
        for grant in before.grants
        if isinstance(grant.item, OwnerIs)
        and not (grant.item.is_list and not grant.item.as_stored)
    }
    return before.when is not When.SUBSCRIBE or changed.isdisjoint(owners)


def _no_key_argument(mutant: Mutant) -> bool:
    if mutant.field not in {"key", "scans"} or _cannot_be_asked(mutant):
        return False
    before = _authorize(mutant)
    keys = {*before.key, *(mutant.value if mutant.field == "key" else ())}  # type: ignore[misc]
    named = {grant.item.attribute for grant in before.grants if grant.item}
    return before.when is not When.REQUEST or keys.isdisjoint(named)


def _no_static_owner(mutant: Mutant) -> bool:
    if mutant.field != "fill_when_static":
        return False
    before = _authorize(mutant)
    fills = {grant.mode for grant in before.grants if grant.fill}
    static = {
        grant.mode
        for grant in before.grants
        if grant.who is not Who.ITEM and not above_rules(grant)
    }
    return before.when is not When.INPUT or fills.isdisjoint(static)


def _nothing_given(mutant: Mutant) -> bool:
    return mutant.field == "given_null" and _authorize(mutant).given is None


def _no_page(mutant: Mutant) -> bool:
    if mutant.field != "item_cap":
        return False
    by_item = any(grant.item for grant in _authorize(mutant).grants)
    return _when(mutant) is not When.EACH or not by_item


def _found_as_declared(mutant: Mutant) -> bool:
    changed = mutant.field == "grant.item.as_stored"
    return changed and _authorize(mutant).operation == "search"


def _lists_without_arguments(mutant: Mutant) -> bool:
    """Whether a key that no argument names becomes that of a group's text."""
    if mutant.field != "key" or mutant.key != ("id",):
        return False
    before, after = _authorize(mutant), _after(mutant)
    listed = before.scans and before.operation == "list" and after.key
    return bool(listed) and all(
        isinstance(grant.item, GroupIs) and not grant.item.is_list
        for grant in before.grants
        if grant.item is not None and grant.item.attribute in after.key
    )


def _null_of_an_index_key(mutant: Mutant) -> bool:
    """Whether it is asked of what DynamoDB refuses to store, before conditions."""
    if mutant.field != "given" or not _authorize(mutant).given_null:
        return False
    before = _authorize(mutant)
    open_ = before.unmatched is Outcome.ALLOW and before.when is When.WRITE
    return open_ and mutant.value in mutant.indexed


def _relation_is_no_argument(mutant: Mutant) -> bool:
    if mutant.field not in {"grant.fields", "grant.null_fields"}:
        return False
    held = getattr(_grant(mutant), mutant.field.removeprefix("grant."))
    if held is None or mutant.value is None:
        return False
    return (held ^ mutant.value).isdisjoint(mutant.fields)


def _asked_already(mutant: Mutant) -> bool:
    if not isinstance(mutant.before, RequireAuth):
        return False
    for function in mutant.resolver.functions:
        for one in (*function.before, *function.after):
            if isinstance(one, Authorize) and one.given is None:
                return True
    return False


def _declared_type(mutant: Mutant) -> bool:
    changed = mutant.field == "grant.item.as_stored"
    return changed and _when(mutant) in _BY_DECLARED_TYPE


def _stored_type(mutant: Mutant) -> bool:
    if mutant.field != "grant.item.is_list" or _when(mutant) in _BY_DECLARED_TYPE:
        return False
    grant = _grant(mutant)
    item = grant.item
    fills = item is not None and grant.fill and item.attribute not in mutant.key
    return item is not None and item.as_stored and not fills


_REASONS: tuple[tuple[str, Callable[[Mutant], bool]], ...] = (
    ("only FieldGuard reads which fields a grant covers", _unguarded),
    ("no rule applies to who stands above them", _above_rules),
    ("there is nothing to guard when grants cover every field", _leaves_nothing_out),
    ("an update or delete is always given its key", _key_is_given),
    ("without grants nobody comes in", _nobody_comes_in),
    ("callers alone decide, whenever they are asked", _by_rules_alone),
    ("a read's filter is a write's condition", _same_condition),
    ("whoever comes by the mode is let in by another grant", _open_to_the_mode),
    ("v1 refuses nobody where every rule is a mode's", _refuses_nobody),
    ("v1 lets in whose mode has no rule", _open_without_rule),
    ("v1 gives the input its defaults before it asks", _default_is_given),
    ("v1 does not filter events", _unfiltered_events),
    ("only tokens name owners, and this mode is open", _owner_of_no_token),
    ("nothing is asked of items, their modes are open", _items_of_open_modes),
    ("a key is never null", _null_of_a_key),
    ("null is not given where no update is allowed", _null_of_no_update),
    ("an owner's list has the filter of an owner's events", _lists_as_it_listens),
    ("a get is given its whole key", _key_of_a_get),
    ("an index is asked by its first key", _partition_is_given),
    ("a sort key alone is an error of its own", _sort_alone_fails),
    ("everybody of the mode has the field by another grant", _covered_by_an_open_one),
    ("null is asked of fields that are let in", _null_of_what_is_refused),
    ("an earlier rule has filled the owner in", _filled_in_before),
    ("another check of the same write asks it, too", _asked_twice),
    ("a key is no list", _key_is_no_list),
    ("a key argument is compared as it is", _key_is_asked),
    ("a sort key that names nobody narrows nothing", _sorts_by_nobody),
    ("an input that names no group is refused", _group_is_given),
    ("a key is always given", _key_is_not_filled_in),
    (
        "v2's listeners have groups as texts, its filters of lists have not",
        _text_of_listeners,
    ),
    ("an event shows an owner by the last claim", _shown_alike),
    (
        "no caller is one of such roles or groups, and the item decides",
        _holds_for_no_caller,
    ),
    ("an item that does not exist yet has no fields to empty", _nulls_of_an_input),
    ("names are of groups and admin roles", _names_of_nobody),
    ("a static grant to groups alone reads its claim", _claim_of_no_group),
    ("an item's groups are a text's, or are not", _text_of_no_group),
    ("only a create of an owner's item fills the owner in", _fills_nothing),
    ("only what has been fetched can be missing", _no_item_to_miss),
    ("only owners are named by an argument, one each", _no_owner_argument),
    ("only a key that names an owner or a group decides", _no_key_argument),
    ("no static grant stands beside an owner's", _no_static_owner),
    ("null is given to a field", _nothing_given),
    ("only pages have several items", _no_page),
    ("an index does not tell a value from a list of one", _found_as_declared),
    (
        "a list that is given no key asks its items all the same",
        _lists_without_arguments,
    ),
    ("a relation is no argument", _relation_is_no_argument),
    ("DynamoDB refuses null for a key of an index", _null_of_an_index_key),
    ("who has been asked by the rules is not asked again", _asked_already),
    ("a condition goes by the declared type", _declared_type),
    ("a test goes by what is stored", _stored_type),
)


def _authorize(mutant: Mutant) -> Authorize:
    assert isinstance(mutant.before, Authorize), mutant
    return mutant.before


def _after(mutant: Mutant) -> Authorize:
    assert isinstance(mutant.operation, Authorize), mutant
    return mutant.operation


def _grant(mutant: Mutant) -> Grant:
    assert mutant.grant is not None, mutant
    return mutant.grant


def _when(mutant: Mutant) -> When:
    return _authorize(mutant).when


def _who(mutant: Mutant) -> Who:
    return _grant(mutant).who
