"""The token endpoint, and what verifiers need to know of the issuer."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from imdi_common.door import NO_KEY, OWN, PUBLIC, Caller, door_router
from imdi_common.shapes import Shape
from imdi_registry.actions.issue_token import Issuer, TokenRefusedError, TokenRequest, issue_token
from imdi_registry.api.resources import resources_of, vault_of

router = door_router(tags=["oauth"])
NOT_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}
FORM = "application/x-www-form-urlencoded"
FORM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {
        "grant_type": {"type": "string", "const": "client_credentials"},
        "client_id": {"type": "string"},
        "client_secret": {"type": "string"},
        "scope": {"type": "string"},
        "resource": {"type": "array", "items": {"type": "string", "examples": ["urn:imdi:matching"]}},
    },
}
BODY = {"requestBody": {"required": True, "content": {FORM: {"schema": FORM_SCHEMA}}}}
ONCE = ("grant_type", "client_id", "client_secret", "scope")
MOST_PARAMETERS = 50


class Token(Shape):
    access_token: str
    token_type: str
    expires_in: int
    """Seconds."""
    scope: str


@router.post(
    "/oauth/token",
    response_model=Token,
    summary="Get an access token by client credentials",
    openapi_extra=PUBLIC | NO_KEY | BODY,
)
async def get_token(request: Request, door: Caller) -> Response:
    resources_of(door).tokens.demand(request, door.now)
    try:
        asked = _asked(request.headers, await request.body())
        async with door.reading() as session:
            issuer = Issuer(door.runtime.settings.issuer, await vault_of(door).fresh_ring(session, door.now))
            answer = await issue_token(session, asked, issuer, door.now)
    except TokenRefusedError as error:
        challenge = {"WWW-Authenticate": 'Basic realm="imdi"'} if error.status == 401 else {}
        body = {"error": error.error, "error_description": error.description}
        return JSONResponse(body, error.status, NOT_STORED | challenge)
    return JSONResponse(answer, headers=NOT_STORED)


@router.get(
    "/.well-known/oauth-authorization-server", summary="What this issuer offers (RFC 8414)", openapi_extra=PUBLIC | OWN
)
async def describe_issuer(door: Caller) -> Response:
    issuer = door.runtime.settings.issuer
    return JSONResponse(
        {
            "issuer": issuer,
            "token_endpoint": f"{issuer}/oauth/token",
            "jwks_uri": f"{issuer}/.well-known/jwks.json",
            "grant_types_supported": ["client_credentials"],
            "response_types_supported": [],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "scopes_supported": ["partner", "steward", "ops"],
        }
    )


@router.get("/.well-known/jwks.json", summary="The keys that sign access tokens", openapi_extra=PUBLIC | OWN)
async def list_keys(door: Caller) -> Response:
    async with door.reading() as session:
        ring = await vault_of(door).fresh_ring(session, door.now)
    return JSONResponse(ring.public(door.now), headers={"Cache-Control": "max-age=60"})


def _asked(headers: Mapping[str, str], body: bytes) -> TokenRequest:
    form = _form(headers.get("content-type", ""), body)
    client_id, client_secret = _client(headers.get("authorization"), form)
    if "grant_type" not in form:
        raise TokenRefusedError("invalid_request", "grant_type is missing.")
    if form["grant_type"] != ["client_credentials"]:
        raise TokenRefusedError("unsupported_grant_type", "The one grant type here is client_credentials.")
    return TokenRequest(client_id, client_secret, form.get("scope", [None])[0], form.get("resource", []))


def _form(content_type: str, body: bytes) -> dict[str, list[Any]]:
    """The parameters by name; those without a value count as left out (RFC 6749 §3.2)."""
    if content_type.split(";", maxsplit=1)[0].strip().lower() != FORM:
        raise TokenRefusedError("invalid_request", f"The body must be {FORM}.")
    try:
        pairs = parse_qsl(body.decode(), errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError as error:
        raise TokenRefusedError("invalid_request", "The form cannot be read.") from error
    form: dict[str, list[Any]] = {}
    for name, value in pairs:
        if "\x00" in value:
            raise TokenRefusedError("invalid_request", "A parameter holds NUL.")
        form.setdefault(name, []).append(value)
    if any(len(form.get(name, [])) > 1 for name in ONCE):
        raise TokenRefusedError("invalid_request", "Only resource may be repeated.")
    return form


def _client(authorization: str | None, form: Mapping[str, list[Any]]) -> tuple[str, str]:
    """Id and secret, from HTTP Basic or from the form; not from both."""
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        if "client_id" not in form or "client_secret" not in form:
            raise TokenRefusedError("invalid_client", "client_id and client_secret are needed.", 401)
        return form["client_id"][0], form["client_secret"][0]
    if "client_secret" in form:
        raise TokenRefusedError("invalid_request", "The client authenticates in two ways at once.")
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise TokenRefusedError("invalid_client", "The Authorization header cannot be read.", 401) from error
    client_id, secret = (unquote_plus(part) for part in decoded.partition(":")[::2])
    if "\x00" in client_id or form.get("client_id", [client_id])[0] != client_id:
        raise TokenRefusedError("invalid_client", "The Authorization header names no client, or another.", 401)
    return client_id, secret
