"""``POST /partner/graphql``: a REST API with usage plans in front of AppSync.

The gateway holds an AppSync key of its own, so behind it everybody is an API-key
caller; the label is the gateway key's, so that explanations name the third party
(docs/decisions/0006-the-partner-gateway.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.modes import AuthMode
from amplikit.emulator import wire
from amplikit.emulator.gateway.plans import admit_partner
from amplikit.emulator.graphql_endpoint import answer_identified
from amplikit.emulator.http import Response, json_response, refusal_response
from amplikit.emulator.log import refusal_line
from amplikit.emulator.refusal import RequestRefusal

if TYPE_CHECKING:
    from amplikit.emulator.http import Request
    from amplikit.emulator.service import Service

__all__ = ["answer_partner", "gateway_refusal"]


async def answer_partner(service: Service, request: Request) -> Response:
    """Answer a third party."""
    if request.method != "POST":
        return gateway_refusal(
            RequestRefusal(403, wire.GATEWAY_NO_ROUTE_TYPE, wire.GATEWAY_NO_ROUTE)
        )
    caller = admit_partner(service, request.headers.get(wire.HEADER_API_KEY))
    if isinstance(caller, RequestRefusal):
        service.log(refusal_line("/partner/graphql", caller))
        return gateway_refusal(caller)
    if AuthMode.API_KEY not in service.trusted.modes:
        refusal = RequestRefusal(
            401,
            wire.UNAUTHORIZED_EXCEPTION,
            wire.NO_VALID_HEADER,
            "the gateway calls with an API key, a mode that is not switched on",
        )
        service.log(refusal_line("/partner/graphql", refusal))
        return refusal_response(refusal)
    return await answer_identified(service, request, caller)


def gateway_refusal(refusal: RequestRefusal) -> Response:
    """Return a gateway response: its one member is ``message``."""
    response = json_response(
        refusal.status, {"message": refusal.message}, wire.CONTENT_TYPE_GATEWAY
    )
    return response.with_headers((wire.HEADER_ERROR_TYPE, refusal.error_type))
