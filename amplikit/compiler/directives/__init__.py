"""The directives, one file each, and the order in which they are applied.

The order has meaning: fields before keys, keys before relations, relations before
rules. It is the transformers' own, so the first problem is the one that they report.
"""

from __future__ import annotations

from amplikit.blueprint.api import Transformer
from amplikit.compiler.directives.auth import AUTH_V1, AUTH_V2
from amplikit.compiler.directives.belongs_to import BELONGS_TO
from amplikit.compiler.directives.connection import CONNECTION
from amplikit.compiler.directives.default import DEFAULT
from amplikit.compiler.directives.function import FUNCTION_V1, FUNCTION_V2
from amplikit.compiler.directives.has_many import HAS_MANY
from amplikit.compiler.directives.has_one import HAS_ONE
from amplikit.compiler.directives.http import HTTP
from amplikit.compiler.directives.index import INDEX
from amplikit.compiler.directives.key import KEY
from amplikit.compiler.directives.many_to_many import MANY_TO_MANY
from amplikit.compiler.directives.maps_to import MAPS_TO
from amplikit.compiler.directives.model import MODEL
from amplikit.compiler.directives.predictions import PREDICTIONS
from amplikit.compiler.directives.primary_key import PRIMARY_KEY
from amplikit.compiler.directives.searchable import SEARCHABLE
from amplikit.compiler.directives.validate import VALIDATE
from amplikit.compiler.directives.versioned import VERSIONED

__all__ = ["DIRECTIVES"]

DIRECTIVES = {
    Transformer.V1: (
        MODEL,
        VERSIONED,
        FUNCTION_V1,
        HTTP,
        KEY,
        CONNECTION,
        PREDICTIONS,
        SEARCHABLE,
        AUTH_V1,
    ),
    Transformer.V2: (
        MODEL,
        FUNCTION_V2,
        HTTP,
        PREDICTIONS,
        PRIMARY_KEY,
        INDEX,
        HAS_MANY,
        HAS_ONE,
        MANY_TO_MANY,
        BELONGS_TO,
        DEFAULT,
        MAPS_TO,
        SEARCHABLE,
        VALIDATE,
        AUTH_V2,
    ),
}
