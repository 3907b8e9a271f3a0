"""`milepost connection add` and `change`: what it is to, its settings, what it may be shown, and in whose words."""

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from msgspec import UNSET

from milepost.cli.asking import which
from milepost.cli.connections import SCOPE_WORDS, Name, connection, delivers, named, shared
from milepost.cli.setting_names import settled
from milepost.cli.setting_words import Described, complete, read
from milepost.cli.show import escape, table
from milepost.cli.syncing import server
from milepost.cli.terminal import terminal
from milepost.connection_messages import NAME, Brought, Connection, ConnectionChange, ConnectionRequest, PluginEntry
from milepost.errors import InvalidInput, NotFound
from milepost.plugin_api import SCOPES, Scope

if TYPE_CHECKING:
    from milepost.client import HttpServer

__all__ = ["connection"]

Set = Annotated[list[str] | None, Parameter(name="--set", negative=())]
Grant = Annotated[list[Scope] | None, Parameter(negative=())]
Plain = Annotated[bool | None, Parameter(negative="--discreet")]


@connection.command(name="add")
def connection_add(
    plugin: str | None = None,
    /,
    *,
    id: str | None = None,
    setting: Set = None,
    grant: Grant = None,
    plain: Plain = None,
    paused: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Connect the journal to something. At a terminal, what is not given is asked for.

    Parameters
    ----------
    plugin
        What it is to, as `milepost plugin list` names it.
    id
        What you call the connection; without, as what it is to.
    setting
        KEY=VALUE, once for each; KEY=@FILE reads it from a file, as a secret must be.
    grant
        What it may be shown, once for each: titles, dates, numbers, free-text, assessments, sensitive. Without, what the
        plugin offers first.
    plain
        With your own words. Without (--discreet, the default) titles are neutral, and nothing that you wrote is shown.
    paused
        Send nothing yet, so that you can look with `milepost connection preview` first.

    """
    remote, journal = server(), terminal.journal()
    brought = _brought(remote.plugins(), plugin)
    described = Described(brought.settings)
    if terminal.interactive:
        terminal.console().print(f"[bold]{escape(brought.title)}[/]  [dim]{brought.name}, {brought.kind}[/]")
    settings = settled(brought.settings, complete(described, read(described, setting)), terminal.state())
    scopes = list(grant) if grant else _ask_scopes(brought.defaults)
    if plain is None and terminal.interactive:
        plain = terminal.ask("Your own words, or neutral ones? [dim](own / Enter for neutral)[/]") == "own"
    if id is not None and not re.search(NAME, id):
        raise InvalidInput(f"{id!r} can't be a connection's id: take up to 60 lowercase letters, digits and hyphens.")
    asked = ConnectionRequest(
        to=brought.name,
        id=UNSET if id is None else id,
        settings=settings,
        scopes=scopes,
        plain=bool(plain),
        paused=paused,
    )
    made = remote.add_connection(journal, asked)
    terminal.answer(made, lambda console: _show_made(console, made, brought))


def _brought(known: Sequence[PluginEntry], wanted: str | None) -> Brought:
    """What a connection is to be to: by its own name, or by that of a plugin that brings one such thing.

    Raises:
        NotFound: there is none of that name, or it does not run, and why.
        InvalidInput: nothing was said, and nobody is there to be asked.

    """
    there = {brought.name: brought for plugin in known for brought in plugin.connects}
    if wanted is None:
        if not there:
            raise NotFound(f"Your server has nothing that a connection could be to.{_not_running(known)}")
        missing = f"Say what it is to: {', '.join(there)}."
        rows = [(brought.name, brought.title) for brought in there.values()]
        return _brought(known, which(rows, "To which of these? [dim](its name)[/]", missing, lambda said: said))
    if wanted in there:
        return there[wanted]
    for plugin in known:
        if plugin.name == wanted and len(plugin.connects) == 1:
            return plugin.connects[0]
        if plugin.name == wanted and plugin.problem:
            raise NotFound(f"The plugin `{wanted}` does not run on your server: {plugin.problem}")
    raise NotFound(
        f"Nothing on your server is called `{wanted}` that a connection could be to. There are: "
        f"{', '.join(sorted(there)) or 'none'}.{_not_running(known)}"
    )


def _not_running(known: Sequence[PluginEntry]) -> str:
    names = sorted(plugin.name for plugin in known if plugin.problem)
    return f" Installed there, and not running: {', '.join(names)}; `milepost plugin list` says why." if names else ""


def _ask_scopes(defaults: Collection[Scope]) -> list[Scope]:
    """The scopes that the person grants; those that are offered first where nobody is asked."""
    offered: list[Scope] = [scope for scope in SCOPES if scope in defaults]
    if not terminal.interactive:
        return offered
    shown = table("it may be shown", "", "")
    for scope in SCOPES:
        shown.add_row(scope, SCOPE_WORDS[scope], "[dim]offered[/]" if scope in defaults else "")
    terminal.console().print(shown)
    question = f"Which of these? [dim](Enter for {', '.join(offered) or 'none'}; else their names, or none)[/]"
    said = terminal.ask_more(None, question, _scopes)
    return offered if said is None else said


def _scopes(text: str) -> list[Scope]:
    """Scopes as a person types them, with commas or blanks between.

    Raises:
        InvalidInput: one is none.

    """
    words = text.lower().replace(",", " ").split()
    if words == ["none"]:
        return []
    if unknown := [word for word in words if word not in SCOPES]:
        raise InvalidInput(f"{unknown[0]!r} is none of these: {', '.join(SCOPES)}.")
    return [scope for scope in SCOPES if scope in words]


def _show_made(console: Any, made: Connection, brought: Brought) -> None:
    console.print(f"{made.id} is connected to {escape(made.to)}. It is shown {shared(made)}.")
    if made.address:
        console.print("\nIts address, which is shown this once:\n")
        console.print(made.address, markup=False, soft_wrap=True)
        console.print("\nGive it to whatever is to send here. Whoever has it can send into this journal.")
    for name, secret in made.made_up.items():
        console.print(f"\n{escape(name)}, which was made up and is shown this once:\n")
        console.print(secret, markup=False, soft_wrap=True)
    if made.made_up:
        console.print("\nGive it to the other side, and to nobody else.")
    if made.status == "asks":
        console.print(f"It begins when an owner of the journal grants it, with `milepost connection resume {made.id}`.")
    elif brought.kind == "connector":
        console.print(f"[dim]milepost connection preview {made.id}  shows exactly what leaves.[/]")
    if made.status == "paused":
        console.print(f"[dim]milepost connection resume {made.id}  lets it begin.[/]")
    console.print(f"[dim]milepost connection remove {made.id}  ends it.[/]")


@connection.command(name="change")
def connection_change(
    name: Name = None,
    /,
    *,
    setting: Set = None,
    grant: Grant = None,
    revoke: Grant = None,
    plain: Plain = None,
) -> None:
    """Set a connection up in another way. What it may see no more is taken back outside.

    Parameters
    ----------
    setting
        KEY=VALUE, once for each; KEY=@FILE reads it from a file, KEY= brings back what it is by default, and at a terminal
        KEY alone is asked for.
    grant
        What it may be shown as well.
    revoke
        What it may be shown no more.
    plain
        With your own words; or --discreet, with neutral ones.

    """
    if not (setting or grant or revoke) and plain is None:
        raise InvalidInput(
            "Say what is to change: --set KEY=VALUE, --grant SCOPE, --revoke SCOPE, --plain or --discreet."
        )
    remote, journal = server(), terminal.journal()
    now = remote.connection(journal, named(remote, name)).connection
    settings = _changed_settings(remote, now, setting) if setting else UNSET
    scopes = [scope for scope in SCOPES if scope in {*now.scopes, *(grant or ())} - {*(revoke or ())}]
    change = ConnectionChange(
        settings=settings,
        scopes=scopes if grant or revoke else UNSET,
        plain=UNSET if plain is None else plain,
    )
    made = remote.change_connection(journal, now.id, change)

    def show(console: Any) -> None:
        console.print(f"{made.id} is shown {shared(made)}.")
        if revoke and now.success_at and delivers(remote, now):
            console.print("What it was shown before is taken back outside, as far as the other side does so.")

    terminal.answer(made, show)


def _changed_settings(remote: "HttpServer", now: Connection, typed: Sequence[str]) -> dict[str, Any]:
    schema = _brought(remote.plugins(), now.to).settings
    return settled(schema, read(Described(schema), typed), terminal.state())
