"""How the compiler's tests compile a text."""

from __future__ import annotations

from amplikit.blueprint.api import Api, Transformer
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.compiler import Compilation, CompileOptions, Source, compile_schema

ALL_MODES = AuthConfig(
    AuthMode.USER_POOLS, (AuthMode.API_KEY, AuthMode.IAM, AuthMode.OIDC)
)


def compilation(
    text: str, transformer: str = "v1", auth: AuthConfig = ALL_MODES, **flags: bool
) -> Compilation:
    options = CompileOptions(Transformer(transformer), auth, tuple(flags.items()))
    return compile_schema([Source("schema.graphql", text)], options)


def api(text: str, transformer: str = "v1", **flags: bool) -> Api:
    result = compilation(text, transformer, **flags)
    assert result.api is not None, [str(problem) for problem in result.problems]
    return result.api
