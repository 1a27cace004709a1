"""The whole story over real sockets: three kinds of callers, one API.

It starts the real server in a temporary data folder and talks to it as users do, over
HTTP and WebSocket; the only shortcut is a key that is put into the folder expired.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from amplikit.demo.scenes import SCENES
from amplikit.demo.server import Server, running
from amplikit.demo.stage import TWIN, Line, Stage
from amplikit.errors import ConfigInvalid, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from amplikit.demo.scenes import Scene

__all__ = ["Line", "play"]


def play(
    project: Path,
    *,
    on_scene: Callable[[int, str], None],
    on_line: Callable[[Line], None],
    on_kept: Callable[[Server], None] | None = None,
) -> bool:
    """Play every scene and return whether every line held.

    With ``on_kept`` the server stays up, with its folder, until that call returns.
    Raises ``ConfigInvalid`` when the project is not the community app.
    """
    if not (project / TWIN).is_dir():
        raise ConfigInvalid(
            Problem(
                code="demo-of-another-project",
                message=f"'{project}' is not the community app: it has no {TWIN}/.",
                hint="Play the demo in a clone of amplikit's repository.",
            )
        )
    with tempfile.TemporaryDirectory(prefix="amplikit-demo-") as name:
        folder = Path(name)
        server = Server(project, folder / "data", folder / "server.log")
        stage = Stage(project, folder, server)
        with running(server):
            held = _play_scenes(stage, on_scene, on_line)
            if on_kept is not None:
                on_kept(server)
    return held


def _play_scenes(
    stage: Stage,
    on_scene: Callable[[int, str], None],
    on_line: Callable[[Line], None],
) -> bool:
    held = True
    for number, (title, scene) in enumerate(SCENES, start=1):
        on_scene(number, title)
        for line in _lines(scene, stage):
            on_line(line)
            held = held and line.held
    return held


def _lines(scene: Scene, stage: Stage) -> Iterator[Line]:
    """Yield a scene's lines; one that breaks has not held, and the story goes on."""
    try:
        yield from scene(stage)
    except Exception as error:  # noqa: BLE001 - whatever broke is what the line says
        name = type(error).__name__
        yield Line("the scene", "nobody", f"broke off: {name}", str(error), held=False)
