"""The steps of a schedule in which something breaks, is put back, is lost, is shut out, or happens twice at once."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from msgspec import Raw

from milepost import clock
from milepost.clock import HybridClock
from milepost.device import FILE_NAME, Device
from milepost.envelope import Event
from milepost.errors import MilepostError, StorageFull
from milepost.writing import unsaid
from milepost_server.services import FILE_NAME as SERVER_FILE
from tests.campaign.breaking import Breaking, Crash
from tests.campaign.small import KEPT_EVENTS, MAX_BEHIND
from tests.campaign.stage import MAX_DEVICES, Party, Stage
from tests.campaign.versions import NEW, version
from tests.campaign.words import WRITTEN


class HostileStage(Stage):
    """A stage on which everything may go wrong."""

    def back_up_server(self, slot: int) -> None:
        self.backups[slot] = self.folder / f"backup-{slot}.sqlite3"
        self.backups[slot].unlink(missing_ok=True)
        _copy(self.folder / "server" / SERVER_FILE, self.backups[slot])

    def put_server_back(self, slot: int) -> None:
        backup = self.backups.get(slot)
        if backup is None:
            return
        with self._losing():
            self.runner.run(self.database.close())
            shutil.rmtree(self.folder / "server")
            (self.folder / "server").mkdir()
            shutil.copy(backup, self.folder / "server" / SERVER_FILE)
            self._open_server()
        self.seen["restores"] += 1

    def copy_device(self, i: int) -> None:
        party = self._party(i)
        party.copy = self.folder / f"{party.folder.name}.copy"
        party.copy.mkdir(exist_ok=True)
        (party.copy / FILE_NAME).unlink(missing_ok=True)
        _copy(party.folder / FILE_NAME, party.copy / FILE_NAME)

    def put_device_back(self, i: int) -> None:
        party = self._party(i)
        if party.copy is None:
            return
        with self._losing():
            party.device.close()
            shutil.rmtree(party.folder)
            shutil.copytree(party.copy, party.folder)
            self._open_device(party)
        self.seen["returns"] += 1

    def relive(self, i: int, what: int, fault: str) -> None:
        """A device sends something, is put back to before that, and writes something else instead."""
        self.copy_device(i)
        self.write(i, what, 0)
        self.sync(i, fault)
        self.put_device_back(i)
        self.write(i, what, 0)

    def put_both_back(self, i: int, slot: int) -> None:
        self.put_server_back(slot)
        self.put_device_back(i)

    def replace_device(self, i: int, *faults: str) -> None:
        """A device is lost, with all that was on it alone, and a fresh one comes in its place."""
        self._replace(i)
        self.sync(i, *faults)

    def _replace(self, i: int) -> None:
        party = self._party(i)
        with self._losing():
            party.device.close()
            shutil.rmtree(party.folder)
            self._begin(self.parties.index(party))

    def strand(self, i: int, j: int, slot: int, what: int, lost: str, then: str) -> None:
        """A fresh device begins from a snapshot and goes on from there, and then the server loses the log that it stands
        for. Where the others hold that, they bring it back; or they forget it as well, and nobody can.
        """
        self.back_up_server(slot)
        others = [k for k, party in enumerate(self.parties) if party is not self._party(i)]
        if lost == "everywhere":
            for k in others:
                self.copy_device(k)
        for n in range(MAX_BEHIND + 1):
            self.write(j, what + n, n % 2)
        self.sync(j)
        self._party(i).types = NEW
        self._replace(i)
        self.sync_without_history(i)
        self.write(j, what, 1)
        self.sync(j)
        self.sync_without_history(i)
        self.write(i, what + 1, 0)
        self.put_server_back(slot)
        if lost == "everywhere":
            for k in others:
                self.put_device_back(k)
        for k in (*others, i):
            self.pair(k)
        if then != "nothing":
            self.sync(j)
            self.redact(j, what, 0) if then == "redact" else self.write(j, what + 2, 0)
            self.sync(j)

    def clone_device(self, i: int) -> None:
        if len(self.parties) < MAX_DEVICES:
            party = self._party(i)
            twin = Party(self.folder / f"device-{len(self.parties)}", party.skew_ms, party.types)
            twin.folder.mkdir()
            twin.token = party.token
            _copy(party.folder / FILE_NAME, twin.folder / FILE_NAME)
            self.parties.append(twin)
            self.seen["clones"] += 1
            self._open_device(twin)

    @contextmanager
    def _losing(self) -> Iterator[None]:
        """Something is put back: what nobody holds any more is gone, and nobody is to blame."""
        before = self.held()
        yield
        after = self.held()
        self.truth.gone = (self.truth.gone | (before - after)) - after

    def archive(self, statement: int) -> None:
        """Old events are packed away; or the disk fails at a statement of it."""
        real = self.database._connection
        assert real is not None
        if statement:
            self.database._connection = Breaking(real, statement, dies=False)  # type: ignore[assignment]
        with suppress(StorageFull):
            moving = self.services.store.archive(self.journal, keep=KEPT_EVENTS)
            self.seen["archived"] += self.runner.run(moving)
        self.database._connection = real

    def crash_device(self, i: int, statement: int, doing: str) -> None:
        self._break_device(i, statement, doing, dies=True)

    def fail_device(self, i: int, statement: int, doing: str) -> None:
        self._break_device(i, statement, doing, dies=False)

    def _break_device(self, i: int, statement: int, doing: str, *, dies: bool) -> None:
        party = self._party(i)
        with version(party.types):
            knew = self.truth.view(self.log_of(party), party.device.log.journal(self.journal).device)
        log = party.device.log
        real = log._sql
        log._sql = Breaking(real, statement, dies=dies)  # type: ignore[assignment]
        try:
            if doing == "sync":
                self.sync(i)
            else:
                self.written += 1
                with version(party.types), suppress(MilepostError, sqlite3.Error):
                    drafts = WRITTEN[0](self.cast, None, statement % 2, self.written)
                    party.device.append(self.journal, drafts)
        except (Crash, sqlite3.Error):
            pass
        finally:
            log._sql = real
        if dies:
            real.close()
            self._open_device(party)
        with version(NEW):
            self.truth.note(self.log_of(party), knew)

    def fill_device_disk(self, i: int, doing: str) -> None:
        sql = self._party(i).device.log._sql
        sql.execute(f"PRAGMA max_page_count = {sql.execute('PRAGMA page_count').fetchone()[0]}")
        for _ in range(3):
            self.sync(i) if doing == "sync" else self.write(i, 0, 0)
        sql.execute("PRAGMA max_page_count = 1000000")

    def fail_server(self, i: int, statement: int) -> None:
        real = self.database._connection
        assert real is not None
        self.database._connection = Breaking(real, statement, dies=False)  # type: ignore[assignment]
        self.sync(i)
        self.database._connection = real

    def fill_server_disk(self, i: int) -> None:
        sql = self.database._connection
        assert sql is not None
        sql.execute(f"PRAGMA max_page_count = {sql.execute('PRAGMA page_count').fetchone()[0]}")
        for j in range(3):
            self.sync(i + j)
            self.ask(j % 2, 0, 0, "none")
        sql.execute("PRAGMA max_page_count = 1000000")

    def two_at_once(self, i: int, doing: str, other: int) -> None:
        """While a sync waits for its answer, another process on the folder writes or syncs, another device does, or the server
        is put back.
        """
        party = self._party(i)
        with version(party.types):
            second = Device(party.folder, wall=lambda: self.now_ms + party.skew_ms)
        first = party.device

        def meanwhile() -> None:
            if doing == "restore":
                self.put_server_back(other % 2)
                return
            if doing == "other":
                self.sync(other)
                return
            party.device = second
            self.write(i, 0, 1) if doing == "write" else self.sync(i)
            party.device = first

        self.network.meanwhile = meanwhile
        self.sync(i)
        second.close()

    def revoke(self, i: int) -> None:
        with suppress(MilepostError, StopIteration):
            server = self.server_for(self._party(i))
            entry = next(e for e in server.devices() if e.kind == "log" and not e.revoked_at)
            server.revoke_device(entry.id)

    def break_a_rule(self, i: int) -> None:
        """A device with a fault of its own writes what no server will take."""
        party = self._party(i)
        log = party.device.log
        self.written += 1
        with version(party.types), log.transaction():
            row, state = log.journal(self.journal), log.state(self.journal)
            hybrid = HybridClock(log.setting("clock") or "0", lambda: self.now_ms)
            event = Event(
                device=row.device,
                n=state.counter(row.device) + 1,
                seen=unsaid(state, row.device),
                hlc=hybrid.tick(),
                actor=party.device.account,
                type="milestone.revised",
                salt=clock.new_salt(),
                data=Raw(msgspec.json.encode({"id": self.cast.milestone, "progress": 1000 + self.written})),
            )
            log.add(self.journal, event, confirmed=False)
            log.set("clock", hybrid.last)
        with version(NEW):
            self.truth.note([event], 0, good=False)


def _copy(source: Path, target: Path) -> None:
    """A copy of a database, made while nothing writes."""
    reading, writing = sqlite3.connect(source), sqlite3.connect(target)
    reading.backup(writing)
    writing.close()
    reading.close()
