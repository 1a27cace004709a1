"""A whole project as values: schema texts, one ``Config``, and where each part is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from amplikit.blueprint.config import Config
from amplikit.blueprint.conflicts import ConflictConfig
from amplikit.errors import ConfigInvalid, Problem, did_you_mean
from amplikit.project.api_file import ApiSettings, read_api
from amplikit.project.api_keys_file import read_api_keys, read_usage_plans
from amplikit.project.environments_file import read_environments
from amplikit.project.find import CONFIG_FOLDER, Project
from amplikit.project.functions_file import own_roles, read_functions
from amplikit.project.identities_file import read_identities
from amplikit.project.options import Overrides, auth_missing, transformer_missing
from amplikit.project.providers_file import check_function
from amplikit.project.section import Origin, open_config_file
from amplikit.project.sources import Source, read_project_schema, read_source

if TYPE_CHECKING:
    from amplikit.blueprint.api import Transformer
    from amplikit.blueprint.modes import AuthConfig
    from amplikit.project.section import Section

__all__ = ["Loaded", "load"]

_STEMS = ("api", "identities", "api-keys", "functions", "environments")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a project says; ``problems`` are warnings only."""

    config: Config
    sources: tuple[Source, ...]
    origins: tuple[Origin, ...]
    problems: tuple[Problem, ...] = ()


class _Choice(NamedTuple):
    transformer: Transformer | None
    auth: AuthConfig | None
    flags: dict[str, bool]


def load(project: Project, overrides: Overrides | None = None) -> Loaded:
    """Return the project's values, with what the command line overrides.

    Raises ``ConfigInvalid`` with every problem of every file.
    """
    given = overrides or Overrides()
    problems: list[Problem] = list(_unknown_files(project))
    files = {}
    for stem in _STEMS:
        try:
            files[stem] = _open(project, stem)
        except ConfigInvalid as invalid:
            problems += invalid.problems
    sources = _schema(project, problems)
    if len(files) < len(_STEMS):
        raise ConfigInvalid(*problems)
    api = read_api(files["api"])
    identities = read_identities(files["identities"])
    plans = read_usage_plans(files["api-keys"])
    roles = tuple(role.name for role in identities.roles)
    _agree_on_iam_access(files["identities"], api)
    choice = _choose(api, given, iam_access=identities.iam_access)
    api_keys = read_api_keys(files["api-keys"], plans)
    functions = read_functions(files["functions"], project.root, roles)
    check_function(
        files["api"],
        api.providers,
        tuple(function.name for function in functions),
    )
    environments = read_environments(files["environments"])
    problems += [each for file in files.values() for each in file.file.problems]
    problems += _missing(choice, files["api"])
    if problems or choice.transformer is None or choice.auth is None:
        raise ConfigInvalid(*sorted(problems, key=_by_place))
    config = Config(
        name=api.name,
        transformer=choice.transformer,
        auth=choice.auth,
        flags=tuple(choice.flags.items()),
        limits=api.limits,
        region=api.region,
        account_id=api.account_id,
        groups=identities.groups,
        users=identities.users,
        roles=(*identities.roles, *own_roles(functions, identities.roles)),
        iam_users=identities.iam_users,
        identity_pool=identities.identity_pool,
        admin_role_names=given.admin_role_names or identities.admin_role_names,
        iam_access=choice.flags.get("enableIamAccess", False),
        api_keys=api_keys,
        usage_plans=plans,
        functions=functions,
        environments=environments,
        providers=given.providers or api.providers,
        user_pool=identities.user_pool,
        user_pool_clients=identities.user_pool_clients,
        conflicts=given.conflicts or api.conflicts or ConflictConfig(),
    )
    written = (each for file in files.values() for each in file.file.origins)
    return Loaded(config, sources, given.over(tuple(written)), given.problems)


def _choose(api: ApiSettings, given: Overrides, *, iam_access: bool) -> _Choice:
    flags = dict(api.flags) | dict(given.flags)
    if iam_access:
        flags.setdefault("enableIamAccess", True)
    return _Choice(given.transformer or api.transformer, given.auth or api.auth, flags)


def _agree_on_iam_access(identities: Section, api: ApiSettings) -> None:
    """Report the two spellings of one setting when they say different things."""
    flag = dict(api.flags).get("enableIamAccess")
    written = identities.values.get("iam_access")
    if isinstance(written, bool) and flag is not None and flag != written:
        identities.wrong(
            "iam_access",
            "flags.enableIamAccess in api.toml says the opposite.",
            "Remove one of the two.",
        )


def _missing(choice: _Choice, api: Section) -> list[Problem]:
    # A value that is there but wrong has its own problem already.
    missing = []
    if choice.transformer is None and not api.has("transformer"):
        missing.append(transformer_missing(api.file.where(())))
    if choice.auth is None and not api.has("auth"):
        missing.append(auth_missing(api.file.where(())))
    return missing


def _open(project: Project, stem: str) -> Section:
    """Return a file's table; only ``api.toml`` has to exist."""
    path = project.config_folder / f"{stem}.toml"
    name = f"{CONFIG_FOLDER}/{stem}.toml"
    if path.exists():
        return open_config_file(read_source(path, name), stem)
    if stem == "api":
        raise ConfigInvalid(
            Problem(
                code="config-file-missing",
                message=f"The project has no {name}.",
                hint="Write it: name, transformer and [auth] default.",
            )
        )
    return open_config_file(Source(name, ""), stem)


def _unknown_files(project: Project) -> list[Problem]:
    known = [f"{stem}.toml" for stem in _STEMS]
    return [
        Problem(
            code="unknown-config-file",
            message=f"'{CONFIG_FOLDER}/{path.name}' is not read by anything.",
            hint=did_you_mean(path.name, known).strip()
            or f"Use one of: {', '.join(known)}.",
        )
        for path in sorted(project.config_folder.glob("*.toml"))
        if path.name not in known
    ]


def _schema(project: Project, problems: list[Problem]) -> tuple[Source, ...]:
    try:
        return read_project_schema(project.root)
    except ConfigInvalid as invalid:
        problems += invalid.problems
        return ()


def _by_place(problem: Problem) -> tuple[str, int, int]:
    where = problem.where
    return (where.file, where.line, where.column) if where else ("", 0, 0)
