"""A member's OAuth2 clients."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.door import OWN, Caller, door_router
from imdi_common.paging import Page, decode_cursor
from imdi_common.shapes import Shape, Text, UtcTime
from imdi_registry.actions.create_client import create_client as make_client
from imdi_registry.actions.delete_client import delete_client as drop_client
from imdi_registry.api.lists import PageQuery, page
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


class Nothing(Shape):
    """An empty answer."""


@router.post(
    "/members/{member_id}/clients", status_code=201, response_model=NewClient, summary="Create a client of a member"
)
async def create_client(member_id: UUID, body: ClientRequest, door: Caller) -> Response:
    secrets: dict[str, str] = {}

    async def deed(session: AsyncSession) -> str:
        client_id, secret = await make_client(session, member_id, body.name, door.actor, door.now)
        secrets[client_id] = secret
        return client_id

    async def show(session: AsyncSession, client_id: str) -> NewClient:
        row = await members.client(session, client_id, door.actor)
        return NewClient(**row, client_secret=secrets.get(client_id))

    return await door.once(deed, show, status=201)


@router.get(
    "/members/{member_id}/clients", response_model=Page[Client], summary="List a member's clients", openapi_extra=OWN
)
async def list_clients(member_id: UUID, query: Annotated[PageQuery, Query()], door: Caller) -> Response:
    after = decode_cursor(query.cursor, str)[0] if query.cursor else ""
    async with door.reading() as session:
        rows = await members.clients(session, member_id, after, query.limit, door.actor)
    return door.answer(page(Client, rows, query.limit, key="client_id"))


@router.delete("/clients/{client_id}", status_code=204, summary="Delete a client")
async def delete_client(client_id: str, door: Caller) -> Response:
    async def show(_: AsyncSession, __: str) -> Nothing:
        return Nothing()

    await door.change(lambda session: drop_client(session, client_id, door.actor), show)
    return Response(status_code=204)
