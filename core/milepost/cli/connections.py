"""`milepost connection …`: how connections go, running and holding them, and what was rejected; sets none up."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from milepost.belonging import member_names
from milepost.cli.asking import which
from milepost.cli.moments import moment
from milepost.cli.setting_names import called
from milepost.cli.show import counted, escape, table
from milepost.cli.syncing import server
from milepost.cli.terminal import terminal
from milepost.clock import wall_clock_ms
from milepost.connection_messages import Connection, Letter, Line, Previewed
from milepost.errors import InvalidInput, NotFound, PluginFailed

if TYPE_CHECKING:
    from milepost.client import HttpServer
    from milepost.connection_requests import Action

connection = App(name="connection", help="Connect a journal to something outside, by a plugin of your server.")

Name = Annotated[str | None, Parameter(help="The connection's name; where there is one alone, it need not be said.")]

SCOPE_WORDS = {
    "titles": "what goals, steps and practices are called, and what measures ask",
    "dates": "days, times, and how often",
    "numbers": "values of check-ins and measures, and how important things are",
    "free-text": "what you wrote in your own words: notes, reasons, reflections, topics",
    "assessments": "questionnaires that you filled in, and their scores",
    "sensitive": "what is most private: single answers in questionnaires",
}
"""Scope → what it opens, in plain words."""


def named(remote: "HttpServer", name: str | None) -> str:
    """The connection that is meant: the one of that name, or the only one there is, or the one that the person picks.

    Raises:
        NotFound: there is none.
        InvalidInput: there are several, and nobody is there to be asked.

    """
    if name is not None:
        return name
    found = remote.connections(terminal.journal())
    if not found:
        raise NotFound("This journal has no connections. `milepost connection add` makes one.")
    if len(found) == 1:
        return found[0].id
    names = [one.id for one in found]
    missing = f"Say which connection: {', '.join(names)}."

    def match(text: str) -> str:
        if text not in names:
            raise NotFound(f"There is no connection {text!r}.")
        return text

    return which([(one.id, f"to {one.to}") for one in found], "Which connection?", missing, match)


def standing(one: Connection) -> str:
    """How a connection stands, in a few words."""
    if one.status == "asks":
        return "waits for an owner"
    if one.status == "paused":
        return "paused"
    if one.reason:
        return "can't run"
    return "does not get through" if one.failures else "works" if one.success_at else "begins"


def shared(one: Connection) -> str:
    """What a connection may be shown, in a line."""
    return f"{', '.join(one.scopes) or 'nothing'}, {'in your own words' if one.plain else 'with neutral words'}"


@connection.command(name="list")
def connection_list() -> None:
    """The journal's connections, and how they go."""
    found = server().connections(terminal.journal())
    now = wall_clock_ms()

    def show(console: Any) -> None:
        shown = table("connection", "to", "", "behind", "last success")
        for one in found:
            state = standing(one) + (f", {counted(one.letters, 'thing')} rejected" if one.letters else "")
            shown.add_row(one.id, escape(one.to), state, str(one.behind), moment(one.success_at, now))
        console.print(shown if found else "No connections. `milepost connection add` makes one.")
        for one in found:
            if one.reason:
                console.print(f"{one.id}: {escape(one.reason)}")
            if one.error_at:
                again = f" Next try {moment(one.next_at, now)}." if one.next_at else ""
                console.print(f"{one.id}, last error {moment(one.error_at, now)}: {escape(one.error)}{again}")

    terminal.answer(found, show)


@connection.command(name="show")
def connection_show(name: Name = None, /) -> None:
    """All about one connection: what it may be shown, its settings, what was rejected, what it did last."""
    remote = server()
    found = remote.connection(terminal.journal(), named(remote, name))
    one, now = found.connection, wall_clock_ms()
    people = member_names(terminal.device)
    schemas = {brought.name: brought.settings for plugin in remote.plugins() for brought in plugin.connects}
    settings = called(schemas.get(one.to, {}), one.settings, terminal.state())

    def show(console: Any) -> None:
        console.print(f"[bold]{one.id}[/]  to {escape(one.to)}  ({standing(one)})")
        by = "you" if one.by == terminal.device.account else people.get(one.by) or one.by[:8]
        lines = [
            ("why", one.reason),
            ("by", by),
            ("shown", shared(one)),
            ("reaches", ", ".join(one.hosts)),
            ("behind", counted(one.behind, "event") if one.behind else ""),
            ("success", moment(one.success_at, now)),
            ("error", f"{moment(one.error_at, now)}: {one.error}" if one.error_at else ""),
            ("next try", moment(one.next_at, now) if one.next_at else ""),
            *((key, str(value)) for key, value in settings.items() if value is not None),
        ]
        for label, text in lines:
            if text:
                console.print(f"  [dim]{escape(label):<10}[/] {escape(text)}")
        if found.letters:
            console.print("\nRejected by the other side:")
            console.print(_letters(found.letters, now))
            console.print("[dim]`milepost connection retry` and `skip` decide on one, or on all of it.[/]")
        if found.log:
            console.print()
            console.print(_lines(found.log[:10]))

    terminal.answer(found, show)


def _letters(letters: list[Letter], now: int) -> Any:
    shown = table("letter", "", "why", "tries", "last")
    for one in letters:
        shown.add_row(one.id, one.kind, escape(one.reason), str(one.tries), moment(one.at, now))
    return shown


def _lines(lines: list[Line]) -> Any:
    shown = table("when", "", "", "to")
    for line in lines:
        at = datetime.fromtimestamp(line.at / 1000, UTC)
        what = f"{line.what} {line.things}" if line.things else line.what
        shown.add_row(f"{at:%Y-%m-%d %H:%M}", escape(what), escape(line.words), escape(line.hosts))
    return shown


@connection.command(name="log")
def connection_log(name: Name = None, /) -> None:
    """What a connection did, the newest first: when what kinds of things left, with which fields, and where to. No content."""
    remote = server()
    found = remote.connection(terminal.journal(), named(remote, name)).log
    terminal.answer(found, lambda console: console.print(_lines(found) if found else "It did nothing yet."))


@connection.command(name="check")
def connection_check(name: Name = None, /) -> None:
    """Try a connection's settings out. Nothing is changed anywhere; for reminders, a short message is sent to try the way."""
    remote = server()
    chosen = named(remote, name)
    found = remote.check_connection(terminal.journal(), chosen)
    terminal.answer(found, lambda console: console.print(escape(found.words)) if found.ok else None)
    if not found.ok:
        raise PluginFailed(f"`{chosen}` does not work so: {found.words}")


@connection.command(name="run")
def connection_run(name: Name = None, /) -> None:
    """Deliver and fetch now, and wait for it."""
    remote = server()
    chosen = named(remote, name)
    before = remote.connection(terminal.journal(), chosen).log
    done = remote.steer_connection(terminal.journal(), chosen, "run")
    said = _new_lines(remote, chosen, before)

    def show(console: Any) -> None:
        for line in reversed(said):
            what = f"{line.what} {line.things}" if line.things else line.what
            to = f" to {line.hosts}" if line.hosts else ""
            console.print(f"{escape(what)}{': ' if line.words else ''}{escape(line.words)}{escape(to)}")
        if done.letters:
            console.print(f"{counted(done.letters, 'thing')} rejected: `milepost connection show {done.id}`.")
        if not done.failures:
            in_step = "The rest is in step." if done.letters else "All in step."
            console.print(in_step if not done.behind else f"{counted(done.behind, 'event')} to go.")

    terminal.answer(done, show)
    if done.failures:
        again = moment(done.next_at, wall_clock_ms())
        raise PluginFailed(f"`{chosen}` did not get through: {done.error} It is tried again {again}; nothing is lost.")


def _new_lines(remote: "HttpServer", chosen: str, before: list[Line]) -> list[Line]:
    log = remote.connection(terminal.journal(), chosen).log
    if not before:
        return log
    return log[: next((place for place, line in enumerate(log) if line == before[0]), len(log))]


def _steered(name: str | None, action: "Action", words: str, letter: str = "") -> None:
    remote = server()
    done = remote.steer_connection(terminal.journal(), named(remote, name), action, letter)
    terminal.answer(done, lambda console: console.print(words.format(name=done.id)))


@connection.command(name="pause")
def connection_pause(name: Name = None, /) -> None:
    """Hold a connection: nothing leaves and nothing comes in, and what is due stays due."""
    _steered(name, "pause", "{name} is paused. [dim]milepost connection resume {name}  lets it go on.[/]")


@connection.command(name="resume")
def connection_resume(name: Name = None, /) -> None:
    """Let a connection go on. An owner of the journal grants another member's connection so."""
    _steered(name, "resume", "{name} goes on.")


@connection.command(name="retry")
def connection_retry(name: Name = None, letter: str = "", /) -> None:
    """Send again what the other side rejected, as it is now.

    Parameters
    ----------
    letter
        One thing, as `milepost connection show` names it; without, all of it.

    """
    _steered(name, "retry", "It is sent again. [dim]milepost connection run {name}  waits for it.[/]", letter)


@connection.command(name="skip")
def connection_skip(name: Name = None, letter: str = "", /) -> None:
    """Let be what the other side rejected. What changes is sent anew.

    Parameters
    ----------
    letter
        One thing, as `milepost connection show` names it; without, all of it.

    """
    _steered(name, "skip", "It is let be.", letter)


@connection.command(name="preview")
def connection_preview(name: Name = None, /) -> None:
    """Exactly what would leave, at most the first fifty things. Nothing leaves."""
    remote = server()
    found = remote.preview_connection(terminal.journal(), named(remote, name))

    def show(console: Any) -> None:
        for one in found:
            _show_previewed(console, one)
        console.print("[dim]Nothing has left.[/]" if found else "Nothing would leave: all is there as it is here.")

    terminal.answer(found, show)


def _show_previewed(console: Any, one: Previewed) -> None:
    console.print(f"[bold]{one.kind}[/]  [dim]{one.id[:8]}[/]  {one.what}")
    if one.text:
        console.print(one.text, markup=False)
        return
    for key, value in one.view.items():
        if key not in {"id", "changed_at"} and value is not None:
            console.print(f"  [dim]{escape(key):<12}[/] {escape(str(value))}")


@connection.command(name="withdraw")
def connection_withdraw(name: Name = None, /) -> None:
    """Take back what was sent: it is removed outside, and the connection is held."""
    _steered(name, "withdraw", "What was sent is taken back. {name} is paused.")


def delivers(remote: "HttpServer", one: Connection) -> bool:
    """Whether something of the journal may be outside: an inbox takes in alone."""
    kinds = {brought.name: brought.kind for plugin in remote.plugins() for brought in plugin.connects}
    return kinds.get(one.to) == "connector"


@connection.command(name="remove")
def connection_remove(
    name: Name = None, /, *, withdraw: Annotated[bool | None, Parameter(negative="--leave")] = None
) -> None:
    """End a connection, and forget its settings. What was sent stays where it is, unless it is taken back.

    Parameters
    ----------
    withdraw
        Take back first what was sent. Without (--leave, the default) it stays.

    """
    remote, journal = server(), terminal.journal()
    chosen = named(remote, name)
    found = remote.connection(journal, chosen).connection
    if withdraw is None and terminal.interactive and found.success_at and delivers(remote, found):
        said = terminal.ask("What was sent stays where it is. Take it back first? [dim](yes / Enter for no / stop)[/]")
        if said not in {"", "no", "n", "yes", "y"}:
            raise InvalidInput("Nothing was done.")
        withdraw = said in {"yes", "y"}
    if withdraw:
        remote.steer_connection(journal, chosen, "withdraw")
    remote.remove_connection(journal, chosen)
    words = "What was sent is taken back, and " if withdraw else ""
    answer = {"id": chosen, "removed": True, "withdrawn": bool(withdraw)}
    terminal.answer(answer, lambda console: console.print(f"{words}{chosen} is gone."))
