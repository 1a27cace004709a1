"""What the pages say to write in ``amplify-config/`` is read as it stands."""

from __future__ import annotations

import re
from pathlib import Path

from amplikit.blueprint.config import Mechanism, Period
from amplikit.blueprint.modes import AuthMode, DefaultAction
from amplikit.project import Project, load
from amplikit.project.options import overrides_from_options

DOCS = Path(__file__).parents[2] / "docs"


def blocks(page: str, language: str = "toml") -> list[str]:
    text = (DOCS / page).read_text()
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_pages_on_modes_and_limits_can_be_copied(tmp_path: Path) -> None:
    found = blocks("auth-modes.md")
    api = [block for block in found if block.startswith(("[auth", "[[auth"))]
    identities = [block for block in found if block not in api]
    editor = '[roles.editor]\ntrust = ["identity-pool"]\n'
    editor += (
        '[[roles.editor.statements]]\nactions = ["appsync:*"]\nresources = ["*"]\n'
    )
    function = '[functions.judge]\nfolder = "f"\nrole = "reporting"\n'
    for path, text in {
        "schema/a.graphql": "type Note @model { id: ID! }",
        "f/handler.py": "",
        "amplify-config/api.toml": 'name = "a"\ntransformer = "v2"\n' + "\n".join(api),
        "amplify-config/identities.toml": "\n".join((*identities, editor)),
        "amplify-config/functions.toml": function,
        "amplify-config/api-keys.toml": "\n".join(blocks("limits.md")),
    }.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)

    config = load(Project(tmp_path)).config

    assert set(config.auth.modes) == {*AuthMode}
    assert config.auth.default_action is DefaultAction.DENY
    assert config.providers.authorizer.function == "judge"
    assert [one.issuer for one in config.providers.oidc] == [
        "https://id.example.org/tenant"
    ]
    assert config.identity_pool.mapping.rules[0].role == "editor"
    assert [user.name for user in config.iam_users] == ["ci"]
    gateway, waf = config.usage_plans
    assert (gateway.quota.period, waf.mechanism) == (Period.DAY, Mechanism.WAF)


def test_the_option_on_the_page_is_read() -> None:
    (command,) = blocks("auth-modes.md", "sh")
    auth = command.partition("--auth '")[2].rpartition("'")[0]
    overrides = overrides_from_options("v2", auth, None)
    assert overrides.providers.oidc[0].client_ids == "web"
