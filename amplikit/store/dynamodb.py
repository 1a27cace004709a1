"""``--store dynamodb:URL``: tables of any DynamoDB, reached through boto3.

Credentials and region are the environment's, as for every AWS tool. Tables of the
schema that are missing are created; one that is there must be what the schema needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
)

from amplikit.errors import ConfigInvalid, Problem
from amplikit.store.remote import RemoteStore
from amplikit.store.remote_service import RemoteError
from amplikit.store.remote_tables import create_table, describe_table, differences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from amplikit.blueprint.resources import Table

__all__ = ["open_dynamodb"]

_CONNECT_TIMEOUT_S: Final = 5
_READ_TIMEOUT_S: Final = 30
_ATTEMPTS: Final = 3
_CONNECTIONS: Final = 10
_NOT_FOUND: Final = "ResourceNotFoundException"
_UNREACHABLE: Final = "SdkClientException"
_AWS_HOST_PARTS: Final = 4

_Method = Callable[..., Mapping[str, object]]


def open_dynamodb(url: str, tables: Sequence[Table]) -> RemoteStore:
    """Return a store over the DynamoDB at that URL, with the schema's tables in it.

    Raises ``ConfigInvalid``: ``store-url-invalid``, ``store-unreachable``,
    ``store-refused`` or ``store-of-another-schema``.
    """
    service = _Boto3Service(_client(url))
    problems = []
    found = []
    for table in tables:
        try:
            known = _found_or_created(service, table)
        except RemoteError as error:
            service.close()
            raise ConfigInvalid(_unusable(url, table, error)) from error
        found.append(known)
        problems += [
            Problem(
                "store-of-another-schema",
                message,
                "Change the table, or serve from another DynamoDB.",
            )
            for message in differences(table, known)
        ]
    if problems:
        service.close()
        raise ConfigInvalid(*problems)
    return RemoteStore(service, tuple(found))


class _Boto3Service:
    """DynamoDB's operations through one boto3 client, which threads may share."""

    def __init__(self, client: DynamoDBClient) -> None:
        self._client = client
        self._methods: dict[str, _Method] = {
            "BatchGetItem": client.batch_get_item,
            "BatchWriteItem": client.batch_write_item,
            "CreateTable": client.create_table,
            "DeleteItem": client.delete_item,
            "DeleteTable": client.delete_table,
            "DescribeTable": client.describe_table,
            "DescribeTimeToLive": client.describe_time_to_live,
            "GetItem": client.get_item,
            "ListTables": client.list_tables,
            "PutItem": client.put_item,
            "Query": client.query,
            "Scan": client.scan,
            "TransactGetItems": client.transact_get_items,
            "TransactWriteItems": client.transact_write_items,
            "UpdateItem": client.update_item,
            "UpdateTable": client.update_table,
            "UpdateTimeToLive": client.update_time_to_live,
        }

    def call(
        self, operation: str, request: Mapping[str, object]
    ) -> Mapping[str, object]:
        """Return the answer. Raises ``RemoteError``."""
        try:
            return self._methods[operation](**request)
        except ClientError as error:
            told = error.response.get("Error", {})
            raise RemoteError(
                told.get("Code", "Unknown"), told.get("Message", ""), error.response
            ) from error
        except BotoCoreError as error:
            message = f"Unable to execute HTTP request: {error}"
            raise RemoteError(_UNREACHABLE, message) from error

    def close(self) -> None:
        """Release the connections."""
        self._client.close()


def _client(url: str) -> DynamoDBClient:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigInvalid(
            Problem(
                "store-url-invalid",
                f"'{url}' is not the URL of a DynamoDB.",
                "Write --store dynamodb:http://127.0.0.1:8000, or "
                "dynamodb:https://dynamodb.REGION.amazonaws.com.",
            )
        )
    session = boto3.Session()
    return session.client(
        "dynamodb",
        endpoint_url=url,
        region_name=session.region_name or _region_of(parts.hostname),
        config=Config(
            connect_timeout=_CONNECT_TIMEOUT_S,
            read_timeout=_READ_TIMEOUT_S,
            retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
            max_pool_connections=_CONNECTIONS,
            parameter_validation=False,  # in the service's words, not in botocore's
            user_agent_extra="amplikit",
        ),
    )


def _region_of(host: str) -> str:
    """Return the region in an AWS host's name; other services take any."""
    parts = host.split(".")
    is_aws = parts[-2:] == ["amazonaws", "com"] and len(parts) == _AWS_HOST_PARTS
    return parts[1] if is_aws else "us-east-1"


def _found_or_created(service: _Boto3Service, table: Table) -> Table:
    try:
        return describe_table(service, table.name)[0]
    except RemoteError as error:
        if error.type != _NOT_FOUND:
            raise
    create_table(service, table)
    return describe_table(service, table.name)[0]


def _unusable(url: str, table: Table, error: RemoteError) -> Problem:
    if isinstance(error.__cause__, NoCredentialsError):
        return Problem(
            "store-refused",
            f"There are no AWS credentials for the DynamoDB at '{url}'.",
            "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.",
        )
    if error.type == _UNREACHABLE:
        return Problem(
            "store-unreachable",
            f"The DynamoDB at '{url}' does not answer: {error.message}.",
            "Start it, or correct the URL of --store.",
        )
    return Problem(
        "store-refused",
        f"The DynamoDB at '{url}' refuses table '{table.name}': {error}.",
        "Give the credentials the right to it, or change the schema.",
    )
