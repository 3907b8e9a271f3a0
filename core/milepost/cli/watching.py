"""`milepost sync --watch`: follows the server until Ctrl-C, and says in a line what happens. Commands may run beside it."""

import signal
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from milepost.cli.journals import journal_rows
from milepost.cli.show import escape
from milepost.cli.syncing import lost_and_found, sync_now
from milepost.cli.terminal import terminal
from milepost.errors import FolderInUse
from milepost.folder import exclusive

if TYPE_CHECKING:
    from milepost.client import HttpServer
    from milepost.watching import News

LOCK_NAME = "watch.lock"


def watch(remote: "HttpServer") -> None:
    """Follows until Ctrl-C or SIGTERM, and ends well then.

    Raises:
        FolderInUse: another process follows for this device already.
        NotSignedIn: the device was revoked.
    """
    from milepost.watching import Listener, News, Watch

    terminal.device.rows()
    with exclusive(terminal.folder / LOCK_NAME) as alone:
        if not alone:
            raise FolderInUse("Another `milepost sync --watch` follows on this device already; one is enough.")
        signal.signal(signal.SIGTERM, _end)
        listener = Listener(remote)
        try:
            Watch(terminal.device, listener, lambda: sync_now(remote), _tell, _to_settle).run()
        except KeyboardInterrupt:
            _tell(News(event="ended"))
        finally:
            listener.stop()


def _end(*_: object) -> None:
    raise KeyboardInterrupt


def _to_settle() -> int:
    return sum(row["conflicts"] for row in journal_rows())


def _tell(news: "News") -> None:
    """One line: for a person in words, for a script as JSON."""
    if terminal.json:
        sys.stdout.write(msgspec.json.encode(news).decode() + "\n")
    else:
        console: Any = terminal.console()
        console.print(f"[dim]{datetime.now().astimezone():%H:%M}[/]  {escape(_words(news))}")
    sys.stdout.flush()


def _words(news: "News") -> str:
    if news.event == "online":
        return "Online. Following; Ctrl-C ends it."
    if news.event == "offline":
        return f"Offline. {news.detail} It goes on by itself."
    if news.event == "ended":
        return "Ended. Everything is kept."
    said = [f"Sent {news.sent}, received {news.received}."]
    if news.repaired:
        said.append(lost_and_found(news.repaired))
    if news.rejected:
        said.append(f"The server refused {news.rejected}; your words are kept: `milepost refused`.")
    if news.conflicts:
        said.append(f"{news.conflicts} to settle: `milepost conflicts`.")
    said += [f"Journal {journal[:8]}: {problem}" for journal, problem in news.problems.items()]
    return " ".join(said)
