"""What a plugin makes of the sample journal, to look at while it is written."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
from msgspec import Struct

from milepost.kit.bounded import PATIENCE_S, Hangs, bounded
from milepost.kit.conforming import settings_for
from milepost.plugin_api import Message, Request
from milepost.plugin_places import package_of, place_of, said, with_place
from milepost.plugins import Plugins
from milepost.projection import DISCREET
from milepost.testing.findings import secrets_in
from milepost.testing.host import FakeHost
from milepost.testing.journal import sample_journal

MOST_LINES = 40
MOST_LETTERS = 300


class Shown(Struct, frozen=True, kw_only=True):
    """What one part gives, in lines."""

    title: str
    lines: list[str]
    failed: bool = False


def showing(
    plugins: Plugins, typed: Mapping[str, str], file: Path | None, patience_s: float = PATIENCE_S
) -> Iterator[Shown]:
    """What each part of a plugin gives, as far as it comes in so many seconds."""
    shows: dict[str, Callable[[Any, FakeHost], Iterator[str]]] = {
        "exporters": _exporter,
        "connectors": _connector,
        "inboxes": lambda cls, host: _inbox(cls, host, file),
        "importers": lambda cls, host: _importer(cls, host, file),
        "notifiers": _notifier,
    }
    for kind, show in shows.items():
        for name, cls in getattr(plugins, kind).items():
            title = f"{kind.removesuffix('es') if kind == 'inboxes' else kind[:-1]} {name}"
            yield _tried(title, cls, show, typed, patience_s)
    for kind in ("instruments", "templates"):
        if brought := getattr(plugins, kind):
            yield Shown(title=kind, lines=sorted(brought))


def _tried(
    title: str,
    cls: Any,
    show: Callable[[Any, FakeHost], Iterator[str]],
    typed: Mapping[str, str],
    patience_s: float,
) -> Shown:
    lines: list[str] = []
    secrets: list[str] = []
    failed = False
    try:
        settings = settings_for(cls, typed)
        if settings is None:
            return Shown(title=title, lines=["No settings could be made up for it: give them with --set."], failed=True)
        secrets = secrets_in(settings)
        host = FakeHost(settings)
        host.patience_s = patience_s / 2
        try:
            bounded(lambda: lines.extend(show(cls, host)), patience_s, package_of(cls))
        finally:
            lines += [f"log: {line}" for line in host.logged]
    except Exception as error:  # noqa: BLE001 - whatever a plugin raises is what is to be seen
        place = error.place if isinstance(error, Hangs) else place_of(error, package_of(cls))
        lines.append(with_place(str(error) if isinstance(error, Hangs) else said(error), place))
        failed = True
    for secret in secrets:
        lines = [line.replace(secret, "(secret)") for line in lines]
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], f"… {len(lines) - MOST_LINES} lines more"]
    return Shown(title=title, lines=[line[:MOST_LETTERS] for line in lines], failed=failed)


def _exporter(cls: Any, host: FakeHost) -> Iterator[str]:
    journal = sample_journal()
    discreet = journal.view() if cls.private else journal.view(*sorted(DISCREET.scopes), plain=False)
    for words, view, plain in (("as others may see it", discreet, False), ("--plain", journal.view(), True)):
        body = host.render(cls, view, plain=plain, today=journal.today, changed_ms=view.goals[0].changed_ms)
        yield f"{words}: {len(body):,} bytes of {cls.media_type}"
        try:
            yield from (f"  {line}" for line in body.decode().splitlines()[: MOST_LINES // 2 - 2])
        except UnicodeDecodeError:
            yield f"  {body[:60]!r}"


def _connector(cls: Any, host: FakeHost) -> Iterator[str]:
    journal = sample_journal()
    changes = [*journal.changes(cls.kinds, each=cls.delivery == "each")[:4], *journal.removals(cls.kinds)[-1:]]
    for change in changes:
        before = len(host.outside.requests)
        yield f"{type(change).__name__} {change.kind}"
        (answer,) = host.push(cls(), [change])
        yield from _requests(host, before)
        yield f"  → {answer}"
    before = len(host.outside.requests)
    yield f"check: {host.check(cls()) or 'nothing to say'}"
    yield from _requests(host, before)
    before = len(host.outside.requests)
    yield f"pull: {len(host.pull(cls()))} entries"
    yield from _requests(host, before)
    yield from (f"asks for {stray}, which `hosts` does not name" for stray in sorted(set(host.strayed)))


def _notifier(cls: Any, host: FakeHost) -> Iterator[str]:
    host.notify(cls(), Message(key="reminder-1", title="A check-in is due", body="Whenever it suits you"))
    yield from _requests(host, 0)


def _inbox(cls: Any, host: FakeHost, file: Path | None) -> Iterator[str]:
    body = file.read_bytes() if file else b""
    headers = {"content-type": "application/json"}
    reply = host.receive(
        cls(),
        Request(body=body, headers=headers, received_ms=int(host.now.timestamp() * 1000)),
        sample_journal().view(),
    )
    yield f"a body of {len(body):,} bytes → status {reply.status}, {len(reply.entries)} entries"
    yield from (f"  {entry}" for entry in reply.entries)
    if file is None:
        yield "`--file FILE` sends what is in a file."


def _importer(cls: Any, host: FakeHost, file: Path | None) -> Iterator[str]:
    if file is None:
        yield "`--file FILE` reads a file."
        return
    with file.open("rb") as opened:
        count = 0
        for count, entry in enumerate(host.read(cls(), opened), 1):
            if count <= MOST_LINES // 2:
                yield f"{entry}"
    yield f"{count:,} entries"


def _requests(host: FakeHost, before: int) -> Iterator[str]:
    for request in host.outside.requests[before:]:
        yield f"  {request.method} {request.url} {_body(request)}".rstrip()


def _body(request: httpx.Request) -> str:
    return request.content.decode(errors="replace")
