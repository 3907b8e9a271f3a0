"""What templates are, once read; knows no file format, and writes nothing."""

from collections.abc import Iterable
from typing import TypeVar

from msgspec import Struct

from milepost.errors import NotFound
from milepost.events.goal import GoalKind
from milepost.events.measure import Better


class Area(Struct, frozen=True, kw_only=True):
    """A part of life that goals are about."""

    id: str
    name: str
    about: str


class SuggestedPractice(Struct, frozen=True, kw_only=True):
    """Something to do again and again, if one likes; `recurrence` is the value of an RRULE (RFC 5545)."""

    title: str
    recurrence: str
    minutes: int | None = None


class SuggestedMeasure(Struct, frozen=True, kw_only=True):
    """A question that is answered with a number from `low` to `high`."""

    question: str
    low: int
    high: int
    better: Better


class Template(Struct, frozen=True, kw_only=True):
    """A goal to begin with. `why_prompt` asks for the person's own reason, and is never written into a goal."""

    id: str
    area: str
    kind: GoalKind
    title: str
    why_prompt: str
    looks_like: str | None = None
    milestones: tuple[str, ...] = ()
    practices: tuple[SuggestedPractice, ...] = ()
    measure: SuggestedMeasure | None = None


Named = TypeVar("Named", Area, Template)


class Pack(Struct, frozen=True, kw_only=True):
    """Templates, and the areas that they are sorted by."""

    areas: tuple[Area, ...] = ()
    templates: tuple[Template, ...] = ()

    def template(self, id: str) -> Template:  # noqa: A002 - it is what people call it
        """The template of that name.

        Raises:
            NotFound: there is none; names some that are spelled alike.
        """
        return _find(self.templates, id, "template")

    def area(self, id: str) -> Area:  # noqa: A002 - it is what people call it
        """The area of that name.

        Raises:
            NotFound: there is none; names some that are spelled alike.
        """
        return _find(self.areas, id, "area")

    def of(self, area: str) -> tuple[Template, ...]:
        """The templates of one area."""
        return tuple(template for template in self.templates if template.area == area)


def _find(found: Iterable[Named], name: str, kind: str) -> Named:
    from difflib import get_close_matches

    by_id = {one.id: one for one in found}
    wanted = name.strip().lower()
    if wanted in by_id:
        return by_id[wanted]
    near = get_close_matches(wanted, by_id, 3)
    hint = f"Did you mean {' or '.join(near)}?" if near else "`milepost templates` shows what there is."
    raise NotFound(f"There is no {kind} {name!r}. {hint}")
