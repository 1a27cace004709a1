"""The environment a function's process starts with, and nothing else.

It starts empty: a handler must not reach AWS with the developer's own credentials.
Source: Lambda developer guide, "Using Lambda environment variables".
"""

from __future__ import annotations

import hashlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from amplikit.blueprint.config import FunctionConfig
    from amplikit.emulator.functions.outcome import InvocationContext

# What botocore, requests and Python's own TLS read.
_TRUST = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")

__all__ = ["function_arn", "process_environment"]


def process_environment(
    function: FunctionConfig,
    context: InvocationContext,
    scratch: Path,
    runtime_api: str,
) -> dict[str, str]:
    """Return all variables of the process; ``scratch`` is its own folder.

    The function's own variables replace what Lambda leaves open to them, and
    ``APPSYNC_URL``, which is ours; what Lambda reserves cannot be changed.
    """
    credential, base = context.credential, context.endpoint_url
    bundle = context.ca_bundle
    python = f"python{sys.version_info.major}.{sys.version_info.minor}"
    stream = hashlib.sha256(str(scratch).encode()).hexdigest()[:32]
    return {
        "APPSYNC_URL": context.appsync_url,
        "HOME": str(scratch),
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "TMPDIR": str(scratch),
        "TZ": ":UTC",
        **(dict.fromkeys(_TRUST, bundle) if bundle else {}),
        **dict(function.environment),
        "AWS_ACCESS_KEY_ID": credential.access_key_id,
        "AWS_CONFIG_FILE": str(scratch / "aws-config"),
        "AWS_DEFAULT_REGION": context.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": base,
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY": f"{base}/cognito-identity/",
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": f"{base}/cognito-idp/",
        "AWS_ENDPOINT_URL_DYNAMODB": f"{base}/dynamodb/",
        "AWS_ENDPOINT_URL_STS": f"{base}/sts/",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{python}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": f"[$LATEST]{stream}",
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_REGION": context.region,
        "AWS_SECRET_ACCESS_KEY": credential.secret_key,
        "AWS_SESSION_TOKEN": credential.session_token or "",
        "AWS_SHARED_CREDENTIALS_FILE": str(scratch / "aws-credentials"),
        "LAMBDA_TASK_ROOT": str(function.folder.resolve()),
        "_HANDLER": function.handler,
    }


def function_arn(function: FunctionConfig, context: InvocationContext) -> str:
    """Return the ARN that the handler sees in its context."""
    return (
        f"arn:aws:lambda:{context.region}:{context.account_id}:function:{function.name}"
    )
