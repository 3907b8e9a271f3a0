"""Calendar servers of others, really running on this machine: Radicale and Xandikos, each in a folder of its own."""

import os
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from defusedxml.ElementTree import fromstring
from icalendar import Calendar

NAME, PASSWORD = "robin", "planted-password-4711"
LASTS_S = 20.0
TODAY = datetime(2027, 1, 15, 7, 30, tzinfo=UTC)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Server(ABC):
    """A server that runs; its calendars are looked at as a program of the person's would look at them."""

    home = f"/{NAME}/"

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "log"
        headers = {"content-type": "application/xml"}
        self.http = httpx.Client(
            base_url=self.url,
            auth=(NAME, PASSWORD),
            timeout=10.0,
            trust_env=False,
            headers=headers,
        )
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @abstractmethod
    def command(self) -> list[str]:
        """What starts it."""

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, env={**os.environ, "TZ": "UTC"})
        until = time.monotonic() + LASTS_S
        while True:
            try:
                self.http.request("OPTIONS", "/")
            except httpx.TransportError:
                if time.monotonic() > until or self.process.poll() is not None:
                    raise AssertionError(self.log.read_text()) from None
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        self.stop()
        self.http.close()

    def empty(self) -> None:
        """As if nobody had ever been there."""
        for path in self.collections().values():
            self.http.delete(path)

    # As a program of the person's sees it

    def make(self, name: str, path: str = "mine", component: str = "") -> str:
        """A collection of the person's own; returns its path."""
        takes = f'<c:supported-calendar-component-set><c:comp name="{component}"/></c:supported-calendar-component-set>'
        body = (
            '<c:mkcalendar xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><set><prop>'
            f"<displayname>{name}</displayname>{takes * bool(component)}</prop></set></c:mkcalendar>"
        )
        assert self.http.request("MKCALENDAR", f"{self.home}{path}/", content=body).is_success
        return f"{self.home}{path}/"

    def add(self, collection: str, uid: str, title: str, *more: str) -> None:
        """A task of the person's own."""
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:theirs", "BEGIN:VTODO", f"UID:{uid}", f"SUMMARY:{title}"]
        text = "\r\n".join([*lines, "DTSTAMP:20260101T000000Z", *more, "END:VTODO", "END:VCALENDAR", ""])
        headers = {"content-type": "text/calendar"}
        assert self.http.put(f"{collection}{uid}.ics", content=text, headers=headers).is_success

    def collections(self) -> dict[str, str]:
        """Display name → path."""
        body = '<propfind xmlns="DAV:"><prop><displayname/></prop></propfind>'
        answer = self.http.request("PROPFIND", self.home, content=body, headers={"depth": "1"})
        found = {}
        if answer.status_code == 207:
            for one in fromstring(answer.content):
                href = one.findtext("{DAV:}href") or ""
                if href != self.home and href.startswith(self.home):
                    found[one.findtext(".//{DAV:}displayname") or href] = href
        return found

    def paths(self, collection: str = "Milepost") -> list[str]:
        where = self.collections().get(collection)
        if where is None:
            return []
        body = '<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>'
        answer = self.http.request("PROPFIND", where, content=body, headers={"depth": "1"})
        hrefs = [one.findtext("{DAV:}href") or "" for one in fromstring(answer.content)]
        return sorted(href for href in hrefs if href.endswith(".ics"))

    def bodies(self, collection: str = "Milepost") -> dict[str, str]:
        return {path: self.http.get(path).text for path in self.paths(collection)}

    def items(self, collection: str = "Milepost") -> list[Any]:
        """Every task or event."""
        found = []
        for text in self.bodies(collection).values():
            found += [one for one in Calendar.from_ical(text).subcomponents if one.name in {"VTODO", "VEVENT"}]
        return found

    def titles(self, collection: str = "Milepost") -> dict[str, str]:
        """Title → status."""
        return {str(one["SUMMARY"]): str(one.get("STATUS", "")) for one in self.items(collection)}

    def change(self, title: str, collection: str = "Milepost", **properties: Any) -> None:
        """Somebody changes an item there, as programs do: over the version that they saw."""
        path, etag, calendar, item = self.find(title, collection)
        for name, value in properties.items():
            item.pop(name.replace("_", "-"), None)
            if value is not None:
                item.add(name.replace("_", "-"), value)
        headers = {"if-match": etag, "content-type": "text/calendar"}
        answer = self.http.put(path, content=calendar.to_ical(), headers=headers)
        assert answer.is_success, answer.text

    def complete(self, title: str, at: datetime = TODAY) -> None:
        self.change(title, STATUS="COMPLETED", PERCENT_COMPLETE=100, COMPLETED=at)

    def reopen(self, title: str) -> None:
        self.change(title, STATUS="NEEDS-ACTION", PERCENT_COMPLETE=None, COMPLETED=None)

    def delete(self, title: str, collection: str = "Milepost") -> None:
        path, etag, *_ = self.find(title, collection)
        assert self.http.delete(path, headers={"if-match": etag}).is_success

    def find(self, title: str, collection: str = "Milepost") -> tuple[str, str, Any, Any]:
        for path in self.paths(collection):
            answer = self.http.get(path)
            calendar = Calendar.from_ical(answer.text)
            for item in calendar.subcomponents:
                if item.get("SUMMARY") == title:
                    return path, answer.headers["etag"], calendar, item
        raise AssertionError(f"Nothing there is called {title!r}: {self.titles(collection)}")

    def stored(self) -> bytes:
        """Every byte that the server keeps, and what it logged."""
        files = [path for path in sorted(self.folder.rglob("*")) if path.is_file()]
        return b"\n".join(str(path).encode() + b"\n" + path.read_bytes() for path in files)


class Radicale(Server):
    def command(self) -> list[str]:
        users, rights = self.folder / "users", self.folder / "rights"
        users.write_text(f"{NAME}:{PASSWORD}\n")
        del rights
        config = self.folder / "config"
        config.write_text(
            f"[server]\nhosts = 127.0.0.1:{self.port}\n"
            f"[auth]\ntype = htpasswd\nhtpasswd_filename = {users}\nhtpasswd_encryption = plain\ndelay = 0\n"
            f"[storage]\nfilesystem_folder = {self.folder / 'data'}\n"
        )
        return [sys.executable, "-m", "radicale", "--config", str(config)]


class Xandikos(Server):
    """It knows no passwords: whoever reaches it is the one person that it has."""

    home = "/user/calendars/"

    def empty(self) -> None:
        """As it was when it began: with a calendar that is there by itself."""
        for path in {*self.collections().values(), *self.paths("calendar")} - {f"{self.home}calendar/"}:
            self.http.delete(path)

    def command(self) -> list[str]:
        data = self.folder / "data"
        binary = Path(sys.executable).parent / "xandikos"
        return [str(binary), "serve", "-d", str(data), "--defaults", "-l", "127.0.0.1", "-p", str(self.port)]
