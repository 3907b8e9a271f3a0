"""`milepost feed …`: calendar subscriptions at secret addresses."""

from typing import Annotated, Any

from cyclopts import App, Parameter

from milepost.cli.show import escape, table
from milepost.cli.syncing import server
from milepost.cli.terminal import terminal
from milepost.errors import NotFound

feed = App(name="feed", help="Subscribe to what is due from any calendar program.")


@feed.command(name="add")
def feed_add(*, plain: Annotated[bool | None, Parameter(negative="--discreet")] = None, name: str = "") -> None:
    """Make a secret address that a calendar program can subscribe to.

    Parameters
    ----------
    plain
        With your own words in it. Without (--discreet, the default) entries read "Step 2 of 5".
    name
        What the calendar is called.

    """
    chosen = terminal.journal()
    if plain is None and terminal.interactive:
        plain = (
            terminal.ask("Your own words in the calendar, or neutral ones? [dim](own / Enter for neutral)[/]") == "own"
        )
    made = server().add_feed(chosen, plain=bool(plain), name=name)

    def show(console: Any) -> None:
        console.print(made.url)
        console.print(
            "[dim]Whoever has this address can read it; it is shown this once. Calendar programs look again in up to a day.[/]"
        )
        console.print(f"[dim]milepost feed revoke {made.id[:8]}  ends it.[/]")

    terminal.answer(made, show)


@feed.command(name="list")
def feed_list() -> None:
    """The feeds of the journal."""
    found = server().feeds(terminal.journal())

    def show(console: Any) -> None:
        shown = table("id", "format", "words", "name", "")
        for one in found:
            words = "own" if one.plain else "neutral"
            shown.add_row(one.id[:8], one.format, words, escape(one.name), "revoked" if one.revoked_at else "")
        console.print(shown if found else "No feeds yet. `milepost feed add` makes one.")

    terminal.answer(found, show)


@feed.command(name="revoke")
def feed_revoke(id: str, /) -> None:
    """End a feed: its address shows an empty calendar from now on."""
    remote, chosen = server(), terminal.journal()
    known = [one.id for one in remote.feeds(chosen)]
    if not known:
        raise NotFound("This journal has no feeds.")
    ended = remote.revoke_feed(chosen, terminal.match(id, known, "feed"))
    terminal.answer(
        ended, lambda console: console.print("Revoked. Subscribers see an empty calendar when they next look.")
    )
