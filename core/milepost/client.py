"""A device's side of HTTP: sends what `sync` asks for, and turns a server's problems into errors a person can act on."""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import httpx
import msgspec
from msgspec import Struct

from milepost.access_requests import AccessRequests
from milepost.belonging import left, note_left, note_roles
from milepost.connection_requests import ConnectionRequests
from milepost.device import Device
from milepost.envelope import Event
from milepost.errors import HistoryDiffers, NotAllowed, NotFound
from milepost.journal import paused_collector
from milepost.messages import (
    MAX_PUSH_BYTES,
    MAX_PUSH_EVENTS,
    ChainAnswer,
    ClaimRequest,
    Cursor,
    JournalAnswer,
    JournalEntry,
    JournalSync,
    PairAnswer,
    PairRequest,
    PushAnswer,
    RepairRequest,
    Snapshot,
    SyncAnswer,
    SyncRequest,
)
from milepost.narrowing import REFUSED_AS_A_WHOLE, Narrowing
from milepost.paging import Pages
from milepost.quarantine import refuse_here
from milepost.receipts import Proof
from milepost.steps import (
    Answer,
    AskChain,
    AskHistory,
    AskSnapshot,
    Attest,
    Claim,
    Converge,
    NoSnapshot,
    Repair,
    Request,
    Standing,
    Stop,
)
from milepost.sync import Session
from milepost.transport import TIMEOUT_S, Transport

__all__ = ["TIMEOUT_S", "HttpServer", "Server", "SyncReport", "sync"]

LIVE_TIMEOUT_S = 50.0
"""A stream of hints without a line for so long is dead; a server sends one every 15 seconds."""
MAX_ROUNDS = 100_000
"""Most requests in one sync; no honest one comes near."""


class Server(Protocol):
    """What a sync needs of a server; the tests put one here that loses and repeats answers."""

    def sync(self, request: SyncRequest) -> SyncAnswer:
        """`POST /v1/sync`."""
        ...

    def chain(self, journal: str, seqs: Sequence[int]) -> ChainAnswer:
        """`GET /v1/journals/{journal}/chain`."""
        ...

    def repair(self, journal: str, events: Sequence[Event], proofs: Sequence[Proof] = ()) -> PushAnswer:
        """`POST /v1/journals/{journal}/repair`."""
        ...

    def claim(self, journal: str, *, private: bool) -> None:
        """`POST /v1/journals`."""
        ...

    def snapshot(self, journal: str, least: int) -> Snapshot | NoSnapshot:
        """`GET /v1/journals/{journal}/snapshot`, of a place no earlier than `least`."""
        ...

    def page(self, journal: str, after: Cursor, until: int) -> JournalAnswer:
        """`GET /v1/journals/{journal}/events` after a place; none after `until`."""
        ...

    def end_sync(self) -> None:
        """The sync has ended, in whatever way: nothing is on its way any more."""
        ...


class HttpServer(AccessRequests, ConnectionRequests):
    """A server at a URL. Every method raises `Offline` where it can't be reached, or the error that it answered."""

    def __init__(
        self,
        url: str,
        token: str = "",
        *,
        http: httpx.Client | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._transport = Transport(url, token, http=http, sleep=sleep)
        self._ask, self._patiently = self._transport.ask, self._transport.patiently
        self._pages = Pages(self._events)

    def sync(self, request: SyncRequest) -> SyncAnswer:
        return self._patiently(lambda: self._ask("POST", "/v1/sync", SyncAnswer, request))

    def chain(self, journal: str, seqs: Sequence[int]) -> ChainAnswer:
        at = ",".join(map(str, seqs))
        return self._patiently(lambda: self._ask("GET", f"/v1/journals/{journal}/chain", ChainAnswer, at=at))

    def repair(self, journal: str, events: Sequence[Event], proofs: Sequence[Proof] = ()) -> PushAnswer:
        body = RepairRequest(list(events), list(proofs))
        return self._patiently(lambda: self._ask("POST", f"/v1/journals/{journal}/repair", PushAnswer, body))

    def claim(self, journal: str, *, private: bool) -> None:
        body = ClaimRequest(journal, private)
        self._patiently(lambda: self._ask("POST", "/v1/journals", JournalEntry, body))

    def snapshot(self, journal: str, least: int) -> Snapshot | NoSnapshot:
        try:
            path = f"/v1/journals/{journal}/snapshot"
            asked: dict[str, Any] = {"least": least} if least else {}
            return self._patiently(lambda: self._ask("GET", path, Snapshot, **asked))
        except NotFound:
            return NoSnapshot()

    def page(self, journal: str, after: Cursor, until: int) -> JournalAnswer:
        return self._pages.page(journal, after, until)

    def end_sync(self) -> None:
        self._pages.end()

    def _events(self, journal: str, after: int, limit: int, chain: str = "") -> JournalAnswer:
        return self._patiently(
            lambda: self._ask(
                "GET", f"/v1/journals/{journal}/events", JournalAnswer, after=after, limit=limit, chain=chain
            )
        )

    @contextlib.contextmanager
    def live(self) -> Iterator[Iterator[str]]:
        """`GET /v1/live`: its lines, for as long as the block runs.

        Raises:
            NotSignedIn …: what the server answered.
            httpx.HTTPError: it can't be reached, or the stream broke.

        """
        with self._transport.lines("/v1/live", LIVE_TIMEOUT_S) as lines:
            yield lines

    @property
    def clock_ahead_ms(self) -> int | None:
        """How far this machine's clock is ahead of the server's, as its last answer told (to a second or so)."""
        return self._transport.clock_ahead_ms

    def pair(
        self, code: str, name: str, *, journal: str = "", keep: bool = False, account_name: str = ""
    ) -> PairAnswer:
        """`POST /v1/pair`.

        Raises:
            CodeRefused: wrong, used up or too old.

        """
        return self._ask(
            "POST",
            "/v1/pair",
            PairAnswer,
            PairRequest(code=code, name=name, journal=journal, keep=keep, account_name=account_name),
        )


class SyncReport(Struct, kw_only=True):
    """What a sync did, in numbers of events, and what it could not do."""

    sent: int = 0
    received: int = 0
    rejected: int = 0
    repaired: int = 0
    unproven: int = 0
    forks: int = 0
    corrected: int = 0
    journals: int = 0
    problems: dict[str, str] = msgspec.field(default_factory=dict)
    left: list[str] = msgspec.field(default_factory=list)
    """Journals that the account turned out to be in no more."""


@paused_collector()
def sync(
    device: Device,
    server: Server,
    progress: Callable[[SyncReport], None] = lambda _: None,
    *,
    history: bool = True,
    wait: bool = True,
) -> SyncReport:
    """Makes every journal of the device and the server the same, in as many rounds as that takes.

    A long journal that is new here is begun from a snapshot, and can be used from then on; the log under it comes in
    last. With `history` false, that is left for another time. With `wait` false, a device that began from a snapshot of
    a log which its server lost goes on without it, and writes anew what it knows.

    Raises:
        Offline, NotSignedIn …: what the server answered; all that was done until then stays done.
        SyncFailed: an answer that contradicts itself.

    """
    try:
        return _sync(device, server, progress, history=history, wait=wait)
    finally:
        server.end_sync()


def _sync(
    device: Device, server: Server, progress: Callable[[SyncReport], None], *, history: bool, wait: bool
) -> SyncReport:
    report = SyncReport()
    sessions: dict[str, Session] = {}
    narrowing = Narrowing()
    first = True
    gone = left(device)
    for _ in range(MAX_ROUNDS):
        for row in device.rows():
            if not row.claimed:
                server.claim(row.journal, private=row.private)
                with device.log.transaction():
                    device.log.set_claimed(row.journal, private=row.private)
            if row.journal in gone:
                continue
            sessions.setdefault(row.journal, Session(history=history, wait=wait))
        asked = _requests(device, sessions, narrowing.most)
        if not asked and not first:
            said_again = [journal for journal in sessions.keys() - report.problems if device.take_out_again(journal)]
            if not said_again:
                break
            for journal in said_again:
                sessions[journal].look_again()
            continue
        first = False
        gone -= _round(device, server, sessions, asked, report, narrowing)
        progress(report)
    report.corrected, device.corrected = len(device.corrected), []
    device.keep_states()
    report.journals = len(sessions)
    report.unproven = sum(session.unproven for session in sessions.values())
    return report


_Asked = dict[str, tuple[Standing, Request]]


def _requests(device: Device, sessions: Mapping[str, Session], most: int) -> _Asked:
    """The next request of every journal that is not done; together they stay within the limits of one push, and have no
    more events than `most`.
    """
    asked: _Asked = {}
    events, room = min(MAX_PUSH_EVENTS, most), MAX_PUSH_BYTES
    for journal, session in sessions.items():
        if session.done:
            continue
        standing = device.standing(journal, events, room)
        if standing.unsent:
            events -= len(standing.unsent)
            room -= sum(len(event.payload) + 400 for event in standing.unsent)
            if room <= 0:
                events = 0
        request = session.request(standing)
        if request is not None:
            asked[journal] = (standing, request)
    return asked


def _round(
    device: Device,
    server: Server,
    sessions: dict[str, Session],
    asked: _Asked,
    report: SyncReport,
    narrowing: Narrowing,
) -> set[str]:
    """One request for each journal that is not done; returns which journals the account is in, as far as was told."""
    parts: dict[str, JournalSync] = {}
    for journal, (standing, request) in asked.items():
        if isinstance(request, Converge):
            parts[journal] = request.part
            continue
        _ask(device, server, sessions[journal], journal, standing, request, report)
    if not parts and asked:
        return set()
    try:
        whole = server.sync(SyncRequest(parts))
    except REFUSED_AS_A_WHOLE as error:
        narrowing.refused([(journal, event) for journal, part in parts.items() for event in part.events], error)
        return set()
    suspect = narrowing.answered()
    if suspect is not None and refuse_here(device, suspect.journal, suspect.event, suspect.reason):
        report.rejected += 1
    for journal in parts:
        answered = whole.journals.get(journal)
        if answered is not None:
            _receive(device, server, sessions[journal], journal, asked[journal][0], answered, report)
    note_roles(device, whole.roles, whole.all_journals)
    for journal in whole.all_journals:
        if journal not in sessions:
            device.welcome(journal, private=False)
    return set(whole.all_journals)


def _ask(
    device: Device,
    server: Server,
    session: Session,
    journal: str,
    standing: Standing,
    request: AskChain | Repair | AskSnapshot | AskHistory,
    report: SyncReport,
) -> None:
    """A request about one journal alone, and what follows from its answer."""
    try:
        answer = _answer(server, journal, request)
    except NotFound:
        if not session.is_unknown():
            raise
        _claim(device, server, session, journal, report)
    else:
        _receive(device, server, session, journal, standing, answer, report)


def _answer(server: Server, journal: str, request: AskChain | Repair | AskSnapshot | AskHistory) -> Answer:
    match request:
        case AskChain():
            return server.chain(journal, request.seqs)
        case Repair():
            return server.repair(journal, request.events, request.proofs) if request.events else PushAnswer([])
        case AskSnapshot():
            return server.snapshot(journal, request.least)
        case AskHistory():
            try:
                return server.page(journal, request.after, request.until)
            except HistoryDiffers as error:
                return JournalAnswer(problem=error.code, detail=str(error))


def _claim(device: Device, server: Server, session: Session, journal: str, report: SyncReport) -> None:
    """Offers a journal the server does not know; one that is somebody else's there stays as it is here."""
    try:
        server.claim(journal, private=device.log.journal(journal).private)
    except NotAllowed:
        session.end()
        report.left.append(journal)  # it was this account's, or shared with it, once
        note_left(device, journal)


def _receive(
    device: Device,
    server: Server,
    session: Session,
    journal: str,
    standing: Standing,
    answer: Answer,
    report: SyncReport,
) -> None:
    steps = session.receive(standing, answer)
    if device.carry_out(journal, [step for step in steps if not isinstance(step, Claim | Stop)]):
        session.look_again()
        report.forks += 1
    for step in steps:
        if isinstance(step, Claim):
            _claim(device, server, session, journal, report)
        if isinstance(step, Stop):
            report.problems[journal] = step.detail or step.problem
    if isinstance(answer, PushAnswer):
        report.repaired += sum(r.outcome == "stored" for r in answer.results)
    if isinstance(answer, JournalAnswer):
        report.sent += sum(r.outcome in {"stored", "duplicate"} for r in answer.results)
        report.rejected += sum(r.outcome == "rejected" for r in answer.results)
        # What is asked for again, for its receipt, is no news.
        report.received += 0 if any(isinstance(step, Attest) for step in steps) else len(answer.events)
