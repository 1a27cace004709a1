"""Call an AppSync GraphQL API from Python: IAM, Cognito tokens or an API key.

    from amplikit_client import AppSyncClient

    client = AppSyncClient.from_env()
    client.execute("query ($id: ID!) { getUser(id: $id) { email } }", {"id": "1"})

Importing this package imports neither boto3 nor gql.
"""

from __future__ import annotations

from amplikit_client.async_subscription import AsyncSubscription
from amplikit_client.auth import ApiKeyAuth, Auth, IamAuth, UserPoolAuth
from amplikit_client.client import AppSyncClient
from amplikit_client.errors import (
    AppSyncError,
    ConditionFailed,
    ExtraMissing,
    GraphQLError,
    InvalidCall,
    Throttled,
    Unauthorized,
    Unreachable,
    ValidationFailed,
)
from amplikit_client.reconnect import Interrupted, Live, SubscribeOptions
from amplikit_client.retry import Clock, RetryPolicy
from amplikit_client.subscription import Subscription
from amplikit_client.transport import (
    Answer,
    PreparedCall,
    RequestsTransport,
    Transport,
)

__all__ = [
    "Answer",
    "ApiKeyAuth",
    "AppSyncClient",
    "AppSyncError",
    "AsyncSubscription",
    "Auth",
    "Clock",
    "ConditionFailed",
    "ExtraMissing",
    "GraphQLError",
    "IamAuth",
    "Interrupted",
    "InvalidCall",
    "Live",
    "PreparedCall",
    "RequestsTransport",
    "RetryPolicy",
    "SubscribeOptions",
    "Subscription",
    "Throttled",
    "Transport",
    "Unauthorized",
    "Unreachable",
    "UserPoolAuth",
    "ValidationFailed",
]
