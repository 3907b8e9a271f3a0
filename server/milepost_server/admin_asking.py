"""How `milepost admin …` has something done: a server that runs on the folder is asked over loopback; else it is opened."""

import asyncio
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from milepost.errors import FolderInUse, InvalidInput, Offline
from milepost_server.administration import RUNS_PLUGINS, carry_out
from milepost_server.data_folder import DataFolder, Running
from milepost_server.services import open_services

TIMEOUT_S = 600.0
"""Packing away a large server's history takes a while."""

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
    services, database = await open_services(folder, safe_mode=name not in RUNS_PLUGINS)
    try:
        return await carry_out(services, name, body)
    finally:
        await database.close()


def _by_the_server(running: Running, name: str, body: bytes) -> bytes:
    import httpx

    from milepost.certificates import believed
    from milepost.transport import problem_error

    address = f"{running.url}/v1/admin/{name}"
    headers = {"x-milepost-admin-key": running.key, "content-type": "application/json"}
    try:
        response = httpx.post(address, content=body, headers=headers, timeout=TIMEOUT_S, verify=believed(address))
    except httpx.HTTPError as error:
        raise Offline(f"The server at {running.url} does not answer: {error}.") from error
    if response.status_code >= 300:
        raise problem_error(response.status_code, response.content)
    return response.content
