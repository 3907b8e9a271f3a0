"""Writing to a journal without keeping a log of it: in the name of a token made for scripts, whose events the server counts.

A change is appended to the log as it stands at that moment, or not at all: `base` refuses it where fields that it was
based on have changed, `If-Match` where anything in the entity has, and a request sent again under its `Idempotency-Key`
is not carried out again, whatever crashed.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import msgspec
from litestar import Response, delete, patch, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, HeaderParameter
from msgspec import Struct

from milepost.clock import new_id
from milepost.commands import by_kind
from milepost.commands.basis import check
from milepost.envelope import MAX_EVENT_BYTES
from milepost.errors import Conflict, InvalidInput, KeyReused, NotFound
from milepost.events import Draft, Fields
from milepost.journal import State
from milepost_server.access import Admitted
from milepost_server.collections import COLLECTIONS, Collection
from milepost_server.openapi import ChangedMeanwhile, takes_base, takes_fields
from milepost_server.records import AlreadyDone, RequestKey, done_request, keep_request
from milepost_server.routes import Call, Journal, admitted, services_of
from milepost_server.services import Services
from milepost_server.standing import answer, local, names, tag_of

MAX_KEY = 255

IdempotencyKey = Annotated[
    str,
    HeaderParameter(
        name="Idempotency-Key",
        description="Any text of your own: the same request under it is carried out once, for seven days.",
        max_length=MAX_KEY,
    ),
]
IfMatch = Annotated[
    str, HeaderParameter(name="If-Match", description="The `ETag` of what the change is based on; else 412.")
]

_decode = msgspec.json.Decoder(dict[str, Any]).decode

Decide = Callable[[State, str], list[Draft]]
"""State and local day → what is to be written."""


class _Request(Struct, frozen=True):
    """Who asks for what: the caller, its journal, and what tells the same request sent again from another."""

    services: Services
    by: Admitted
    journal: str
    fields: Fields
    base: dict[str, str]
    key: RequestKey | None


async def _request(request: Call, journal: str, idempotency_key: str) -> _Request:
    services = services_of(request)
    by = admitted(request)
    body = await request.body()
    if len(body) > MAX_EVENT_BYTES:
        raise InvalidInput(f"That is too long for one entry: keep it under {MAX_EVENT_BYTES // 1024} kB.")
    try:
        fields = _decode(body) if body else {}
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"The body must be a JSON object: {error}.") from error
    key = None
    if not idempotency_key.strip() and "idempotency-key" in request.headers:
        raise InvalidInput("The Idempotency-Key is empty. Give each request a key of its own, or leave the header out.")
    if idempotency_key:
        named = f"milepost request 1\n{by.caller.device}\n{idempotency_key}\n".encode()
        asked = f"{request.method} {request.url.path}\n".encode()
        key = RequestKey(hashlib.sha256(named).hexdigest(), hashlib.sha256(named + asked + body).hexdigest())
    return _Request(services, by, journal, fields, _base(request, fields), key)


def _base(request: Call, fields: Fields) -> dict[str, str]:
    """Takes out of the body what a change is based on."""
    base = fields.pop("base", {}) if request.method != "POST" else {}
    if not isinstance(base, dict):
        raise InvalidInput('`base` must be an object of field names to text, as a read gives it: {"title": "…"}.')
    return base


async def _carried_out(asked: _Request) -> str | None:
    """The entity that the same request was about, where it was carried out before.

    Raises:
        KeyReused: another request came under the key.
    """
    if asked.key is None:
        return None
    rows = await asked.services.database.read(done_request(asked.journal, asked.key, asked.services.now_ms()))
    if not rows:
        return None
    if rows[0][0] != asked.key.fingerprint:
        raise KeyReused("That Idempotency-Key came with another request before. Give each request a key of its own.")
    return str(rows[0][1])


async def _write(asked: _Request, of: Collection, entity: str, if_match: str, decide: Decide) -> State:
    """Carries a request out once; returns the journal's state after it."""
    services, journal = asked.services, asked.journal
    now_ms = services.now_ms()
    if await _carried_out(asked) is None:

        def drafts(state: State) -> Sequence[Draft]:
            if if_match:
                now = of.one(state, entity)
                if now is None or not names(if_match, tag_of(of.with_base(state, now))):
                    raise Conflict(f"That {of.kind} has changed since you read it. Read it again, then decide.")
            check(state, of.kind, entity, asked.base)
            return decide(state, local(state, now_ms).date().isoformat())

        key = asked.key
        also = (lambda: keep_request(journal, key, entity, now_ms)) if key is not None else None
        try:
            await services.journals.write(journal, asked.by, drafts, now_ms, also)
        except AlreadyDone:
            await _carried_out(asked)
    return (await services.journals.state(journal)).state


def _shown(of: Collection, state: State, entity: str, *, status: int = 200, location: str = "") -> Response[bytes]:
    found = of.one(state, entity)
    if found is None:
        raise NotFound(f"There is no {of.kind} {entity} in that journal any more.")
    return answer("", of.with_base(state, found), status=status, location=location)


def _begin(of: Collection) -> HTTPRouteHandler:
    @post(
        f"/journals/{{journal:str}}/{of.name}",
        name=f"add_{of.kind}",
        operation_id=f"add_{of.kind}",
        summary=f"A new {of.kind}",
        operation_class=takes_fields(of.begins_with, of.begin, without={"id"}),
        responses={201: ResponseSpec(of.shape_with_base, generate_examples=False)},
        status_code=201,
    )
    async def add(request: Call, journal: Journal, idempotency_key: IdempotencyKey = "") -> Response[bytes]:
        """Appends it in the name of the token, and answers what it looks like."""
        asked = await _request(request, journal, idempotency_key)
        entity = await _carried_out(asked) or new_id()

        def decide(state: State, today: str) -> list[Draft]:
            return by_kind.make(state, lambda: entity, of.kind, asked.fields, today)[1]

        state = await _write(asked, of, entity, "", decide)
        entity = await _carried_out(asked) or entity
        return _shown(of, state, entity, status=201, location=f"/v1/journals/{journal}/{of.name}/{entity}")

    return add


def _change(of: Collection) -> HTTPRouteHandler:
    @patch(
        f"/journals/{{journal:str}}/{of.name}/{{entity:str}}",
        name=f"change_{of.kind}",
        operation_id=f"change_{of.kind}",
        summary=f"Change a {of.kind}",
        operation_class=takes_fields(of.revised_with, of.change, without={"id"}, status=of.has_status, base=True),
        responses={
            200: ResponseSpec(of.shape_with_base, generate_examples=False),
            412: ResponseSpec(ChangedMeanwhile, generate_examples=False, media_type="application/problem+json"),
        },
    )
    async def change(
        request: Call,
        journal: Journal,
        entity: FromPath[str],
        if_match: IfMatch = "",
        idempotency_key: IdempotencyKey = "",
    ) -> Response[bytes]:
        """Gives fields other values; null empties one. What is so already is not written again.

        With `base`, only if the fields it names are as they were read.
        """
        asked = await _request(request, journal, idempotency_key)

        def decide(state: State, today: str) -> list[Draft]:
            return by_kind.change(state, of.kind, entity, asked.fields, today)

        return _shown(of, await _write(asked, of, entity, if_match, decide), entity)

    return change


def _take_back(of: Collection) -> HTTPRouteHandler:
    @delete(
        f"/journals/{{journal:str}}/{of.name}/{{entity:str}}",
        name=f"take_back_{of.kind}",
        operation_id=f"take_back_{of.kind}",
        summary=f"Take a {of.kind} back",
        operation_class=takes_base(),
        responses={412: ResponseSpec(ChangedMeanwhile, generate_examples=False, media_type="application/problem+json")},
        status_code=204,
    )
    async def take_back(
        request: Call,
        journal: Journal,
        entity: FromPath[str],
        if_match: IfMatch = "",
        idempotency_key: IdempotencyKey = "",
    ) -> None:
        """As written by mistake. The history keeps it, and a change made meanwhile brings it back.

        With `base`, only if the fields it names are as they were read.
        """
        asked = await _request(request, journal, idempotency_key)

        def decide(state: State, _: str) -> list[Draft]:
            return by_kind.take_back(state, of.kind, entity)

        await _write(asked, of, entity, if_match, decide)

    return take_back


def writing() -> list[HTTPRouteHandler]:
    """The writes of the convenience API."""
    return [make(of) for of in COLLECTIONS.values() for make in (_begin, _change, _take_back)]
