"""`milepost propose` and `proposals …`: what one member suggests and another agrees to."""

from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from typing import Annotated, Any

from cyclopts import App, Parameter

from milepost import commands
from milepost.cli.as_of import local_time
from milepost.cli.dates import relative
from milepost.cli.field_words import read_field
from milepost.cli.show import escape, table
from milepost.cli.terminal import new_entity, read_note, terminal
from milepost.cli.versions import who, words_of
from milepost.errors import Conflict, InvalidInput
from milepost.events import Fields
from milepost.events.registry import REVISIONS
from milepost.views.proposals import Proposal, open_proposals, proposals

proposals_app = App(name="proposals", help="What somebody suggests to change, waiting for an answer.")

Words = Annotated[str | None, Parameter(allow_leading_hyphen=True)]
Flag = Annotated[bool, Parameter(negative="")]


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What should be different, as words for fields.

    Parameters
    ----------
    title
        What it should be called.
    looks_like
        How one would see that it is so.
    why
        Why it matters.
    helps
        What helps.
    due
        Until when; `none` for open.
    importance
        0 to 10.
    confidence
        0 to 10.
    set
        Any other field, as FIELD=VALUE; `none` empties it. May be given again.

    """

    title: Words = None
    looks_like: Words = None
    why: Words = None
    helps: Words = None
    due: Words = None
    importance: Words = None
    confidence: Words = None
    set: Annotated[list[str] | None, Parameter(negative="")] = None


NOTHING = Wanted()


def propose(id: str, /, *, wanted: Wanted = NOTHING, reason: Words = None) -> None:
    """Suggest a change to a goal, a step, a practice, a session …: another member accepts it, or says something else.

    Parameters
    ----------
    id
        What should change.
    reason
        Why you suggest it; `-` reads it from standard input.

    """
    kind, entity = terminal.any_entity(list(REVISIONS), id)
    fields = _read(kind, entity, wanted)
    made, drafts = commands.propose(terminal.state(), new_entity, kind, entity, fields, read_note(reason))
    terminal.write(drafts)
    _answer(_one(made), "Proposed. They see it at their next sync.")


def _read(kind: str, entity: str, wanted: Wanted) -> Fields:
    """Words as the values of fields."""
    named = [(one.name, getattr(wanted, one.name)) for one in dataclass_fields(wanted) if one.name != "set"]
    words = {name: said for name, said in named if said is not None}
    for one in wanted.set or []:
        name, equals, said = one.partition("=")
        if not equals:
            raise InvalidInput(f"Write it as --set FIELD=VALUE, not {one!r}.")
        words[name.strip()] = said
    state, today = terminal.state(), terminal.today()
    found: Fields = {}
    for name, said in words.items():
        register = commands.register_of(kind, name)
        value = read_field(state, kind, entity, register, said, today)
        found |= value if isinstance(value, dict) else {name: value}
    return found


def _one(proposal: str) -> Proposal:
    return next(one for one in proposals(terminal.state()) if one.id == proposal)


def _match(text: str) -> str:
    return terminal.match(text, [one.id for one in proposals(terminal.state())] if terminal.begun else [], "proposal")


@proposals_app.default
def proposals_list(*, all: Flag = False) -> None:
    """The proposals that wait for an answer.

    Parameters
    ----------
    all
        Those that were decided, too.

    """
    state = terminal.state() if terminal.begun else None
    found = [] if state is None else proposals(state) if all else open_proposals(state)

    def show(console: Any) -> None:
        for one in found:
            _print(console, one)
        if not found:
            console.print("No proposal waits for an answer.")

    terminal.answer(found, show)


@proposals_app.command(name="show")
def proposals_show(id: str, /) -> None:
    """One proposal, with what there is now beside it."""
    _answer(_one(_match(id)))


@proposals_app.command(name="accept")
def proposals_accept(id: str, /, *, reason: Words = None, yes: Flag = False) -> None:
    """Agree to a proposal: what it says is so from now on.

    Parameters
    ----------
    reason
        Anything to say with it; `-` reads it from standard input.
    yes
        Also where somebody changed the same since it was proposed.

    """
    one = _one(_match(id))
    if one.stale and one.decision is None and not yes:
        _ask_about_stale(one)
    _decide(commands.accept(terminal.state(), one.id, _today(), read_note(reason)), one.id, "Accepted.")


def _ask_about_stale(one: Proposal) -> None:
    """What it would change was changed by somebody since: both are shown first."""
    said = "; ".join(
        f"{field.field.replace('_', ' ')} is now {words_of(field.now)}, and would be {words_of(field.proposed)}"
        for field in one.fields
        if field.stale
    )
    if not terminal.interactive:
        raise Conflict(f"That was changed since it was proposed: {said}. Give --yes to accept it all the same.")
    _print(terminal.console(), one)
    if terminal.ask("Changed since it was proposed. Accept all the same? [dim](yes / Enter for no)[/]") != "yes":
        raise Conflict("Nothing is changed.")


@proposals_app.command(name="decline")
def proposals_decline(id: str, /, *, reason: Words = None) -> None:
    """Say no to a proposal; nothing is changed.

    Parameters
    ----------
    reason
        Why, if you like; `-` reads it from standard input.

    """
    proposal = _match(id)
    _decide(commands.decline(terminal.state(), proposal, _today(), read_note(reason)), proposal, "Declined.")


@proposals_app.command(name="withdraw")
def proposals_withdraw(id: str, /, *, reason: Words = None) -> None:
    """Take back what you proposed; nothing is changed.

    Parameters
    ----------
    reason
        Why, if you like; `-` reads it from standard input.

    """
    proposal = _match(id)
    _decide(commands.withdraw(terminal.state(), proposal, _today(), read_note(reason)), proposal, "Taken back.")


@proposals_app.command(name="counter")
def proposals_counter(id: str, /, *, wanted: Wanted = NOTHING, reason: Words = None) -> None:
    """Answer with another proposal about the same: as it was, but for what you say here.

    Parameters
    ----------
    id
        The proposal.
    reason
        Why; `-` reads it from standard input.

    """
    before = _one(_match(id))
    fields = _read(before.kind, before.entity, wanted)
    made, drafts = commands.counter(terminal.state(), new_entity, before.id, fields, _today(), read_note(reason))
    terminal.write(drafts)
    _answer(_one(made), "Countered.")


def _today() -> str:
    return terminal.today().isoformat()


def _decide(drafts: list[commands.Draft], proposal: str, words: str) -> None:
    terminal.write(drafts)
    _answer(_one(proposal), words)


def _answer(one: Proposal, words: str = "") -> None:
    def show(console: Any) -> None:
        if words:
            console.print(words)
        _print(console, one)

    terminal.answer(one, show)


def _print(console: Any, one: Proposal) -> None:
    made = relative(local_time(one.at).date(), terminal.today())
    fate = f", {one.decision} by {escape(who(one.decided_by or ''))}" if one.decision else ""
    ids = terminal.short_ids()
    console.print(f"{ids.get(one.id, one.id[:8])}  {escape(one.title)}  [dim]by {escape(who(one.by))}, {made}{fate}[/]")
    shown = table("", "now", "proposed", "")
    for field in one.fields:
        changed = "changed since" if field.stale and one.decision is None else ""
        shown.add_row(
            field.field.replace("_", " "), escape(words_of(field.now)), escape(words_of(field.proposed)), changed
        )
    console.print(shown)
    if one.why:
        console.print(f"  {escape(one.why)}")
