"""`milepost feed …`: calendar subscriptions at secret addresses."""

from collections.abc import Sequence
from typing import Annotated, Any

from cyclopts import App, Parameter
from msgspec import UNSET

from milepost.cli.qr import qr
from milepost.cli.settings import given
from milepost.cli.show import escape, table
from milepost.cli.syncing import server
from milepost.cli.terminal import terminal
from milepost.errors import InvalidInput, NotFound
from milepost.messages import Feed, FeedChange, FeedRequest

feed = App(name="feed", help="Subscribe to what is due from any calendar program.")

Plain = Annotated[bool | None, Parameter(negative="--discreet")]
Goals = Annotated[list[str] | None, Parameter(name="--goal", negative=())]
Set = Annotated[list[str] | None, Parameter(name="--set", negative=())]
Qr = Annotated[bool | None, Parameter(negative="--no-qr")]


@feed.command(name="add")
def feed_add(
    *,
    plain: Plain = None,
    name: str = "",
    format: str = "ics",
    goal: Goals = None,
    setting: Set = None,
    qr: Qr = None,
) -> None:
    """Make a secret address that a calendar program can subscribe to.

    Parameters
    ----------
    plain
        With your own words in it. Without (--discreet, the default) entries read "Step 2 of 5".
    name
        What you call it. A calendar in your own words is called so, too.
    format
        What it gives: `ics` is for calendar programs.
    goal
        Only this goal, with its milestones and practices; again for another.
    setting
        KEY=VALUE, once for each, as for `milepost export`: --set kinds=milestones,sessions --set past_days=30.
    qr
        With the address as a code that a phone can read. At a terminal you get it anyway; --no-qr leaves it out.

    """
    chosen = terminal.journal()
    settings = _settings(setting, goal)
    if plain is None and terminal.interactive:
        plain = (
            terminal.ask("Your own words in the calendar, or neutral ones? [dim](own / Enter for neutral)[/]") == "own"
        )
    given_ones = {key: value for key, value in settings.items() if value is not None}
    request = FeedRequest(format=format, plain=bool(plain), name=name, settings=given_ones)
    _answer_address(server().add_feed(chosen, request), with_qr=terminal.interactive if qr is None else qr)


def _settings(typed: Sequence[str] | None, goals: Sequence[str] | None) -> dict[str, Any]:
    settings: dict[str, Any] = {name: value or None for name, value in given(typed).items()}
    if goals:
        settings["goals"] = [terminal.entity("goal", one) for one in goals]
    return settings


def _answer_address(made: Feed, *, with_qr: bool) -> None:
    def show(console: Any) -> None:
        console.print(made.url, markup=False, soft_wrap=True)
        webcal = "webcal" + made.url.removeprefix("https").removeprefix("http")
        console.print(webcal, markup=False, soft_wrap=True)
        if with_qr:
            console.print(qr(made.url), markup=False, highlight=False)
        console.print(
            "[dim]Both are the same; some programs take only the one. Whoever has it can read the calendar; it is shown "
            "this once.\nCalendar programs look again in up to a day.[/]"
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


def _chosen(id: str) -> Feed:
    known = {one.id: one for one in server().feeds(terminal.journal())}
    if not known:
        raise NotFound("This journal has no feeds.")
    return known[terminal.match(id, known, "feed")]


@feed.command(name="show")
def feed_show(id: str, /) -> None:
    """What a feed shows, and in whose words."""
    _answer_feed(_chosen(id))


def _answer_feed(one: Feed) -> None:
    def show(console: Any) -> None:
        shown = table("feed", one.id[:8])
        goals = {goal: _title(goal) for goal in one.settings.get("goals", ())}
        rows = {
            "name": one.name,
            "format": one.format,
            "words": "your own" if one.plain else "neutral",
            **{key: _said(value, goals) for key, value in one.settings.items()},
        }
        for key, value in rows.items():
            shown.add_row(key, escape(value))
        console.print(shown)
        if one.revoked_at:
            console.print("It was revoked.")
        else:
            console.print(f"[dim]Its address was shown once. milepost feed rotate {one.id[:8]}  gives it another.[/]")

    terminal.answer(one, show)


def _title(goal: str) -> str:
    """A goal as its owner knows it; on this device alone."""
    state = terminal.state()
    known = next((one for one in state.visible("goal") if one.startswith(goal)), None)
    return str(state.fields("goal", known).get("title") or goal) if known else goal


def _said(value: Any, goals: dict[str, str]) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(goals.get(one, str(one)) for one in value) if isinstance(value, list) else str(value)


@feed.command(name="change")
def feed_change(
    id: str, /, *, plain: Plain = None, name: str | None = None, goal: Goals = None, setting: Set = None
) -> None:
    """Show other things in a feed, or in other words. Its address stays.

    Parameters
    ----------
    plain
        With your own words; or --discreet, with neutral ones from now on.
    name
        What you call it.
    goal
        Only this goal; again for another. --set goals= shows all again.
    setting
        KEY=VALUE, once for each; KEY= brings back what it is by default.

    """
    if plain is None and name is None and not goal and not setting:
        raise InvalidInput("Say what is to change: --plain or --discreet, --name, --goal ID, --set KEY=VALUE.")
    settings = _settings(setting, goal)
    change = FeedChange(
        plain=UNSET if plain is None else plain,
        name=UNSET if name is None else name,
        settings=settings or UNSET,
    )
    one = _chosen(id)
    _answer_feed(server().change_feed(terminal.journal(), one.id, change))


@feed.command(name="rotate")
def feed_rotate(id: str, /, *, qr: Qr = None) -> None:
    """Give a feed another address, and end the one that it has.

    Parameters
    ----------
    qr
        With the address as a code that a phone can read.

    """
    one = _chosen(id)
    made = server().rotate_feed(terminal.journal(), one.id)
    _answer_address(made, with_qr=terminal.interactive if qr is None else qr)


@feed.command(name="revoke")
def feed_revoke(id: str, /) -> None:
    """End a feed: its address shows an empty calendar from now on."""
    ended = server().revoke_feed(terminal.journal(), _chosen(id).id)
    terminal.answer(
        ended, lambda console: console.print("Revoked. Subscribers see an empty calendar when they next look.")
    )
