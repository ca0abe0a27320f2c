"""A member's OAuth2 clients."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.door import OWN, Caller, door_router
from imdi_common.problems import not_found
from imdi_common.shapes import Shape, Text, UtcTime
from imdi_registry.actions import manage_clients
from imdi_registry.queries import members

router = door_router(prefix="/v1", tags=["clients"])


class ClientRequest(Shape):
    name: Text


class NewClient(Shape):
    """``client_secret`` is shown once: it is null where the same request is answered again."""

    client_id: str
    client_secret: str | None
    name: str
    scopes: list[str]
    created_at: UtcTime


class Client(Shape):
    client_id: str
    name: str
    scopes: list[str]
    created_at: UtcTime


class Clients(Shape):
    items: list[Client]


class Nothing(Shape):
    """An empty answer."""


@router.post(
    "/members/{member_id}/clients", status_code=201, response_model=NewClient, summary="Create a client of a member"
)
async def create_client(member_id: UUID, body: ClientRequest, door: Caller) -> Response:
    secrets: dict[str, str] = {}

    async def deed(session: AsyncSession) -> str:
        client_id, secret = await manage_clients.create_client(session, member_id, body.name, door.actor, door.now)
        secrets[client_id] = secret
        return client_id

    async def show(session: AsyncSession, client_id: str) -> NewClient:
        rows = await members.clients(session, member_id, door.actor)
        row = next((row for row in rows if row["client_id"] == client_id), None)
        if row is None:  # deleted since, and now asked for again
            raise not_found()
        return NewClient(**row, client_secret=secrets.get(client_id))

    return await door.once(deed, show, status=201)


@router.get(
    "/members/{member_id}/clients", response_model=Clients, summary="List a member's clients", openapi_extra=OWN
)
async def list_clients(member_id: UUID, door: Caller) -> Response:
    async with door.reading() as session:
        rows = await members.clients(session, member_id, door.actor)
    return door.answer(Clients(items=[Client(**row) for row in rows]))


@router.delete("/clients/{client_id}", status_code=204, summary="Delete a client")
async def delete_client(client_id: str, door: Caller) -> Response:
    async def show(_: AsyncSession, __: str) -> Nothing:
        return Nothing()

    await door.change(lambda session: manage_clients.delete_client(session, client_id, door.actor), show)
    return Response(status_code=204)
