"""The kinds of plugins: abstract classes to subclass, and the contexts that they are given."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar, Generic, Literal, TypeVar

import msgspec
from msgspec import Struct

from milepost.errors import InvalidInput, PluginFailed
from milepost.plugin_api.changes import Answer, Change, Entry, FromFile, NewEntry
from milepost.plugin_api.settings import NoSettings
from milepost.plugin_api.views import VIEWS, JournalView, Kind, Scope, View

if TYPE_CHECKING:
    import httpx

S = TypeVar("S", bound=Struct)


class Revised(Struct, frozen=True, kw_only=True):
    """One field, written once: what it was and what it became (both as JSON values, or `WITHHELD`), when (milliseconds
    since 1970), and why, where the person said so and their own words may be shown.
    """

    field: str
    was: Any
    now: Any
    at_ms: int
    reason: str | None = None


def no_history(_: str) -> Sequence[Revised]:
    return ()


class ExportContext(Struct, Generic[S], frozen=True, kw_only=True):
    """What an export is for.

    `plain` says that the person wants their own words in it; without it the view is discreet already: titles are
    neutral, and words are withheld. `salt` makes ids of this export unlike those of every other (a journal's or a feed's
    id), `name` is what the person calls the feed, `changed_ms` is when anything that shows last changed, in milliseconds
    since 1970, `set_ms` when what the person chose for a feed last did, and `today` the person's own day. `history` gives
    what became of an entity by its id, the oldest first. `reminders` has, by the id of what they are about, the local
    times of day (`08:30`) at which the person wants to be reminded. `kept` is a place for what need not be worked out
    again: it is there the next time that the same feed is asked for, with the same words and settings, or empty.
    """

    settings: S = NoSettings()  # type: ignore[assignment]
    plain: bool = False
    salt: str = ""
    name: str = ""
    changed_ms: int = 0
    set_ms: int = 0
    today: str = ""
    history: Callable[[str], Sequence[Revised]] = no_history
    reminders: Mapping[str, Sequence[str]] = msgspec.field(default_factory=dict)
    kept: MutableMapping[str, Any] = msgspec.field(default_factory=dict)


class Exporter(ABC, Generic[S]):
    """Writes a journal in some format. Made anew, without arguments, for each export; it keeps nothing.

    The same view and context must give the same bytes: a feed is compared by them. Whatever `render` raises is
    reported to the person with the plugin's name, and nothing else notices.
    """

    format: ClassVar[str]
    """What the person types: `milepost export <format>`. Lowercase letters, digits and hyphens."""
    media_type: ClassVar[str]
    """What kind of file it is, as in `text/calendar`. Feeds are served as it."""
    file_name: ClassVar[str]
    """A name to save it under, with its ending."""
    settings: ClassVar[type[Struct]] = NoSettings
    """What a person can set, a Struct with a default for each field that they may leave out."""
    private: ClassVar[bool] = False
    """Whether it is the person's own copy, with their own words whatever `plain` says. No neutral feed is made of it."""

    @abstractmethod
    def render(self, view: JournalView, context: ExportContext[S]) -> bytes:
        """The whole journal in this format."""


class State(MutableMapping[str, Any], ABC):
    """What a connector keeps about one journal: JSON values by text keys, at most 4 MiB and 20,000 keys in all.

    It is stored together with what the call achieved; if the call raises, what it changed is forgotten. It is emptied
    where the person takes back what it is about, but for marks: a key of `mark`, a kind and an id, maybe with a day
    behind, whose value is True, as in `mark goal 7c9e6679-7425-40de-944b-e07fc1f90ae7`. They have no words.
    """

    @abstractmethod
    async def save(self) -> None:
        """Stores it now: before doing something outside that has to be recognised afterwards."""


async def _no_addresses(host: str) -> Sequence[str]:
    raise PluginFailed(f"{host} can't be looked up here.")


class Context(Struct, Generic[S], frozen=True, kw_only=True):
    """What a connector or a notifier may use while it is called.

    `connection` is an id that no other connection ever has: derive ids outside from it. `scopes` are what was granted,
    `plain` is false where texts are neutral, `now` has a zone. `http` is a client that reaches the hosts that were
    declared, and no others; its time-outs are short. `addresses` looks up a host that was declared, and refuses what may
    not be connected to: for what can't use `http`, and then must connect to these addresses alone. `log` takes a line
    for the person to read.
    """

    settings: S
    connection: str
    journal: str
    scopes: frozenset[Scope]
    plain: bool
    time_zone: str
    locale: str
    now: datetime
    state: State
    http: "httpx.AsyncClient"
    log: Callable[[str], None]
    addresses: Callable[[str], Awaitable[Sequence[str]]] = _no_addresses


class Connectable(ABC, Generic[S]):
    """What a connection can be to: a connector, an inbox or a notifier."""

    name: ClassVar[str]
    """What the person types: `milepost connection add <name>`. Lowercase letters, digits and hyphens."""
    title: ClassVar[str]
    """What it does, in a few words."""
    settings: ClassVar[type[Struct]] = NoSettings
    """What a person sets for each connection."""
    defaults: ClassVar[frozenset[Scope]] = frozenset({"titles", "dates", "numbers"})
    """The scopes that a person is offered first."""


class Connector(Connectable[S], Generic[S]):
    """Carries a journal to somewhere else, and back. One object is made for each turn of a connection.

    What it sends is at least once and in order, parents before what names them. What raises, or takes too long, is sent
    again later: so a fault outside needs no handling here.
    """

    delivery: ClassVar[Literal["net", "each"]] = "net"
    """`net`: each thing once, as it stands. `each`: first as it stands, then every event."""
    kinds: ClassVar[frozenset[Kind]] = frozenset(VIEWS)
    """The kinds of things that it has a use for."""
    version: ClassVar[int] = 1
    """Grows when the same views are to be sent again, as they look different outside."""
    batch: ClassVar[int] = 100
    """Changes in a call, at most 500."""
    timeout_s: ClassVar[float] = 60.0
    """How long a call may take, at most 300."""
    pull_every_s: ClassVar[float] = 900.0
    """How often `pull` is called, if it is defined; at least 60."""

    @abstractmethod
    def hosts(self, settings: S) -> Sequence[str]:
        """The hosts that it connects to, by name: `["calendar.example"]`."""

    @abstractmethod
    async def push(self, changes: Sequence[Change], context: Context[S]) -> Sequence[Answer]:
        """Brings changes outside; one answer to each, in order. After a `Later`, the answers that follow may be missing."""

    async def check(self, context: Context[S]) -> str:
        """Tries the settings out without changing anything outside; returns what was found, in a few words."""
        del context
        return ""

    async def pull(self, context: Context[S]) -> Sequence[Entry]:
        """What changed outside, since `context.state` says it was last looked at."""
        del context
        return ()

    def preview(self, change: Change, settings: S) -> str:
        """What `push` would send, as text; the host shows the view where this gives nothing."""
        del change, settings
        return ""

    def wake(self, view: View, now: datetime) -> datetime | None:
        """When what is outside about something changes though nothing happens to it; None for never."""
        del view, now
        return None


class Request(Struct, frozen=True, kw_only=True):
    """What was sent to an inbox. `path` is what follows its address, `headers` have lowercase names."""

    method: str = "POST"
    path: str = ""
    query: Mapping[str, str] = msgspec.field(default_factory=dict)
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    body: bytes = b""
    received_ms: int = 0


class Reply(Struct, frozen=True, kw_only=True):
    """How an inbox answers, and what is to go into the journal. A status of 400 or above takes nothing in.

    `key` is what the sender calls this message, such as the header `webhook-id`, where it gives each a name: what comes
    under it again is answered as before and changes nothing. Without one, a message is known by its method, path, query
    and body.
    """

    status: int = 200
    body: bytes = b""
    media_type: str = "application/json"
    entries: tuple[Entry, ...] = ()
    key: str = ""


class InboxContext(Struct, Generic[S], frozen=True, kw_only=True):
    """What an inbox may look at: its settings, and the journal as far as it was granted."""

    settings: S
    view: JournalView
    log: Callable[[str], None]


class Inbox(Connectable[S], Generic[S]):
    """Takes in what others send to a secret address. The same message again is answered as before, and changes nothing."""

    max_bytes: ClassVar[int] = 1024 * 1024
    """The largest body that it takes."""

    @abstractmethod
    def receive(self, request: Request, context: InboxContext[S]) -> Reply:
        """Reads a request: checks its signature, if it has one, and says what is in it."""

    def check(self, context: InboxContext[S]) -> str:
        """Looks whether the settings fit the journal as it is now; returns what was found, in a few words, and raises where
        they don't.
        """
        del context
        return ""


class Importer(ABC, Generic[S]):
    """Reads a file of another program, once. An import can be tried without writing anything, and undone."""

    format: ClassVar[str]
    """What the person types: `milepost import <format> FILE`. Lowercase letters, digits and hyphens."""
    title: ClassVar[str]
    """What it reads, in a few words."""
    settings: ClassVar[type[Struct]] = NoSettings
    """What a person can set."""
    view: JournalView = JournalView(id="")
    """The journal that it reads for, as the person sees it; one without an id where there is none yet. How something is put
    may depend on it (in which unit, in which time zone), but never which entries there are, nor their order."""

    @abstractmethod
    def read(self, file: BinaryIO, settings: S) -> Iterator[FromFile]:
        """What is in the file, piece by piece: it may be larger than the memory. The same file gives the same entries in the
        same order. A field that names another thing (`goal`, `subject` …) may have its `external_id`, or the title of one
        that the journal has. Where the file is wrong, raise `InvalidInput` and say in which line.
        """

    def restore(self, file: BinaryIO, settings: S) -> Iterator[NewEntry]:
        """All of a journal that the file was written from, to be put back into an empty one: `milepost import <format>
        --restore`. What others name comes before them. Fields are taken as they are, in the order of the file, whatever
        measures say of values, and assessments too; an entry about something that came before gives it more fields. What
        a check-in is about is its `subject`: the `external_id` of the goal, step or practice. Refuse by `InvalidInput` a
        file that you did not write.
        """
        del file, settings
        raise InvalidInput(f"`{self.format}` has no files that a journal can be put back from.")


class Message(Struct, frozen=True, kw_only=True):
    """What a person is to be told; discreet where they did not ask for their own words. `key` is the same for the same
    message sent again.
    """

    key: str
    title: str
    body: str = ""
    link: str = ""


class Notifier(Connectable[S], Generic[S]):
    """Tells the person something where they look: their phone, their mail."""

    timeout_s: ClassVar[float] = 30.0
    """How long a call may take, at most 300."""

    @abstractmethod
    def hosts(self, settings: S) -> Sequence[str]:
        """The hosts that it connects to."""

    @abstractmethod
    async def notify(self, message: Message, context: Context[S]) -> None:
        """Sends one message; what raises is tried again within the reminder's grace."""
