"""What importing the package brings, and what it does not."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import amplikit_client


def test_importing_it_imports_neither_boto3_nor_gql_nor_the_toolkit() -> None:
    heavy = {"boto3", "botocore", "gql", "graphql", "aiohttp", "websockets", "amplikit"}
    found = subprocess.run(
        [sys.executable, "-c", "import amplikit_client, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert heavy.isdisjoint(found.stdout.split())


def test_all_lists_every_public_name() -> None:
    public = {
        name
        for name, value in vars(amplikit_client).items()
        if not name.startswith("_")
        and not inspect.ismodule(value)
        and name != "annotations"
    }
    assert set(amplikit_client.__all__) == public
    assert sorted(amplikit_client.__all__) == amplikit_client.__all__


def test_it_is_typed() -> None:
    assert (Path(amplikit_client.__file__).parent / "py.typed").is_file()


def test_without_the_extra_a_subscription_says_what_to_install() -> None:
    code = """
import sys
sys.modules["gql"] = None
from amplikit_client import ApiKeyAuth, AppSyncClient, ExtraMissing
client = AppSyncClient("http://localhost/graphql", ApiKeyAuth("k"))
for call in (lambda: client.subscribe("subscription { a }"), client.gql):
    try:
        call()
    except ExtraMissing as error:
        print(isinstance(error, ImportError), "amplikit-client[realtime]" in str(error))
"""
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert found.stdout == "True True\nTrue True\n"
