"""A server and devices in one process, with everything real but the network: that one loses, repeats and fails on demand."""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import zstandard
from msgspec import Raw

from milepost.client import SyncReport, sync
from milepost.clock import CLAMP_MS, new_id
from milepost.database import Query, SqliteDatabase, Work, unit
from milepost.device import FILE_NAME, Device
from milepost.envelope import Event, decode_event
from milepost.errors import Offline
from milepost.messages import (
    ChainAnswer,
    Cursor,
    JournalAnswer,
    PushAnswer,
    RepairRequest,
    Snapshot,
    SyncAnswer,
    SyncRequest,
)
from milepost.receipts import Proof
from milepost_server import records
from milepost_server.access import Admitted
from milepost_server.records import Caller
from milepost_server.services import FILE_NAME as SERVER_FILE
from milepost_server.services import Services, open_services

START_MS = 1_800_000_000_000
T = TypeVar("T")


class World:
    """The true time, a server, and what goes wrong between it and the devices."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now_ms = START_MS
        self.requests_left = 10**9
        self.lose_answer = False
        self.acting = ""
        """The account that asks; where none is named, the first one."""
        self._runner = asyncio.Runner()
        self._open()

    def _open(self) -> None:
        (self.folder / "server").mkdir(exist_ok=True)
        self.services, self._database = self.run(open_services(self.folder / "server"))
        self.services.now_ms = lambda: self.now_ms

    def run(self, work: Any) -> Any:
        return self._runner.run(work)

    def close(self) -> None:
        self.run(self._database.close())
        self._runner.close()

    @property
    def services_now(self) -> Services:
        return self.services

    # Backups

    def back_up(self) -> None:
        """Keeps the server's file as it is now."""
        with sqlite3.connect(self.folder / "server" / SERVER_FILE) as source:
            target = sqlite3.connect(self.folder / "backup.sqlite3")
            source.backup(target)
            target.close()
        source.close()

    def put_back(self) -> None:
        """The server comes back as it was at the backup; nobody is told."""
        self.run(self._database.close())
        for file in (self.folder / "server").glob(f"{SERVER_FILE}*"):
            file.unlink()
        shutil.copy(self.folder / "backup.sqlite3", self.folder / "server" / SERVER_FILE)
        self._open()

    # What devices may ask; see milepost.client.Server

    def _exchange(self, work: Callable[[], Any], answer: type[T]) -> T:
        if self.requests_left <= 0:
            raise Offline("The network is gone.")
        self.requests_left -= 1
        body = msgspec.json.encode(self.run(work()))
        if self.requests_left == 0 and self.lose_answer:
            raise Offline("The answer was lost.")
        return msgspec.json.decode(body, type=answer)

    @property
    def _caller(self) -> Admitted:
        return Admitted(Caller(self.acting or self.services.account, "one"), "owner")

    def sync(self, request: SyncRequest) -> SyncAnswer:
        sent = msgspec.json.decode(msgspec.json.encode(request), type=SyncRequest)

        async def work() -> Any:
            mine = [row[0] for row in await self._database.read(records.journals_of(self._caller.caller.account))]
            answers = {
                journal: await self.services.journals.sync(journal, self._caller, part, self.now_ms)
                for journal, part in sent.journals.items()
            }
            return {"journals": answers, "all_journals": mine}

        return self._exchange(work, SyncAnswer)

    def chain(self, journal: str, seqs: Sequence[int]) -> ChainAnswer:
        return self._exchange(lambda: self.services.journals.chain(journal, seqs), ChainAnswer)

    def repair(self, journal: str, events: Sequence[Event], proofs: Sequence[Proof] = ()) -> PushAnswer:
        sent = msgspec.json.decode(msgspec.json.encode(RepairRequest(list(events), list(proofs))), type=RepairRequest)

        async def work() -> PushAnswer:
            journals = self.services.journals
            return PushAnswer(await journals.repair(journal, self._caller, sent.events, sent.proofs, self.now_ms))

        return self._exchange(work, PushAnswer)

    def snapshot(self, journal: str, least: int = 0) -> Snapshot:
        async def work() -> Any:
            return Raw(
                zstandard.ZstdDecompressor().decompress(await self.services.journals.snapshots.answer(journal, least))
            )

        return self._exchange(work, Snapshot)

    def page(self, journal: str, after: Cursor, until: int) -> JournalAnswer:
        return self._exchange(lambda: self.services.journals.page(journal, after, until - after.seq), JournalAnswer)

    def end_sync(self) -> None:
        """Nothing is asked for ahead here."""

    def claim(self, journal: str, *, private: bool) -> None:
        self.run(
            self._database.write(
                records.claim(journal, Caller(self.services.account, "one"), private=private, now=self.now_ms)
            )
        )

    # Devices

    def device(self, name: str, skew_ms: int = 0, *, account: str = "") -> Device:
        device = Device(self.folder / name, wall=lambda: self.now_ms + skew_ms)
        device.adopt_account(account or self.services.account)
        return device

    def member(self, journal: str, role: str) -> str:
        """Another account, which is in the journal; returns its id."""
        account = new_id()

        @unit
        def work() -> Work[None]:
            # Later than the server's own, which stays the first one.
            values = {"account": account, "name": role, "now": 2**42}
            yield Query("INSERT INTO accounts VALUES (:account, :name, :now)", values)
            member = {"journal": journal, "account": account, "role": role, "now": self.now_ms}
            yield Query("INSERT INTO members VALUES (:journal, :account, :role, 0, :now)", member)

        self.run(self._database.write(work()))
        return account

    def meet(
        self,
        device: Device,
        *,
        requests: int | None = None,
        lose_answer: bool = False,
        history: bool = True,
        wait: bool = True,
    ) -> SyncReport | None:
        """One sync; with a limit the network goes after so many requests, the last of which may lose its answer."""
        self.requests_left = 10**9 if requests is None else requests
        self.lose_answer = lose_answer
        self.acting = device.account
        try:
            return sync(device, self, history=history, wait=wait)
        except Offline:
            return None
        finally:
            self.requests_left = 10**9

    def settle(self, devices: Sequence[Device], journal: str) -> None:
        """Syncs until nothing moves."""
        for _ in range(20):
            for device in devices:
                self.meet(device)
            head = self.run(self.services.store.head(journal))
            if all(
                device.log.unsent_count(journal) == 0 and device.log.journal(journal).cursor.chain == head.chain.hex()
                for device in devices
            ):
                return
        raise AssertionError("never quiet")

    def log(self, journal: str) -> list[Event]:
        """The server's whole log."""
        page = self.run(self.services.store.read(journal, 0, limit=10**6, max_bytes=10**9))
        return [decode_event(body) for body in page.bodies]


def copy_device(world: World, device: Device, name: str) -> Path:
    """A backup of a device's folder, made while nothing writes."""
    target = world.folder / name
    target.mkdir(exist_ok=True)
    with sqlite3.connect(device.folder / FILE_NAME) as source:
        copied = sqlite3.connect(target / FILE_NAME)
        source.backup(copied)
        copied.close()
    source.close()
    return target


def put_device_back(world: World, device: Device, backup: Path, skew_ms: int = 0) -> Device:
    """The device comes back as it was at the backup."""
    folder = device.folder
    device.close()
    for file in folder.iterdir():
        file.unlink()
    shutil.copy(backup / FILE_NAME, folder / FILE_NAME)
    return Device(folder, wall=lambda: world.now_ms + skew_ms)


@contextmanager
def world(folder: Path) -> Iterator[World]:
    made = World(folder)
    try:
        yield made
    finally:
        made.close()


YEAR_MS = 365 * 86_400_000
__all__ = ["CLAMP_MS", "SqliteDatabase", "World", "copy_device", "new_id", "put_device_back", "world"]
