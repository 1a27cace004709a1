"""Who may do what, decided by Amplify's own templates and by the interpreter."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from decision_cases import case_names, open_case
from velocity_resolvers import CORPUS

