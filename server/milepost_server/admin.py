"""`milepost admin …`: for who runs a server. A running one is asked over loopback; else the data folder is opened."""

import asyncio
import sys
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from cyclopts import App
from msgspec import Struct

from milepost.archiving import ARCHIVE_EVENTS, KEPT_EVENTS
from milepost.cli.numbers import Whole
from milepost.cli.terminal import terminal
from milepost.errors import FolderInUse, InvalidInput, Offline
from milepost_server.admin_copies import Data, backup, move_store, restore
from milepost_server.administration import ArchiveAsked, Archived, PairingCode, PairingCodeAsked, carry_out
from milepost_server.data_folder import DataFolder, Running
from milepost_server.services import open_services

TIMEOUT_S = 600.0
"""Packing away a large server's history takes a while."""

admin = App(name="admin", help="For who runs a server.")
admin.command(backup)
admin.command(restore)
admin.command(move_store, name="migrate-store")

T = TypeVar("T", bound=Struct)


def done(data: Path, name: str, asked: Struct, answer: type[T]) -> T:
    """Has an operation carried out by whoever may write to the folder: the server that runs on it, or this process.

    Raises:
        InvalidInput: there is no such folder.
        Offline: the server that has the folder does not answer.
    """
    folder = DataFolder(data)
    if not folder.path.is_dir():
        raise InvalidInput(f"There is no folder {data}. `milepost serve --data {data}` makes it.")
    body = msgspec.json.encode(asked)
    try:
        with folder.owned():
            told = asyncio.run(_on_the_file(folder.path, name, body))
    except FolderInUse:
        running = folder.running()
        if running is None:
            raise
        told = _by_the_server(running, name, body)
    return msgspec.json.decode(told, type=answer)


async def _on_the_file(folder: Path, name: str, body: bytes) -> bytes:
    services, database = await open_services(folder)
    try:
        return await carry_out(services, name, body)
    finally:
        await database.close()


def _by_the_server(running: Running, name: str, body: bytes) -> bytes:
    import httpx

    from milepost.transport import problem_error

    headers = {"x-milepost-admin-key": running.key, "content-type": "application/json"}
    try:
        response = httpx.post(f"{running.url}/v1/admin/{name}", content=body, headers=headers, timeout=TIMEOUT_S)
    except httpx.HTTPError as error:
        raise Offline(f"The server at {running.url} does not answer: {error}.") from error
    if response.status_code >= 300:
        raise problem_error(response.status_code, response.content)
    return response.content


@admin.command(name="pairing-code")
def pairing_code(*, data: Data = Path("milepost-data")) -> None:
    """Make a pairing code: it works once, within five minutes."""
    made = done(data, "pairing-code", PairingCodeAsked(), PairingCode)

    def show(_: Any) -> None:
        sys.stdout.write(f"{made.code}\n")

    terminal.answer(made, show)


@admin.command
def archive(*, data: Data = Path("milepost-data"), keep: Whole = KEPT_EVENTS) -> None:
    """Pack old events away. They stay in the log and are read as before, and take a fraction of the room.

    Parameters
    ----------
    keep
        So many of each journal's newest events stay as they are, at least.

    """
    if keep < 0:
        raise InvalidInput("--keep can't be below 0.")
    found = done(data, "archive", ArchiveAsked(keep=keep), Archived)

    def show(console: Any) -> None:
        if found.events:
            console.print(f"Packed away {found.events} events of {found.journals} journals.")
        else:
            console.print(f"Nothing to pack away: it takes {ARCHIVE_EVENTS} events beyond the {keep} that are kept.")

    terminal.answer(found, show)
