"""The API's address, as Amplify gives it to a function.

``amplify update function`` with access to the API sets
``API_<NAME>_GRAPHQLAPIENDPOINTOUTPUT``; ``APPSYNC_URL`` is ours and wins.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from amplikit_client.errors import InvalidCall

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["api_url"]

_AMPLIFY = re.compile(r"API_.+_GRAPHQLAPIENDPOINTOUTPUT")


def api_url(environ: Mapping[str, str]) -> str:
    """Return the one URL that the environment names.

    Raises ``InvalidCall`` when it names none, or several that differ.
    """
    if url := environ.get("APPSYNC_URL"):
        return url
    found = {
        name: url for name, url in environ.items() if url and _AMPLIFY.fullmatch(name)
    }
    match sorted(set(found.values())):
        case [url]:
            return url
        case []:
            raise InvalidCall(
                "The environment names no API: set APPSYNC_URL, or give the function "
                "access to the API (API_<NAME>_GRAPHQLAPIENDPOINTOUTPUT)."
            )
        case _:
            raise InvalidCall(
                f"The environment names several APIs ({', '.join(sorted(found))}): "
                "set APPSYNC_URL to the one to call."
            )
