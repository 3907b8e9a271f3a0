"""What who runs a server can have done, each under a name: the same whether a server runs on the data folder or not."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from milepost.archiving import KEPT_EVENTS
from milepost.errors import InvalidInput, NotFound
from milepost_server.records import all_journals, issue_code
from milepost_server.services import Services


class PairingCodeAsked(Struct, frozen=True):
    """A pairing code is wanted."""


class PairingCode(Struct, frozen=True):
    """A code that works once, within five minutes."""

    code: str


class ArchiveAsked(Struct, frozen=True, kw_only=True):
    """Old events are to be packed away, of every journal, but for about the newest `keep`."""

    keep: Annotated[int, Meta(ge=0, le=2**53 - 1)] = KEPT_EVENTS


class Archived(Struct, frozen=True, kw_only=True):
    """How many events of how many journals were packed away."""

    journals: int
    events: int


async def _pairing_code(services: Services, _: PairingCodeAsked) -> PairingCode:
    return PairingCode(await services.database.write(issue_code(services.account, services.now_ms())))


async def _archive(services: Services, asked: ArchiveAsked) -> Archived:
    journals = await services.database.read(all_journals())
    moved = [await services.store.archive(journal, keep=asked.keep) for (journal,) in journals]
    return Archived(journals=sum(count > 0 for count in moved), events=sum(moved))


class Operation(Struct, frozen=True):
    """What is asked, and what is done about it."""

    asks: type[Struct]
    run: Callable[[Services, Any], Awaitable[Struct]]


OPERATIONS = {
    "pairing-code": Operation(PairingCodeAsked, _pairing_code),
    "archive": Operation(ArchiveAsked, _archive),
}


async def carry_out(services: Services, name: str, body: bytes) -> bytes:
    """Does what a JSON body asks for under a name; the answer is JSON.

    Raises:
        NotFound: there is no such operation in this version.
        InvalidInput: the body is not what it asks.
    """
    operation = OPERATIONS.get(name)
    if operation is None:
        raise NotFound(f"This server can't do {name!r}: it may be older than the command.")
    try:
        asked = msgspec.json.decode(body or b"{}", type=operation.asks)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"`{name}`: {error}.") from error
    return msgspec.json.encode(await operation.run(services, asked))
