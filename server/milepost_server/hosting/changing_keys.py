"""Changing the keys of `keyring` while the server runs: which seal what, another one, sealing anew, leaving one out.

What is sealed anew is written only where it is still as it was read: a connector that keeps something meanwhile seals it by
the newest key itself.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from milepost.database import Database, Query, Work, unit
from milepost.errors import InvalidInput, NotFound, StorageDamaged
from milepost_server.hosting.connections import SQL
from milepost_server.hosting.keyring import Keyring, new_key, read_keys, sealed_by, write_keys

PAGE = 500
"""Sealed texts that are read at a time, and sealed anew in one transaction."""


class SealingKey(Struct, frozen=True, kw_only=True):
    """A key of the file: its name, whether it is the one that seals, and how many texts it has sealed."""

    id: str
    seals: bool
    sealed: int


class Sealed(NamedTuple):
    """A sealed text: where it is (`name` is its key in a connector's state, or empty for settings), and itself."""

    journal: str
    uid: str
    name: str
    text: str

    @property
    def place(self) -> tuple[str, ...]:
        """What it is bound to."""
        return (self.uid, "state", self.name) if self.name else (self.uid, "settings")


async def all_sealed(database: Database) -> AsyncIterator[list[Sealed]]:
    """Every sealed text there is, by pages."""
    for table in ("settings", "state"):
        last = {"journal": "", "uid": "", "name": ""}
        while rows := await database.read(Query(SQL[f"sealed_{table}"], {**last, "limit": PAGE})):
            yield [Sealed(j, uid, name if table == "state" else "", text) for j, uid, name, text in rows]
            last = dict(zip(("journal", "uid", "name"), rows[-1][:3], strict=True))


async def keys(database: Database, keyring: Keyring) -> list[SealingKey]:
    """The keys of the file as it is now, and any that something is sealed by which the file lacks; the one that seals first."""
    names = await asyncio.to_thread(keyring.read)
    count: Counter[str] = Counter()
    async for page in all_sealed(database):
        count.update(sealed_by(one.text) for one in page)
    missing = sorted(count.keys() - set(names))
    return [SealingKey(id=name, seals=name == names[0], sealed=count[name]) for name in [*names, *missing]]


async def add(keyring: Keyring) -> str:
    """Puts a new key behind the others, which opens only, as yet; its name."""
    made = new_key()
    await asyncio.to_thread(lambda: write_keys(keyring.folder, [*read_keys(keyring.folder), made]))
    await asyncio.to_thread(keyring.read)
    return made.id


async def use(database: Database, keyring: Keyring, name: str) -> int:
    """Seals by that key from now on, and anew by it what others sealed; how many texts that were.

    Raises:
        NotFound: there is no such key.
        StorageDamaged: something does not open. All the rest is sealed anew.

    """
    await asyncio.to_thread(_to_front, keyring.folder, name)
    await asyncio.to_thread(keyring.read)
    count, failed = 0, []
    async for page in all_sealed(database):
        fresh: list[tuple[Sealed, str]] = []
        for one in page:
            if sealed_by(one.text) == name:
                continue
            try:
                fresh.append((one, keyring.seal(keyring.open(one.text, *one.place), *one.place)))
            except StorageDamaged as error:
                failed.append(error)
        if fresh:
            count += await database.write(_reseal(fresh))
    if failed:
        raise StorageDamaged(f"{len(failed)} sealed texts do not open, and stay as they are. The first: {failed[0]}")
    return count


async def drop(database: Database, keyring: Keyring, name: str) -> None:
    """Leaves a key out of the file.

    Raises:
        NotFound: there is no such key.
        InvalidInput: it seals, or something is sealed by it.

    """
    found = {key.id: key for key in await keys(database, keyring)}
    names = [key.id for key in await asyncio.to_thread(read_keys, keyring.folder)]
    if name not in names:
        raise _no_such(name, names)
    if found[name].seals:
        raise InvalidInput(f"The key {name!r} is the one that seals. Have another one do that first, with `keys use`.")
    if found[name].sealed:
        raise InvalidInput(
            f"{found[name].sealed} texts are sealed by the key {name!r} still. `keys use {names[0]}` seals them anew; "
            "on several servers every one of them needs the new file first."
        )
    await asyncio.to_thread(_without, keyring.folder, name)
    await asyncio.to_thread(keyring.read)


def _to_front(folder: Path, name: str) -> None:
    held = read_keys(folder)
    if name not in {key.id for key in held}:
        raise _no_such(name, [key.id for key in held])
    if held[0].id != name:
        write_keys(folder, sorted(held, key=lambda key: key.id != name))


def _without(folder: Path, name: str) -> None:
    write_keys(folder, [key for key in read_keys(folder) if key.id != name])


def _no_such(name: str, names: list[str]) -> NotFound:
    return NotFound(f"There is no key {name!r} in the file. There are: {', '.join(names)}.")


@unit
def _reseal(fresh: list[tuple[Sealed, str]]) -> Work[int]:
    count = 0
    for one, sealed in fresh:
        values = {"journal": one.journal, "uid": one.uid, "was": one.text, "sealed": sealed}
        if one.name:
            count += len((yield Query(SQL["reseal_state"], {**values, "name": one.name})))
        else:
            count += len((yield Query(SQL["reseal_settings"], values)))
    return count
