"""Values from the command line: over a project's, or instead of a project."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config, RoleConfig
from amplikit.blueprint.conflicts import ConflictConfig
from amplikit.blueprint.providers import AuthProviders
from amplikit.blueprint.resources import PolicyStatement
from amplikit.errors import ConfigInvalid, Problem, Where, did_you_mean
from amplikit.project.auth_option import read_auth
from amplikit.project.conflicts import conflicts_from_flags
from amplikit.project.flags import FLAGS
from amplikit.project.json_text import parse_json
from amplikit.project.section import Origin
from amplikit.project.sources import read_source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.blueprint.modes import AuthConfig

__all__ = [
    "Overrides",
    "auth_missing",
    "config_without_project",
    "overrides_from_json",
    "overrides_from_options",
    "transformer_missing",
]

_LOCAL_ADMIN = RoleConfig(
    "local-admin",
    (
        PolicyStatement("Allow", ("appsync:*",), ("*",)),
        PolicyStatement(
            "Allow", ("cognito-idp:*",), ("arn:aws:cognito-idp:*:*:userpool/*",)
        ),
        PolicyStatement("Allow", ("dynamodb:*",), ("*",)),
        PolicyStatement("Allow", ("cognito-identity:*", "sts:AssumeRole"), ("*",)),
    ),
)


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the command line says; None is nothing. ``problems`` are warnings.

    ``providers`` are those that stand in ``auth``.
    """

    transformer: Transformer | None = None
    auth: AuthConfig | None = None
    flags: tuple[tuple[str, bool], ...] = ()
    admin_role_names: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    conflicts: ConflictConfig | None = None
    providers: AuthProviders | None = None

    def over(self, origins: tuple[Origin, ...]) -> tuple[Origin, ...]:
        """Return the origins, those of overridden values replaced."""
        own: list[Origin] = []
        if self.transformer:
            own.append(Origin("api.transformer", self.transformer, "--transformer"))
        if self.auth:
            additional = list(self.auth.additional)
            own.append(Origin("api.auth.default", self.auth.default, "--auth"))
            own.append(Origin("api.auth.additional", additional, "--auth"))
        own += [Origin(f"api.flags.{name}", on, "--flags") for name, on in self.flags]
        if self.admin_role_names:
            names = list(self.admin_role_names)
            own.append(Origin("identities.admin_role_names", names, "--flags"))
        replaced = {origin.key for origin in own}
        kept = (origin for origin in origins if origin.key not in replaced)
        return (*kept, *own)


def config_without_project(overrides: Overrides) -> Config:
    """Return what a schema without a project runs with.

    One user pool and one identity pool always exist; there is one API key, and the
    role ``local-admin``, which IAM lets in everywhere and no ``@auth`` rule knows.
    Raises ``ConfigInvalid`` when the transformer or the modes are not given.
    """
    problems = []
    if overrides.transformer is None:
        problems.append(transformer_missing(None))
    if overrides.auth is None:
        problems.append(auth_missing(None))
    if overrides.transformer is None or overrides.auth is None:
        raise ConfigInvalid(*problems)
    return Config(
        name="local",
        transformer=overrides.transformer,
        auth=overrides.auth,
        flags=overrides.flags,
        roles=(_LOCAL_ADMIN,),
        conflicts=overrides.conflicts or ConflictConfig(),
        admin_role_names=overrides.admin_role_names,
        iam_access=dict(overrides.flags).get("enableIamAccess", False),
        providers=overrides.providers or AuthProviders(),
    )


def overrides_from_options(
    transformer: str | None, auth: str | None, flags: str | None
) -> Overrides:
    """Return the options ``--transformer``, ``--auth JSON|@FILE``, ``--flags ...``.

    Raises ``ConfigInvalid`` with the problems of all three.
    """
    problems: list[Problem] = []
    values: dict[str, object] = {}
    for name, text in (("--auth", auth), ("--flags", flags)):
        if text is not None:
            try:
                values[name] = _parse_json(name, text)
            except ConfigInvalid as invalid:
                problems += invalid.problems
    if problems:
        raise ConfigInvalid(*problems)
    return overrides_from_json(
        transformer, values.get("--auth"), values.get("--flags"), prefix="--"
    )


def overrides_from_json(
    transformer: object, auth: object, flags: object, *, prefix: str = ""
) -> Overrides:
    """Return the same from parsed JSON; null is nothing. ``prefix`` names the keys.

    Raises ``ConfigInvalid``.
    """
    problems: list[Problem] = []
    chosen = _transformer(transformer, f"{prefix}transformer", problems)
    modes = read_auth(auth, f"{prefix}auth", problems)
    switches, admin_role_names = _flags(flags, f"{prefix}flags", problems)
    conflicts = conflicts_from_flags(flags, f"{prefix}flags", problems)
    if any(problem.severity == "error" for problem in problems):
        raise ConfigInvalid(*problems)
    return Overrides(
        chosen,
        modes[0] if modes else None,
        switches,
        admin_role_names,
        tuple(problems),
        conflicts,
        modes[1] if modes and modes[1] != AuthProviders() else None,
    )


def transformer_missing(where: Where | None) -> Problem:
    """Nobody said which transformer; the two differ in who gets in."""
    return Problem(
        code="transformer-missing",
        message="Nothing says which GraphQL transformer compiles the schema.",
        hint='Write transformer = "v1" or "v2" in api.toml, or use --transformer.',
        where=where,
    )


def auth_missing(where: Where | None) -> Problem:
    """Nobody said which modes the API has."""
    return Problem(
        code="auth-missing",
        message="Nothing says which authorization modes the API has.",
        hint="Write [auth] default = ... in api.toml, or use --auth "
        '\'{"default": "API_KEY"}\'.',
        where=where,
    )


def _invalid(option: str, fact: str, hint: str) -> Problem:
    return Problem("option-invalid", f"{option}: {fact}", hint)


def _parse_json(option: str, text: str) -> object:
    if not text.startswith("@"):
        return parse_json(text, option)
    name = text[1:]
    return parse_json(read_source(Path(name), name).text, name)


def _transformer(
    value: object, name: str, problems: list[Problem]
) -> Transformer | None:
    if value is None:
        return None
    if isinstance(value, str) and value in set(Transformer):
        return Transformer(value)
    problems.append(
        _invalid(name, f"{_shown(value)} is not v1 or v2.", "Write v1, v2.")
    )
    return None


def _flags(
    value: object, name: str, problems: list[Problem]
) -> tuple[tuple[tuple[str, bool], ...], tuple[str, ...]]:
    if value is None:
        return (), ()
    if not isinstance(value, dict):
        problems.append(_invalid(name, "it is not an object.", "Write {} for none."))
        return (), ()
    flags: Mapping[str, object] = value
    switches: list[tuple[str, bool]] = []
    roles: tuple[str, ...] = ()
    for flag, on in flags.items():
        if flag == "adminRoles":
            roles = _role_names(on, name, problems)
        elif flag == "ResolverConfig" and isinstance(on, dict) and on.get("project"):
            # How Amplify writes that conflict detection is on for the whole project.
            switches.append((flag, True))
        elif isinstance(on, bool):
            switches.append((flag, on))
            problems += _unless_known(flag)
        elif flag in FLAGS:
            fact = f"'{flag}' is {_shown(on)}, not true or false."
            problems.append(_invalid(name, fact, "Write true or false."))
        else:
            problems.append(
                Problem(
                    "unsupported-flag",
                    f"{name}: '{flag}' is not supported by this version.",
                    "Remove it.",
                )
            )
    return tuple(switches), roles


def _unless_known(flag: str) -> list[Problem]:
    if flag in FLAGS:
        return []
    return [
        Problem(
            "unknown-flag",
            f"'{flag}' is no feature flag that changes what is compiled.",
            did_you_mean(flag, FLAGS).strip() or "Remove it.",
            severity="warning",
        )
    ]


def _role_names(value: object, name: str, problems: list[Problem]) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    fact = "'adminRoles' is not a list of names."
    problems.append(_invalid(name, fact, 'Write it like ["adminRole-1"].'))
    return ()


def _shown(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else json.dumps(value)[:60]
