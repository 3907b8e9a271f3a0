"""`milepost bring` and `topic …`: what to bring to a session."""

from collections.abc import Sequence
from typing import Annotated

from cyclopts import App, Parameter

from milepost import commands
from milepost.cli import asking
from milepost.cli.planning import Words, answer, turns
from milepost.cli.session_rows import find_session, say_when
from milepost.cli.terminal import new_entity, read_note, terminal
from milepost.errors import InvalidInput
from milepost.views import entities
from milepost.views.entities import Topic
from milepost.views.sessions import session_by_id

NOTHING = "none"
"""What people type for no session in particular."""

topic = App(name="topic", help="What you want to bring to a session.")


def topic_words(one: Topic) -> str:
    """A topic in the person's own words, else what it is about."""
    words = one.text or (f"{one.about['kind']} {one.about['id'][:6]}" if one.about else "")
    of = (one.about or {}).get("journal")
    if not of or of == terminal.journal():
        return words
    here = any(row.journal == of for row in terminal.device.rows())
    title = terminal.device.state(of).fields("journal", of).get("title") if here else None
    return f"{words} (in “{title or of[:8]}”)"


def _topic_row(one: Topic, _: dict[str, str]) -> Sequence[str]:
    meant_for = session_by_id(terminal.state(), one.session, terminal.today()) if one.session else None
    when = f"session {say_when(meant_for)}" if meant_for else ""
    return topic_words(one), "" if one.status == "open" else one.status, when


def _answer_topic(entity: str) -> None:
    answer(entities.show(terminal.state(), Topic, "topic", entity), _topic_row, "topic", "", "")


def bring(
    text: Words = None, /, *, about: str | None = None, of: str | None = None, session: str | None = None
) -> None:
    """Something to bring to the next session; it stays open until it was talked about.

    Parameters
    ----------
    text
        In your own words (`-` reads standard input).
    about
        A goal, milestone or practice that it is about.
    of
        The journal that this is in, where it is another one. Only a private journal can point into others.
    session
        The session that it is meant for, where it is not just the next one.
    """
    if text is None and about is None:
        text = terminal.ask_for(
            None, "What would you like to bring?", "Say what to bring, in a few words.", asking.text
        )
    journal = terminal.journal_to_write()
    reference = None
    if of is not None:
        reference, title = _elsewhere(journal, of, about)
        text = text or title
    elif about is not None:
        kind, named = terminal.any_entity(("goal", "milestone", "practice", "checkin"), about)
        reference = {"journal": journal, "kind": kind, "id": named}
    meant_for = {"session": find_session(session).id} if session else {}
    entity, drafts = commands.bring(new_entity, read_note(text), reference, **meant_for)
    terminal.write(drafts)
    _answer_topic(entity)


def _elsewhere(journal: str, of: str, about: str | None) -> tuple[dict[str, str], str]:
    """A reference into another journal, and what is there called; the members of that one never see it.

    Raises:
        InvalidInput: `about` is missing, or members of this journal would see it.
    """
    row = terminal.device.log.journal(journal)
    if about is None:
        raise InvalidInput("Say what in that journal: `--about ID --of JOURNAL`.")
    if not row.private:
        raise InvalidInput(
            "Others read this journal, and would see what you point at. Do it in your private one: `--journal ID`."
        )
    other = terminal.match(of, [one.journal for one in terminal.device.rows()], "journal")
    state = terminal.device.state(other)
    kinds = {entity: kind for kind in ("goal", "milestone", "practice") for entity in state.visible(kind)}
    entity = terminal.match(about, kinds, "goal")
    title = state.fields(kinds[entity], entity).get("title") or ""
    return {"journal": other, "kind": kinds[entity], "id": entity}, title


@topic.command(name="list")
def topic_list(*, all: Annotated[bool, Parameter(negative="")] = False) -> None:
    """What is open; with --all everything that ever was."""
    found = entities.topics(terminal.state()) if terminal.begun else []
    none = "No topics yet. `milepost bring 'The talk with my sister'` adds one."
    if found and not all:
        none = "No topic is open. `milepost topic list --all` shows every one."
    answer([one for one in found if all or one.status == "open"], _topic_row, "topic", "", "", empty=none)


@topic.command(name="revise")
def topic_revise(id: str, text: Words = None, /, *, session: str | None = None) -> None:
    """Put it differently, or bring it to another session.

    Parameters
    ----------
    text
        In your own words (`-` reads standard input).
    session
        The session that it is meant for; `none` for just the next one.
    """
    entity = terminal.entity("topic", id)
    fields: dict[str, str | None] = {"text": read_note(text)} if text is not None else {}
    if session is not None:
        fields["session"] = None if session.strip().lower() == NOTHING else find_session(session).id
    if not fields:
        raise InvalidInput("Say what to change: give other words, or `--session ID`.")
    terminal.write(commands.revise(terminal.state(), "topic", entity, fields))
    _answer_topic(entity)


turns(
    topic,
    "topic",
    commands.TOPIC_STATUSES,
    _answer_topic,
    {"discuss": "It was talked about.", "drop": "It is not needed any more.", "reopen": "It is open again."},
)
