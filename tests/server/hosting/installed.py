"""Plugins that are really installed, for processes: folders on the path, as a package manager leaves them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SHELF = '''
"""Puts what it is given onto a shelf, one request for each thing; and a box that takes in numbers."""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from milepost.plugin_api import (
    Changed, Connector, Done, Inbox, NewEntry, Rejected, Reply, Secret, hookimpl, plain,
)


class ShelfSettings(Struct, frozen=True, kw_only=True):
    url: Annotated[str, Meta(description="Where the shelf is.")]
    token: Annotated[Secret, Meta(description="The key of the shelf.")]
    days: Annotated[int, Meta(description="How many days to look ahead.", ge=1)] = 14
    loud: Annotated[bool, Meta(description="Whether it rings.")] = False
    rooms: Annotated[list[str], Meta(description="Where to put things.")] = []


class Shelf(Connector[ShelfSettings]):
    name = "shelf"
    title = "Puts things onto a shelf"
    settings = ShelfSettings
    kinds = frozenset({"goal", "milestone"})

    def hosts(self, settings):
        return ["127.0.0.1"]

    async def check(self, context):
        answer = await context.http.get(context.settings.url)
        answer.raise_for_status()
        return "The shelf is there."

    async def push(self, changes, context):
        answers = []
        for change in changes:
            view = plain(change.view) if isinstance(change, Changed) else None
            body = {"id": change.id, "view": view, "token": context.settings.token.reveal()}
            answer = await context.http.post(context.settings.url, json=body)
            if answer.status_code == 422:
                answers.append(Rejected(answer.text))
            else:
                answer.raise_for_status()
                answers.append(Done())
                context.state["last"] = change.id
        return answers


class Box(Inbox):
    name = "box"
    title = "Takes in numbers"

    def receive(self, request, context):
        fields = {"subject": context.view.goals[0].id, "on": "2026-01-15", "value": int(request.body)}
        return Reply(body=b"yes", entries=(NewEntry(kind="checkin", external_id="1", fields=fields),))


@hookimpl
def milepost_connectors():
    return [Shelf]


@hookimpl
def milepost_inboxes():
    return [Box]
'''

BROKEN = 'raise RuntimeError("no luck today")\n'


def install(folder: Path, **modules: str) -> str:
    """Puts plugins into a folder: name → the text of its module. Returns the folder, for a path."""
    for name, text in modules.items():
        (folder / f"example_{name}.py").parent.mkdir(parents=True, exist_ok=True)
        (folder / f"example_{name}.py").write_text(text)
        info = folder / f"example_{name}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: example-{name}\nVersion: 1.2\n")
        (info / "entry_points.txt").write_text(f"[milepost.plugins]\n{name} = example_{name}\n")
    return str(folder)


class ShelfOutside:
    """The shelf itself: what was put there, and how it answers."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.things: dict[str, Any] = {}
        self.tokens: set[str] = set()
        self.status = 200
        self.rejects = ""

    def take(self, body: Any) -> int:
        self.tokens.add(body["token"])
        if self.status == 200 and self.rejects and (body["view"] or {}).get("title") == self.rejects:
            return 422
        if self.status == 200:
            self.things[body["id"]] = body["view"]
            if body["view"] is None:
                del self.things[body["id"]]
        return self.status


@contextmanager
def shelf() -> Iterator[ShelfOutside]:
    """A real server on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(outside.status)

        def do_POST(self) -> None:
            self._answer(outside.take(json.loads(self.rfile.read(int(self.headers["content-length"])))))

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("content-length", "8")
            self.end_headers()
            self.wfile.write(b"no room." if status != 200 else b"alright.")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    outside = ShelfOutside(f"http://127.0.0.1:{server.server_address[1]}/things")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield outside
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
