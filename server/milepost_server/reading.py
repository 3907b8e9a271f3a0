"""Reading a journal without keeping a log of it: every kind of entity, and the views, now or as of an earlier moment."""

from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import FromPath, QueryParameter

from milepost.errors import InvalidInput, NotFound
from milepost.measures.builtin import builtin_instruments
from milepost.measures.worsening import worsened
from milepost.views.brief import Brief, brief
from milepost.views.progress import Progress, progress
from milepost.views.timeline import Entry, timeline
from milepost.views.today import Today, today
from milepost_server.collections import COLLECTIONS, Collection
from milepost_server.routes import Call, Journal, services_of
from milepost_server.standing import AsOf, Standing, answer, standing, tag_of

Day = Annotated[str, QueryParameter(description="A local date, as in `2026-12-18`.")]

WithBase = Annotated[
    bool, QueryParameter(description="With `base`: each field's writes, for a change to be held against.")
]


async def _standing(request: Call, journal: str, as_of: str, *, events: bool = False) -> Standing:
    services = services_of(request)
    return await standing(services, journal, as_of, events=events)


def _answer(request: Call, value: Any, tag: str = "") -> Response[bytes]:
    return answer(request.headers.get("if-none-match", ""), value, tag=tag)


def _day(name: str, text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"`{name}` must be a date like 2026-12-18.") from None


def _spec(shape: Any, example: Any = None) -> dict[int, ResponseSpec]:
    examples = [Example(value=example)] if example is not None else None
    return {200: ResponseSpec(shape, generate_examples=False, examples=examples)}


def _every(of: Collection) -> HTTPRouteHandler:
    @get(
        f"/journals/{{journal:str}}/{of.name}",
        name=f"read_{of.name}",
        operation_id=f"read_{of.name}",
        summary=of.about,
        responses=_spec(list[of.shape], [of.example()]),  # type: ignore[name-defined]
    )
    async def read(request: Call, journal: Journal, as_of: AsOf = "", base: WithBase = False) -> Response[bytes]:
        """All that were not taken back."""
        state = (await _standing(request, journal, as_of)).state
        found = of.every(state)
        return _answer(request, [of.with_base(state, one) for one in found] if base else found)

    return read


def _one(of: Collection) -> HTTPRouteHandler:
    @get(
        f"/journals/{{journal:str}}/{of.name}/{{entity:str}}",
        name=f"read_{of.kind}_by_id",
        operation_id=f"read_{of.kind}_by_id",
        summary=f"One {of.kind}",
        responses=_spec(of.shape_with_base, of.example(base=True)),
    )
    async def read(request: Call, journal: Journal, entity: FromPath[str], as_of: AsOf = "") -> Response[bytes]:
        """Its `ETag` can be given as `If-Match` with a change, or `base`, or parts of that, as `base`."""
        state = (await _standing(request, journal, as_of)).state
        found = of.one(state, entity)
        if found is None:
            raise NotFound(f"There is no {of.kind} {entity} in that journal.")
        return _answer(request, of.with_base(state, found))

    return read


@get("/journals/{journal:str}/progress", summary="How it goes, goal by goal", responses=_spec(Progress))
async def read_progress(
    request: Call,
    journal: Journal,
    goal: Annotated[list[str] | None, QueryParameter(description="Only this one; may be given again.")] = None,
    as_of: AsOf = "",
) -> Response[bytes]:
    """Baseline, now, best, change and, where there is enough to say so, the trend."""
    state = (await _standing(request, journal, as_of)).state
    if unknown := sorted(set(goal or ()) - set(state.visible("goal"))):
        raise NotFound(f"There is no goal {unknown[0]} in that journal.")
    return _answer(request, progress(state, goal))


@get("/journals/{journal:str}/today", summary="What a day holds", responses=_spec(Today))
async def read_today(request: Call, journal: Journal, on: Day = "", as_of: AsOf = "") -> Response[bytes]:
    """Practices that come on it, what is near, the next session. The day is the journal's own, unless one is given."""
    now = await _standing(request, journal, as_of)
    day = _day("on", on) or now.now.date()
    return _answer(request, today(now.state, day, now.now if day == now.now.date() else None))


@get("/journals/{journal:str}/timeline", summary="Everything with a date", responses=_spec(list[Entry]))
async def read_timeline(
    request: Call, journal: Journal, first: Day = "", last: Day = "", as_of: AsOf = ""
) -> Response[bytes]:
    """Past and coming, the earliest first; both days given are part of it."""
    now = await _standing(request, journal, as_of, events=True)
    return _answer(request, timeline(now.state, now.events, now.now.date(), _day("first", first), _day("last", last)))


@get("/journals/{journal:str}/brief", summary="What to bring to the next session", responses=_spec(Brief))
async def read_brief(request: Call, journal: Journal, since: Day = "", as_of: AsOf = "") -> Response[bytes]:
    """What happened since the last session, or since a day. Its `ETag` leaves the moment it was written out of account."""
    now = await _standing(request, journal, as_of, events=True)
    instruments = {one.id: one for one in builtin_instruments()}
    found = brief(now.state, now.events, now.now, lambda forms: worsened(instruments, forms), _day("since", since))
    return _answer(request, found, tag_of(msgspec.structs.replace(found, until="")))


def reading() -> list[HTTPRouteHandler]:
    """The reads of the convenience API."""
    handlers = [make(of) for of in COLLECTIONS.values() for make in (_every, _one)]
    return [*handlers, read_progress, read_today, read_timeline, read_brief]
