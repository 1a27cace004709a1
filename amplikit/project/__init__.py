"""Reads a project (schema files and ``amplify-config/*.toml``) into one ``Config``.

The only layer that knows how a project lies on disk; everything behind it takes values.
"""

from amplikit.project.find import Project, find_project, open_project
from amplikit.project.json_text import parse_json
from amplikit.project.load import Loaded, load
from amplikit.project.options import (
    Overrides,
    config_without_project,
    overrides_from_json,
    overrides_from_options,
)
from amplikit.project.section import Origin
from amplikit.project.sources import (
    Source,
    read_schema_paths,
    read_source,
    source_of,
)

__all__ = [
    "Loaded",
    "Origin",
    "Overrides",
    "Project",
    "Source",
    "config_without_project",
    "find_project",
    "load",
    "open_project",
    "overrides_from_json",
    "overrides_from_options",
    "parse_json",
    "read_schema_paths",
    "read_source",
    "source_of",
]
