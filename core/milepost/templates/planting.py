"""What a template becomes in a journal, as drafts of events; pure, and knows no clock and no terminal."""

from collections.abc import Iterable, Sequence
from typing import Any

from milepost import commands
from milepost.clock import NOBODY
from milepost.commands.goals import NewId
from milepost.events import EVENT_TYPES, Draft
from milepost.journal import Fresh, State
from milepost.register import Stamp
from milepost.templates.shapes import Template

_NEVER = Stamp(NOBODY, 0, "", NOBODY, {})


def plant(
    state: State,
    new_id: NewId,
    template: Template,
    *,
    start: str,
    title: str | None = None,
    milestones: bool = False,
    practices: bool = False,
) -> tuple[str, list[Draft]]:
    """A goal made from a template; on request with its steps, and with its practices from the day `start` on.

    It has the goal's id, and drafts to be written together. The title may be the person's own.
    """
    fields: dict[str, Any] = {"kind": template.kind, "area": template.area, "looks_like": template.looks_like}
    goal, drafts = commands.add_goal(state, new_id, template.title if title is None else title, **fields)
    ahead = _ahead(state, drafts)
    if template.measure is not None:
        measure = template.measure
        made = commands.define_measure(
            ahead, new_id, goal, measure.question, low=measure.low, high=measure.high, better=measure.better
        )
        drafts += made[1]
    for step in template.milestones if milestones else ():
        _, more = commands.add_milestone(ahead, new_id, goal, step)
        ahead = _ahead(ahead, more)
        drafts += more
    for practice in template.practices if practices else ():
        _, more = commands.add_practice(
            ahead, new_id, practice.title, practice.recurrence, start, goal=goal, minutes=practice.minutes
        )
        drafts += more
    return goal, drafts


def _ahead(state: State, drafts: Sequence[Draft]) -> State:
    """The state with new entities in it that are yet to be written, so that commands on them can be written along.

    Either all of a template is in the journal or nothing is. The state given stays as it is.
    """
    ahead = State(state.journal)
    ahead.entities = {kind: dict(of_kind) for kind, of_kind in state.entities.items()}
    for kind, entity, fields in _entities(drafts):
        ahead.entities.setdefault(kind, {})[entity] = Fresh(_NEVER, fields)
    return ahead


def _entities(drafts: Iterable[Draft]) -> Iterable[tuple[str, str, dict[str, Any]]]:
    for draft in drafts:
        fields = {name: value for name, value in draft.fields.items() if name != "id"}
        yield EVENT_TYPES[draft.type].entity, draft.fields["id"], fields
