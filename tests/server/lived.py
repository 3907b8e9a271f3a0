"""A server that has been lived in: every table of its database has rows. And what two databases hold, side by side."""

import asyncio
import sqlite3
import time
from collections import Counter
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from milepost.clock import new_id
from milepost_server.data_folder import DataFolder
from milepost_server.services import FILE_NAME
from tests.processes import Home, ServerProcess, run
from tests.server.hosting.installed import SHELF, install, shelf
from tests.server.test_administration import ARCHIVE, fill

BESIDE = {"heads", "leases"}
"""One says again where each log ends, for engines with many writers; the other which server does what at the moment."""


def live_in(server: ServerProcess, laptop: Home) -> str:
    """Fills a server by all that devices and scripts do; returns a script's token."""
    fill(server, laptop, 1100)
    laptop("feed", "add")
    bo = Home(laptop.folder.parent / "bo")
    bo("join", laptop("invite", "--role", "owner", "--yes")["code"], "--server", server.url, "--as", "Bo")
    bo("invite", "consent", laptop("invite")["id"])
    laptop("sync")
    token: str = laptop("device", "token", "script")["token"]
    add_by_script(server, token, "By a script")
    connect(server, laptop)
    assert '"events": 1000' in run(None, *ARCHIVE, str(server.data))
    until = time.monotonic() + 20
    while "snapshots" not in {name for name, rows in rows_of(server.data).items() if rows}:
        assert time.monotonic() < until, "no snapshot was made"
        time.sleep(0.1)
    return token


def connect(server: ServerProcess, laptop: Home) -> None:
    """Connects the journal to a service outside and to an inbox, by a plugin, and holds both: nothing moves from then on."""
    with pytest.MonkeyPatch.context() as there, shelf() as outside:
        there.setenv("PYTHONPATH", install(laptop.folder.parent / "plugins", shelf=SHELF))
        server.stop()
        server.start()
        run(None, "plugin", "enable", "shelf", "--data", str(server.data))
        (laptop.folder / "token").write_text("a secret")
        settings = ("--set", f"url={outside.url}", "--set", f"token=@{laptop.folder / 'token'}")
        laptop("connection", "add", "shelf", *settings)
        laptop("connection", "run")
        laptop("connection", "pause", "shelf")
        address = laptop("connection", "add", "box")["address"]
        assert httpx.post(address, content=b"7").text == "yes"
        laptop("connection", "pause", "box")
    laptop("sync")


def add_by_script(server: ServerProcess, token: str, title: str) -> None:
    headers = {"authorization": f"Bearer {token}", "idempotency-key": new_id()}
    journal = httpx.get(f"{server.url}/v1/journals", headers=headers).json()[0]["id"]
    answer = httpx.post(f"{server.url}/v1/journals/{journal}/goals", headers=headers, json={"title": title})
    assert answer.status_code == 201, answer.text


def rows_of(data: Path) -> dict[str, Counter[Any]]:
    """Table → its rows, of all tables that the server's database has, whichever engine it is."""
    url = DataFolder(data).database()
    return asyncio.run(_in_postgres(url)) if url else in_file(data / FILE_NAME)


def in_file(path: Path) -> dict[str, Counter[Any]]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {name: Counter(map(_plain, connection.execute(f"SELECT * FROM {name}"))) for name in names}
    connection.close()
    return found


async def _in_postgres(url: str) -> dict[str, Counter[Any]]:
    connection = await asyncpg.connect(url)
    names = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    found = {name: Counter(map(_plain, await connection.fetch(f"SELECT * FROM {name}"))) for (name,) in names}
    await connection.close()
    return found


def _plain(row: Any) -> tuple[Any, ...]:
    """SQLite gives text that was kept as bytes as bytes."""
    return tuple(value.encode() if isinstance(value, str) else value for value in row)


def assert_same(found: dict[str, Counter[Any]], wanted: dict[str, Counter[Any]]) -> None:
    """Table by table; a table that is forgotten, or has no rows here to show that it is not, fails."""
    assert found.keys() == wanted.keys()
    for name in wanted.keys() - BESIDE:
        assert wanted[name], f"{name} has no rows: let `live_in` make some, so that copying it is shown"
        assert found[name] == wanted[name], name
