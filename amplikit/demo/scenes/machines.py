"""Roles: what a Lambda may do under v1, and why v2 refuses it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

from amplikit_client import GraphQLError

from amplikit.demo.server import CommandFailed, Server, command, running
from amplikit.demo.stage import TWIN, Line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from amplikit_client import AppSyncClient

    from amplikit.demo.stage import Stage

__all__ = ["role_limits", "the_same_in_v2"]

_ROLE = "post-confirmation-role"
_UNLIMITED_ROLE = "admin-tools"
_CREATE = 'mutation { createUser(input: { id: "m-1", username: "machine" }) { id } }'
_UPDATE = 'mutation { updateUser(input: { id: "m-1", bio: "made of tin" }) { bio } }'
_EVENT = {
    "version": "1",
    "triggerSource": "PostConfirmation_ConfirmSignUp",
    "userName": "carol",
    "request": {"userAttributes": {"sub": "c-1", "email": "carol@example.com"}},
    "response": {},
}
_DELETE = 'mutation { deleteUser(input: { id: "m-1" }) { id } }'


def role_limits(stage: Stage) -> Iterator[Line]:
    """The role of the Lambda creates and updates; nobody's IAM role deletes."""
    role = stage.role(_ROLE)
    created = role.execute(_CREATE)["createUser"]["id"]
    updated = role.execute(_UPDATE)["updateUser"]["bio"]
    yield Line(
        "createUser, updateUser, signed with SigV4",
        f"role {_ROLE}",
        f"{created}: {updated}",
        "{ allow: private, provider: iam, operations: [create, update] }",
        updated == "made of tin",
    )
    refusal = _refusal(role, _DELETE)
    yield Line(
        "deleteUser",
        f"role {_ROLE}",
        f"refused: {refusal}",
        "layer policy: the role's policy does not name deleteUser",
        bool(refusal),
    )
    refusal = _refusal(stage.role(_UNLIMITED_ROLE), _DELETE)
    yield Line(
        "deleteUser",
        f"role {_UNLIMITED_ROLE}",
        f"refused: {refusal}",
        "layer directive: its policy allows everything, but no rule opens deleteUser "
        "to IAM",
        "Not Authorized to access deleteUser" in refusal,
    )


def the_same_in_v2(stage: Stage) -> Iterator[Line]:
    """Serve the v2 twin: the same Lambda is refused, until the project says so."""
    project = _twin(stage)
    server = Server(project, stage.folder / "data-v2", stage.folder / "v2.log")
    with running(server):
        refusal = _invoked(stage, server)
        denied = _explained_denial(server)
        rule = denied["rule"]
        yield Line(
            "lambdas/post_confirmation under v2",
            f"role {_ROLE}",
            f"refused: {refusal}",
            f"layer {denied['layer']}, {rule['file']}:{rule['line']}: {denied['hint']}",
            "Not Authorized" in refusal and "admin_role_names" in denied["hint"],
        )
    _let_in(project, _ROLE)
    with running(server):
        refusal = _invoked(stage, server)
        yield Line(
            "the same, as an admin role",
            f"role {_ROLE}",
            refusal or "the profile is written",
            f'admin_role_names = ["{_ROLE}"]: no rule applies, only the IAM policy',
            not refusal,
        )


def _invoked(stage: Stage, server: Server) -> str:
    """Run the function with a sign-up's event; return its error, or "" when done."""
    event = stage.folder / "event.json"
    event.write_text(json.dumps(_EVENT))
    place = ("--project", str(server.project), "--data", str(server.data))
    try:
        command("invoke", "post_confirmation", "--event", str(event), *place)
    except CommandFailed as failed:
        _, marked, logged = failed.said.partition("[ERROR] ")
        return logged.splitlines()[0] if marked else failed.said
    return ""


def _explained_denial(server: Server) -> dict[str, Any]:
    place = ("--project", str(server.project), "--data", str(server.data))
    told = command("explain", *place, "--as", f"role:{_ROLE}", "--json", _CREATE)
    decisions: list[dict[str, Any]] = json.loads(told)["decisions"]
    return next(one for one in decisions if one["verdict"] == "deny")


def _twin(stage: Stage) -> Path:
    """Copy the project with the v2 twin of its schema, and v2's form of an owner."""
    project = stage.folder / "community-v2"
    for name in ("amplify-config", "lambdas"):
        shutil.copytree(stage.project / name, project / name)
    shutil.copytree(stage.project / TWIN, project / "schema")
    config = project / "amplify-config"
    _replace(config / "api.toml", 'transformer = "v1"', 'transformer = "v2"')
    trigger = 'triggers = ["PostConfirmation"]'
    owner = 'environment = { OWNER_FORMAT = "sub::username" }'
    _replace(config / "functions.toml", trigger, f"{trigger}\n{owner}")
    return project


def _let_in(project: Path, role: str) -> None:
    identities = project / "amplify-config" / "identities.toml"
    identities.write_text(f'admin_role_names = ["{role}"]\n' + identities.read_text())


def _replace(file: Path, old: str, new: str) -> None:
    file.write_text(file.read_text().replace(old, new))


def _refusal(client: AppSyncClient, query: str) -> str:
    try:
        client.execute(query)
    except GraphQLError as error:
        return str(error)
    return ""
