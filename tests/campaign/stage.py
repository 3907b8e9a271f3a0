"""Devices, tokens, a server and the network between them, and the steps in which nothing goes wrong but on the way."""

import asyncio
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import httpx
from litestar import Litestar

from milepost import client, commands
from milepost.client import HttpServer
from milepost.clock import new_id
from milepost.database import SqliteDatabase
from milepost.device import Device
from milepost.envelope import Event, decode_event
from milepost.errors import HistoryPartial, InvalidInput, MilepostError, NotFound
from milepost.events import Draft
from milepost.journal import dump_state
from milepost.messages import DeviceEntry
from milepost.views.journal import conflicts
from milepost_server import records
from milepost_server.app import create_app
from milepost_server.services import Services, open_services
from tests.campaign.network import Network
from tests.campaign.schedule import Step
from tests.campaign.truth import Truth, key_of
from tests.campaign.versions import NEW, OLD, version
from tests.campaign.words import ASKED, REDACTED, WRITTEN, begin

START_MS = 1_800_000_000_000
URL = "http://server"
MAX_DEVICES = 5


@cache
def application() -> Litestar:
    """One for the whole process: a server that starts anew puts its services into it."""

    async def never() -> Any:
        raise AssertionError("the stage opens the services itself")

    return create_app(never)


WAITS = "before the snapshot that this device began from"


class Party:
    """A device with a log, and what is around it: its clock, its version, its token, a copy made of it."""

    def __init__(self, folder: Path, skew_ms: int, types: dict[str, Any]) -> None:
        self.folder, self.skew_ms, self.types = folder, skew_ms, types
        self.token = ""
        self.copy: Path | None = None
        self.device: Device


class Token:
    """A script: a token without a log, and the last request it made."""

    def __init__(self) -> None:
        self.token = ""
        self.last: tuple[str, str, dict[str, Any], str] | None = None


class Stage:
    """Carries steps out. Its `truth` keeps what was written; its `seen` counts what happened."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.chance = Random(seed)
        self.now_ms = START_MS
        self.written = 0
        self.seen = {
            "restores": 0,
            "returns": 0,
            "forks": 0,
            "repaired": 0,
            "refused": 0,
            "taken_out": 0,
            "archived": 0,
            "begun": 0,
            "went_on": 0,
            "clones": 0,
        }
        self.runner = asyncio.Runner()
        self.server_types = self.chance.choice((OLD, NEW, NEW))
        self.backups: dict[int, Path] = {}
        self.snapped: dict[str, list[Event]] = {}
        """Chain value → the log that a snapshot which was given out stands for."""
        self._open_server()
        self.network = Network(application(), self.runner.run)
        self.network.around = self._served
        self.parties: list[Party] = []
        for i in range(3):
            skew = self.chance.choice((0, 0, 0, 31_536_000_000, -31_536_000_000))
            party = Party(folder / f"device-{i}", skew, self.chance.choice((OLD, NEW)))
            self.parties.append(party)
            self._open_device(party)
            self.pair(i)
        first = self.parties[0].device
        self.journal = first.open_journal("Together")
        self.truth = Truth(self.journal)
        with version(NEW):
            self.truth.note(self.log_of(self.parties[0]), 0)
        self.cast, drafts = begin(new_id)
        self._append(self.parties[0], drafts)
        self.sync(0)
        for party in self.parties[1:]:
            party.device.welcome(self.journal, private=True)
        self.sync(1)
        self.tokens = [Token(), Token()]
        for token in self.tokens:
            self._give(token)

    # Server

    def _open_server(self) -> None:
        (self.folder / "server").mkdir(exist_ok=True)
        self.services: Services
        self.database: SqliteDatabase
        self.services, self.database = self.runner.run(open_services(self.folder / "server"))
        self.services.now_ms = lambda: self.now_ms
        self.services.gate.unlimited()
        application().state.services = self.services

    def _served(self, request: httpx.Request, go: Callable[[], httpx.Response]) -> httpx.Response:
        """What reaches the server is done by its version; what a script writes there is noted as written."""
        script = request.method in {"POST", "PATCH", "DELETE"} and request.headers.get("x-script") == "1"
        with version(self.server_types):
            knew = self.truth.view(self.log(), "") if script else 0
            response = go()
            self.runner.run(self.services.journals.snapshots.settle())
        if script:
            with version(NEW):
                self.truth.note(self.log(), knew)
        if request.url.path.endswith("/snapshot") and response.status_code == 200:
            place = response.json()["cursor"]
            self.snapped[place["chain"]] = self.log()[: place["seq"]]
            self.seen["begun"] += 1
        return response

    def log(self) -> list[Event]:
        """The server's whole log."""
        events: list[Event] = []
        more = True
        while more:
            reading = self.services.store.read(self.journal, len(events), limit=10**6, max_bytes=10**9)
            page = self.runner.run(reading)
            events += [decode_event(body) for body in page.bodies]
            more = page.more
        return events

    def close(self) -> None:
        for party in self.parties:
            party.device.close()
        self.runner.run(self.database.close())
        self.runner.close()

    # Devices

    def _open_device(self, party: Party) -> None:
        with version(party.types):
            party.device = Device(party.folder, wall=lambda: self.now_ms + party.skew_ms)

    def log_of(self, party: Party) -> list[Event]:
        """A device's whole log, in the order it applied it; the start of it may be there only as a snapshot."""
        begun = party.device.log.snapshots.get(self.journal)
        start = self.snapped[begun.place.chain] if begun else []
        return start + [event for _, event in party.device.log.events(self.journal, begun.ordinal if begun else 0)]

    def server_for(self, party: Party) -> HttpServer:
        return HttpServer(URL, party.token, http=httpx.Client(transport=self.network))

    @contextmanager
    def _as(self, party: Party) -> Iterator[None]:
        """Something is done on a device: by its version, and what it writes is noted."""
        with version(party.types):
            knew = self.truth.view(self.log_of(party), party.device.log.journal(self.journal).device)
            try:
                yield
            finally:
                with version(NEW):
                    self.truth.note(self.log_of(party), knew)

    def _append(self, party: Party, drafts: list[Draft]) -> None:
        if drafts:
            with self._as(party):
                party.device.append(self.journal, drafts)

    def _party(self, i: int) -> Party:
        return self.parties[i % len(self.parties)]

    # Steps

    def play(self, steps: list[Step]) -> None:
        """Carries out a whole schedule."""
        for name, *choices in steps:
            getattr(self, name)(*choices)

    def write(self, i: int, what: int, target: int) -> None:
        party = self._party(i)
        self.written += 1
        with suppress(MilepostError):
            with version(party.types):
                drafts = WRITTEN[what % len(WRITTEN)](self.cast, party.device.state(self.journal), target, self.written)
            self._append(party, [draft for draft in drafts if draft.type in party.types])

    def redact(self, i: int, what: int, target: int) -> None:
        """Words are taken out, unless there are none, or not all of the log that may have them is there."""
        party = self._party(i)
        log = party.device.log
        kind, entity, fields = REDACTED[what % len(REDACTED)](self.cast, target)
        with suppress(InvalidInput, NotFound, HistoryPartial):
            with version(party.types):
                state = party.device.state(self.journal)
                drafts = commands.redact(state, log.history(self.journal), new_id, kind, entity, fields)
            self._append(party, drafts)
            self.seen["taken_out"] += 1

    def sync_without_history(self, i: int, *faults: str) -> None:
        self.sync(i, *faults, history=False)

    def sync(self, i: int, *faults: str, history: bool = True) -> None:
        party = self._party(i)
        self.network.faults = list(faults)
        try:
            with version(party.types):
                report = client.sync(party.device, self.server_for(party), history=history)
        except MilepostError:
            return
        finally:
            self.network.faults = []
            self.network.meanwhile = None
            self.note_synced(party)
        self.seen["forks"] += report.forks
        self.seen["repaired"] += report.repaired
        self.seen["refused"] += report.rejected
        # Who began from a snapshot that the server lost has to wait for others to bring back the log.
        assert all(WAITS in problem for problem in report.problems.values()), report.problems

    def note_synced(self, party: Party) -> None:
        """A sync may write by itself; what the server refused at once stands in no log."""
        with version(NEW):
            self.truth.note_synced(self.log_of(party))
            refused = (one.event for one in party.device.log.rejected(self.journal))
            self.truth.note(refused, 0, good=False)

    def ask(self, i: int, what: int, target: int, fault: str) -> None:
        self.written += 1
        method, path, fields = ASKED[what % len(ASKED)](self.cast, target, self.written)
        token = self.tokens[i]
        token.last = (method, f"/v1/journals/{self.journal}/{path}", fields, f"key {self.written}")
        self._ask(token, fault)

    def ask_again(self, i: int) -> None:
        if self.tokens[i].last is not None:
            self._ask(self.tokens[i], "none")

    def _ask(self, token: Token, fault: str) -> None:
        assert token.last is not None
        method, path, fields, key = token.last
        self.network.faults = [fault]
        http = httpx.Client(transport=self.network)
        headers = {"authorization": f"Bearer {token.token}", "idempotency-key": key, "x-script": "1"}
        with suppress(httpx.HTTPError):
            answer = http.request(method, URL + path, json=fields, headers=headers)
            if answer.status_code == 401:
                self._give(token)
        self.network.faults = []

    def _give(self, token: Token) -> None:
        """A token as a device would ask for it; the server may have lost the one before with everything else."""
        token.token = secrets.token_urlsafe(8)
        entry = DeviceEntry(id=new_id(), name="script", kind="api", created_at=self.now_ms)
        with suppress(MilepostError):
            self.runner.run(self.database.write(records.add_api_device(entry, token.token, self.services.account)))

    def tick(self, ms: int) -> None:
        self.now_ms += ms

    def set_clock(self, i: int, skew_ms: int) -> None:
        self._party(i).skew_ms = skew_ms

    def settle(self, i: int, which: int) -> None:
        party = self._party(i)
        with version(party.types), suppress(MilepostError):
            state = party.device.state(self.journal)
            found = conflicts(state)
            if found:
                one = found[which % len(found)]
                drafts = commands.settle(state, one.kind, one.id, one.field, one.b.value)
                if all(draft.type in party.types for draft in drafts):
                    self._append(party, drafts)

    def deliver_late(self) -> None:
        self.network.deliver_late()

    def join(self, *faults: str) -> None:
        """A fresh device comes in, and its first sync may be cut short."""
        if len(self.parties) < MAX_DEVICES:
            party = Party(self.folder / f"device-{len(self.parties)}", 0, self.chance.choice((OLD, NEW)))
            self.parties.append(party)
            self._begin(len(self.parties) - 1)
            self.sync(len(self.parties) - 1, *faults)

    def _begin(self, i: int) -> None:
        self._open_device(self.parties[i])
        self.pair(i)
        self.parties[i].device.welcome(self.journal, private=True)

    def pair(self, i: int) -> None:
        party = self._party(i)
        try:
            code = self.runner.run(self.database.write(records.issue_code(self.services.account, self.now_ms)))
            answer = self.server_for(party).pair(code, party.folder.name)
        except MilepostError:
            return
        with party.device.log.transaction():
            party.device.log.set("token", answer.token)
            party.device.adopt_account(answer.account)
        party.token = answer.token

    def restart_server(self) -> None:
        self.runner.run(self.database.close())
        self._open_server()

    def upgrade_server(self) -> None:
        self.server_types = NEW
        self.restart_server()

    def restart_device(self, i: int) -> None:
        party = self._party(i)
        party.device.close()
        self._open_device(party)

    def upgrade_device(self, i: int) -> None:
        self._party(i).types = NEW
        self.restart_device(i)

    def held(self) -> set[str]:
        """The keys of all that stands in some log, or in some quarantine."""
        found = {key_of(event) for event in self.log() if not event.rejected}
        for party in self.parties:
            found |= {key_of(event) for event in self.log_of(party) if not event.rejected}
            found |= {key_of(refused.event) for refused in party.device.log.rejected(self.journal)}
        return found

    def go_on(self, party: Party) -> None:
        """A device that began from a snapshot which nobody can bring back goes on without it, if it is one; or begins from
        what another one has just written anew.
        """
        log = party.device.log
        before, name = self.held(), log.journal(self.journal).device
        waited = log.snapshots.get(self.journal) is not None
        names = {(event.device, event.n): key_of(event) for event in self.log_of(party)}
        shown = b""
        with suppress(HistoryPartial):
            shown = dump_state(party.device.state(self.journal))
        client.sync(party.device, self.server_for(party), wait=False)
        self.seen["went_on"] += log.journal(self.journal).device != name
        if waited:
            gone = before - self.held()
            # Where server and devices were put back, a redaction may name by its counter what was written before. Nobody
            # can tell any more: then the words go.
            named = {names.get(one) for one in self.truth.targets(self.log())}
            words = {w for key in gone - named for found in self.truth.written[key].words.values() for w in found}
            text = b"\n".join(event.payload for event in self.log_of(party))
            lost = [w for w in words if w.encode() in shown and w.encode() not in text]
            assert not lost, f"a device knew {lost}, and dropped it"
            self.truth.gone |= gone
            self.note_synced(party)
