"""What can be wrong with one ``@auth`` rule, wherever it stands.

Source: validateRuleAuthStrategy and commonRuleValidation of both auth transformers;
the words differ between the versions, and so do some of the checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.access_matrix import MODE_OF
from amplikit.blueprint.api import Provider, Strategy, Transformer
from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operation_kinds import READ_OPERATIONS
from amplikit.compiler.rejection import rejection
from amplikit.compiler.wording import listed
from amplikit.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.compiler.options import CompileOptions
    from amplikit.compiler.rules import WrittenRule

__all__ = [
    "rule_claim_problems",
    "rule_list_problems",
    "rule_operation_problems",
    "rule_problems",
    "rule_strategy_problems",
]

_MODE_NAMES = {
    AuthMode.API_KEY: "API Key",
    AuthMode.IAM: "IAM",
    AuthMode.USER_POOLS: "Cognito User Pools",
    AuthMode.OIDC: "OPENID_CONNECT",
    AuthMode.LAMBDA: "Lambda",
}
_ALLOWED = {
    Strategy.OWNER: (Provider.USER_POOLS, Provider.OIDC),
    Strategy.GROUPS: (Provider.USER_POOLS, Provider.OIDC),
    Strategy.PRIVATE: (Provider.USER_POOLS, Provider.IAM),
    Strategy.PUBLIC: (Provider.API_KEY, Provider.IAM),
    Strategy.CUSTOM: (Provider.FUNCTION,),
}


def rule_problems(rule: WrittenRule, options: CompileOptions) -> Iterator[Problem]:
    """Yield what is wrong with a rule's strategy, provider and claims."""
    yield from rule_strategy_problems(rule, options)
    yield from rule_claim_problems(rule, options)


def rule_strategy_problems(
    rule: WrittenRule, options: CompileOptions
) -> Iterator[Problem]:
    """Yield what is wrong with a rule's strategy and provider."""
    yield from _strategy(rule, options)
    yield from _mode(rule, options)


def rule_claim_problems(
    rule: WrittenRule, options: CompileOptions
) -> Iterator[Problem]:
    """Yield what is wrong with a rule's claims and groups."""
    yield from _claims(rule, options)
    yield from _groups(rule, options)


def _accepted(allow: Strategy, transformer: Transformer) -> tuple[Provider, ...]:
    """Return the providers that a strategy may have."""
    accepted = _ALLOWED[allow]
    if transformer is Transformer.V2 and Provider.IAM in accepted:
        accepted = (*accepted, Provider.IDENTITY_POOL)
        if allow is Strategy.PRIVATE:
            accepted = (*accepted, Provider.OIDC)
    return accepted


def _strategy(rule: WrittenRule, options: CompileOptions) -> Iterator[Problem]:
    allow, provider = rule.allow, rule.provider
    accepted = _accepted(allow, options.transformer)
    if provider not in accepted:
        yield rejection(
            "provider-not-for-strategy",
            message=f"'allow: {allow}' cannot have the provider '{provider}'.",
            hint=f"Use {listed(accepted)}.",
            where=rule.where,
            amplify=_strategy_text(allow, provider, options.transformer),
        )
    elif (
        options.transformer is Transformer.V2
        and allow is Strategy.GROUPS
        and not (rule.has("groups") and rule.texts("groups") is not None)
        and not rule.text("groupsField")
    ):
        yield rejection(
            "groups-rule-without-groups",
            message="A rule with 'allow: groups' names no groups.",
            hint='Add groups: ["..."] or groupsField: "...".',
            where=rule.where,
            amplify="@auth directive with 'groups' should have a defined groups list "
            "or a groupsField.",
        )


def _strategy_text(
    allow: Strategy, provider: Provider, transformer: Transformer
) -> str:
    iam = "iam" if transformer is Transformer.V1 else "identityPool"
    begin = f"@auth directive with '{allow}' strategy only supports "
    end = f"but found '{provider}' assigned."
    match allow:
        case Strategy.GROUPS:
            return f"{begin}'userPools' and 'oidc' providers, {end}"
        case Strategy.OWNER:
            return f"{begin}'userPools' (default) and 'oidc' providers, {end}"
        case Strategy.PUBLIC:
            return f"{begin}'apiKey' (default) and '{iam}' providers, {end}"
        case Strategy.PRIVATE:
            return f"{begin}'userPools' (default) and '{iam}' providers, {end}"
        case Strategy.CUSTOM:
            return f"{begin}'function' (default) provider, {end}"


def _mode(rule: WrittenRule, options: CompileOptions) -> Iterator[Problem]:
    mode = MODE_OF[rule.provider]
    if mode not in options.auth.modes:
        yield rejection(
            "auth-mode-not-configured",
            message=f"A rule has the provider '{rule.provider}', but the API does not "
            f"have the mode {mode}.",
            hint=f"Add {mode} to the API's auth modes, or change the rule.",
            where=rule.where,
            amplify=f"@auth directive with '{rule.provider}' provider found, but the "
            f"project has no {_MODE_NAMES[mode]} authentication provider configured.",
        )


def _claims(rule: WrittenRule, options: CompileOptions) -> Iterator[Problem]:
    first = options.transformer is Transformer.V1
    # The texts begin with a newline and the blanks of the transformers' source.
    blanks = " " * (12 if first else 10)
    identity = rule.text("identityClaim") or (first and rule.text("identityField"))
    if rule.allow is Strategy.GROUPS and identity:
        field = "identityField/Claim" if first else "identityClaim"
        yield rejection(
            "claim-not-for-strategy",
            message="A rule with 'allow: groups' has an identityClaim.",
            hint="Remove it, or write groupClaim.",
            where=rule.where,
            amplify=f"\n{blanks}@auth {field} can only be used for 'allow: owner'",
        )
    if rule.allow is Strategy.OWNER and rule.text("groupClaim"):
        yield rejection(
            "claim-not-for-strategy",
            message="A rule with 'allow: owner' has a groupClaim.",
            hint="Remove it, or write identityClaim.",
            where=rule.where,
            amplify=f"\n{blanks}@auth groupClaim can only be used 'allow: groups'",
        )


def _groups(rule: WrittenRule, options: CompileOptions) -> Iterator[Problem]:
    groups = rule.texts("groups")
    if rule.text("groupsField") and groups is not None:
        yield rejection(
            "groups-and-groups-field",
            message="A rule has both groups and groupsField.",
            hint="Write two rules.",
            where=rule.where,
            amplify="This rule has groupsField and groups, please use one or the other",
        )
    first = options.transformer is Transformer.V1
    if not first and rule.allow is Strategy.GROUPS and groups == ():
        yield rejection(
            "groups-rule-without-groups",
            message="A rule with 'allow: groups' has an empty list.",
            hint="Name the groups.",
            where=rule.where,
            amplify="@auth rules using groups cannot have an empty list",
        )
    if not first and rule.allow is Strategy.OWNER and groups:
        yield Problem(
            "groups-not-for-owner",
            "A rule with 'allow: owner' has groups.",
            "Write two rules, or remove groups.",
            rule.where,
        )
    if first and rule.text("identityField") and rule.text("identityClaim"):
        yield rejection(
            "claim-named-twice",
            message="A rule has both identityField and identityClaim.",
            hint="Keep identityClaim: identityField is its old name.",
            where=rule.where,
            amplify="Please use consider IdentifyClaim over IdentityField as it is "
            "deprecated.",
        )


_LIST_CALLS = {
    "operations": "rule.operations.find",
    "queries": "rule.queries.find",
    "mutations": "rule.mutations.find",
    "groups": "groups.map",
}


def rule_list_problems(rule: WrittenRule) -> Iterator[Problem]:
    """Yield the lists without brackets, over which v1 stumbles."""
    for name, call in _LIST_CALLS.items():
        written = rule.text(name)
        asked = name != "groups" or rule.allow is Strategy.GROUPS
        if written and asked:
            shown = f'"{written}"' if name == "groups" else written
            yield rejection(
                "rule-list-without-brackets",
                message=f"{name} of a rule has no brackets.",
                hint=f"Write {name}: [{shown}].",
                where=rule.where,
                amplify=f"{call} is not a function",
                kind="TypeError",
            )


def rule_operation_problems(rule: WrittenRule, *, on_field: bool) -> Iterator[Problem]:
    """Yield v2's problems with operations: no list, or what is beside ``read``."""
    written = rule.texts("operations") or ()
    if rule.text("operations"):
        yield _single_operation(rule, written[0], on_field=on_field)
        return
    if written.count("read") > 1:
        yield rejection(
            "operation-beside-read",
            message="A rule has 'read' twice.",
            hint="Remove one of them.",
            where=rule.where,
            amplify="Operation: read does not exist in the ACM.",
            kind="TransformerContractError",
        )
    fine = tuple(name for name in written if name in READ_OPERATIONS)
    if not fine:
        return
    names = ",".join(fine)
    if on_field:
        yield rejection(
            "operation-not-on-fields",
            message=f"A field's rule cannot have the operation '{fine[0]}'.",
            hint="Write 'read'.",
            where=rule.where,
            amplify=f"'{names}' operation is not allowed at the field level.",
        )
    elif "read" in written:
        yield rejection(
            "operation-beside-read",
            message=f"A rule has '{fine[0]}' beside 'read', which contains it.",
            hint=f"Remove 'read' or '{fine[0]}'.",
            where=rule.where,
            amplify=f"'{names}' operations are specified in addition to 'read'. Either "
            f"remove 'read' to limit access only to '{names}' or only keep 'read' to "
            f"grant all {','.join(READ_OPERATIONS)} access.",
        )


def _single_operation(rule: WrittenRule, name: str, *, on_field: bool) -> Problem:
    """Return the problem of an operation without brackets, over which v2 stumbles."""
    crash = "input.operations.forEach"
    if on_field or name == "read":
        crash = "rule.operations.some" if on_field else "operations.some"
    return rejection(
        "operations-not-a-list",
        message=f"The operations of a rule are no list, but '{name}'.",
        hint=f"Write [{name}].",
        where=rule.where,
        amplify=f"{crash} is not a function",
        kind="TypeError",
    )
