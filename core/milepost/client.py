"""A device's side of HTTP: sends what `sync` asks for, and turns a server's problems into errors a person can act on."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any, Protocol, TypeVar

import httpx
import msgspec
from msgspec import Struct

from milepost import errors
from milepost.clock import wall_clock_ms
from milepost.device import Device
from milepost.envelope import Event
from milepost.errors import MilepostError, NotAllowed, Offline
from milepost.messages import (
    MAX_PUSH_BYTES,
    MAX_PUSH_EVENTS,
    ChainAnswer,
    ClaimRequest,
    DeviceEntry,
    DeviceRequest,
    Feed,
    FeedRequest,
    JournalAnswer,
    JournalEntry,
    JournalSync,
    PairAnswer,
    PairRequest,
    Problem,
    PushAnswer,
    RepairRequest,
    SyncAnswer,
    SyncRequest,
)
from milepost.sync import Answer, AskChain, Claim, Converge, Fork, Repair, Request, Session, Standing, Stop

TIMEOUT_S = 30.0
LIVE_TIMEOUT_S = 50.0
"""A stream of hints without a line for so long is dead; a server sends one every 15 seconds."""
MAX_ROUNDS = 100_000
"""Most requests in one sync; no honest one comes near."""

T = TypeVar("T")

_BY_CODE: dict[str, type[MilepostError]] = {
    cls.code: cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, MilepostError)
}


class Server(Protocol):
    """What a sync needs of a server; the tests put one here that loses and repeats answers."""

    def sync(self, request: SyncRequest) -> SyncAnswer:
        """`POST /v1/sync`."""
        ...

    def chain(self, journal: str, seqs: Sequence[int]) -> ChainAnswer:
        """`GET /v1/journals/{journal}/chain`."""
        ...

    def repair(self, journal: str, events: Sequence[Event]) -> PushAnswer:
        """`POST /v1/journals/{journal}/repair`."""
        ...

    def claim(self, journal: str, *, private: bool) -> None:
        """`POST /v1/journals`."""
        ...


class HttpServer:
    """A server at a URL. Every method raises `Offline` where it can't be reached, or the error that it answered."""

    def __init__(self, url: str, token: str = "", *, http: httpx.Client | None = None) -> None:
        self.url = url.rstrip("/")
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self._http = http or httpx.Client(timeout=TIMEOUT_S, follow_redirects=False)
        self._http.headers.update(headers)
        self.clock_ahead_ms: int | None = None
        """How far this machine's clock is ahead of the server's, as its last answer told (to a second or so)."""

    def _ask(self, method: str, path: str, answer: type[T], body: Struct | None = None, **params: Any) -> T:
        content = msgspec.json.encode(body) if body is not None else None
        try:
            response = self._http.request(
                method,
                f"{self.url}{path}",
                content=content,
                params=params or None,
                headers={"content-type": "application/json"} if content is not None else None,
            )
        except httpx.TimeoutException as error:
            raise Offline(f"{self.url} did not answer in time. Everything is kept here; try again later.") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Offline(
                f"{self.url} can't be reached ({error}). Everything is kept here and goes out with the next sync."
            ) from error
        self.clock_ahead_ms = _ahead(response.headers.get("date", ""))
        if response.status_code >= 300:
            raise problem_error(response.status_code, response.content)
        try:
            return msgspec.json.decode(response.content, type=answer)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Offline(
                f"{self.url} answered something that is not Milepost's ({error}). Is the address right?"
            ) from error

    def sync(self, request: SyncRequest) -> SyncAnswer:
        return self._ask("POST", "/v1/sync", SyncAnswer, request)

    def chain(self, journal: str, seqs: Sequence[int]) -> ChainAnswer:
        return self._ask("GET", f"/v1/journals/{journal}/chain", ChainAnswer, at=",".join(map(str, seqs)))

    def repair(self, journal: str, events: Sequence[Event]) -> PushAnswer:
        return self._ask("POST", f"/v1/journals/{journal}/repair", PushAnswer, RepairRequest(list(events)))

    def claim(self, journal: str, *, private: bool) -> None:
        self._ask("POST", "/v1/journals", JournalEntry, ClaimRequest(journal, private))

    @contextlib.contextmanager
    def live(self) -> Iterator[Iterator[str]]:
        """`GET /v1/live`: its lines, for as long as the block runs.

        Raises:
            NotSignedIn …: what the server answered.
            httpx.HTTPError: it can't be reached, or the stream broke.

        """
        timeout = httpx.Timeout(TIMEOUT_S, read=LIVE_TIMEOUT_S)
        with self._http.stream("GET", f"{self.url}/v1/live", timeout=timeout) as response:
            if response.status_code >= 300:
                raise problem_error(response.status_code, response.read())
            yield response.iter_lines()

    def pair(self, code: str, name: str, *, journal: str = "", keep: bool = False) -> PairAnswer:
        """`POST /v1/pair`.

        Raises:
            CodeRefused: wrong, used up or too old.

        """
        return self._ask("POST", "/v1/pair", PairAnswer, PairRequest(code=code, name=name, journal=journal, keep=keep))

    def add_feed(self, journal: str, *, plain: bool, name: str) -> Feed:
        """`POST /v1/journals/{journal}/feeds`."""
        return self._ask("POST", f"/v1/journals/{journal}/feeds", Feed, FeedRequest(plain=plain, name=name))

    def feeds(self, journal: str) -> list[Feed]:
        """`GET /v1/journals/{journal}/feeds`."""
        return self._ask("GET", f"/v1/journals/{journal}/feeds", list[Feed])

    def devices(self) -> list[DeviceEntry]:
        """`GET /v1/devices`."""
        return self._ask("GET", "/v1/devices", list[DeviceEntry])

    def add_device(self, name: str) -> DeviceEntry:
        """`POST /v1/devices`: a token for a script."""
        return self._ask("POST", "/v1/devices", DeviceEntry, DeviceRequest(name=name))

    def revoke_device(self, device: str) -> DeviceEntry:
        """`DELETE /v1/devices/{device}`."""
        return self._ask("DELETE", f"/v1/devices/{device}", DeviceEntry)

    def revoke_feed(self, journal: str, feed: str) -> Feed:
        """`DELETE /v1/journals/{journal}/feeds/{feed}`."""
        return self._ask("DELETE", f"/v1/journals/{journal}/feeds/{feed}", Feed)


def _ahead(date: str) -> int | None:
    """How far the wall clock is ahead of a `Date` (RFC 9110, section 6.6.1), which leaves out parts of a second."""
    try:
        told = parsedate_to_datetime(date).timestamp() * 1000
    except ValueError:
        return None
    off = wall_clock_ms() - int(told)
    return 0 if 0 <= off < 1_000 else off


def problem_error(status: int, body: bytes) -> MilepostError:
    """The error for a problem document (RFC 9457), or for whatever else a server or a proxy before it answered."""
    try:
        problem = msgspec.json.decode(body, type=Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Offline(f"The server answered {status} without saying why. Everything is kept here; try again later.")
    return _BY_CODE.get(problem.type.rsplit("/", 1)[-1], Offline)(problem.detail or problem.title)


class SyncReport(Struct, kw_only=True):
    """What a sync did, in numbers of events, and what it could not do."""

    sent: int = 0
    received: int = 0
    rejected: int = 0
    repaired: int = 0
    forks: int = 0
    journals: int = 0
    problems: dict[str, str] = msgspec.field(default_factory=dict)


def sync(device: Device, server: Server, progress: Callable[[SyncReport], None] = lambda _: None) -> SyncReport:
    """Makes every journal of the device and the server the same, in as many rounds as that takes.

    Raises:
        Offline, NotSignedIn …: what the server answered; all that was done until then stays done.
        SyncFailed: an answer that contradicts itself.

    """
    report = SyncReport()
    sessions: dict[str, Session] = {}
    first = True
    for _ in range(MAX_ROUNDS):
        for row in device.rows():
            if not row.claimed:
                server.claim(row.journal, private=row.private)
                with device.log.transaction():
                    device.log.set_claimed(row.journal, private=row.private)
            sessions.setdefault(row.journal, Session())
        asked = _requests(device, sessions)
        if not asked and not first:
            break
        first = False
        _round(device, server, sessions, asked, report)
        progress(report)
    device.keep_states()
    report.journals = len(sessions)
    return report


_Asked = dict[str, tuple[Standing, Request]]


def _requests(device: Device, sessions: Mapping[str, Session]) -> _Asked:
    """The next request of every journal that is not done; together they stay within the limits of one push."""
    asked: _Asked = {}
    events, room = MAX_PUSH_EVENTS, MAX_PUSH_BYTES
    for journal, session in sessions.items():
        if session.done:
            continue
        standing = device.standing(journal, events, room)
        if standing.unsent:
            events -= len(standing.unsent)
            room -= sum(len(event.payload) + 400 for event in standing.unsent)
            if room <= 0:
                events = 0
        asked[journal] = (standing, session.request(standing))
    return asked


def _round(device: Device, server: Server, sessions: dict[str, Session], asked: _Asked, report: SyncReport) -> None:
    parts: dict[str, JournalSync] = {}
    for journal, (standing, request) in asked.items():
        match request:
            case Converge():
                parts[journal] = request.part
            case AskChain():
                _receive(
                    device, server, sessions[journal], journal, standing, server.chain(journal, request.seqs), report
                )
            case Repair():
                if request.events:
                    answer = server.repair(journal, request.events)
                    report.repaired += sum(r.outcome == "stored" for r in answer.results)
                else:
                    answer = PushAnswer([])
                _receive(device, server, sessions[journal], journal, standing, answer, report)
    if not parts and asked:
        return
    whole = server.sync(SyncRequest(parts))
    for journal in parts:
        answered = whole.journals.get(journal)
        if answered is not None:
            _receive(device, server, sessions[journal], journal, asked[journal][0], answered, report)
    for journal in whole.all_journals:
        if journal not in sessions:
            device.welcome(journal, private=False)


def _claim(device: Device, server: Server, session: Session, journal: str, report: SyncReport) -> None:
    """Offers a journal the server does not know; one that is somebody else's there stays as it is here."""
    try:
        server.claim(journal, private=device.log.journal(journal).private)
    except NotAllowed as error:
        session.end()
        report.problems[journal] = str(error)


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
    device.carry_out(journal, [step for step in steps if not isinstance(step, Claim | Stop)])
    for step in steps:
        if isinstance(step, Claim):
            _claim(device, server, session, journal, report)
        if isinstance(step, Stop):
            report.problems[journal] = step.detail or step.problem
        report.forks += isinstance(step, Fork)
    if isinstance(answer, JournalAnswer):
        report.sent += sum(r.outcome in {"stored", "duplicate"} for r in answer.results)
        report.rejected += sum(r.outcome == "rejected" for r in answer.results)
        report.received += len(answer.events)
