import re
import time
import tomllib
from datetime import datetime
from itertools import count
from typing import Any

import msgspec
import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from milepost.coach.approach import approach_question, leave_alone
from milepost.errors import InvalidInput, NotFound
from milepost.events import Draft, encode_payload
from milepost.events.forms import is_recurrence
from milepost.journal import State
from milepost.templates import MAX_BYTES, MAX_TEMPLATES, Template, built_in, load_pack, plant
from milepost.views.entities import measures, practices
from milepost.views.journal import goal_view, goals
from tests.events import JOURNAL, device, entity, event

ALL = built_in().templates
BRIEF_AREAS = {
    "anxiety",
    "low-mood",
    "communication",
    "coping",
    "self-esteem",
    "relationships",
    "mindfulness",
    "assertiveness",
    "sleep",
    "grief",
    "boundaries",
    "habits-after-change",
    "emotional-regulation",
}
FORBIDDEN = re.compile(
    r"\b(?:weigh\w*|calor\w*|kcal|kg|pounds?|diet\w*|slim\w*|fat|medic\w*|meds|pills?|dos(?:e|es|age)|streaks?|in a row"
    r"|days? without a break|points|badges?|disorder\w*|depress\w*|diagnos\w*|symptom\w*|patient\w*|should|must|fail\w*)\b",
    re.IGNORECASE,
)
GOOD = """
[[area]]
id = "music"
name = "Music"
about = "Playing, alone and with others."

[[template]]
id = "music-again"
area = "music"
kind = "smart"
title = "Play again"
looks_like = "I hum."
why_prompt = "What did it give you?"
milestones = ["Tune it", "Play it"]
practices = [{ title = "Play one song", recurrence = "FREQ=WEEKLY;BYDAY=SA", minutes = 10 }]

[template.measure]
question = "How much did I enjoy it?"
low = 0
high = 10
better = "up"

[[template]]
id = "music-listen"
area = "coping"
kind = "open"
title = "Listen"
why_prompt = "To what?"
"""


def texts(template: Template) -> list[str]:
    measure = [template.measure.question] if template.measure else []
    said = [template.title, template.looks_like or "", template.why_prompt, *template.milestones, *measure]
    return said + [practice.title for practice in template.practices]


def planted(template: Template, state: State | None = None, **more: Any) -> tuple[str, list[Draft]]:
    ids = count(1)
    return plant(state or State(JOURNAL), lambda: entity(next(ids)), template, start="2026-12-01", **more)


def folded(drafts: list[Draft], state: State | None = None) -> State:
    state = state or State(JOURNAL)
    for draft in drafts:
        data = Raw(encode_payload(draft.type, draft.fields))
        next_event = event(state.counter(device(1)) + 1)
        state.apply(msgspec.structs.replace(next_event, type=draft.type, data=data))
    return state


def test_every_area_has_three_templates_and_one_that_is_open() -> None:
    assert {area.id for area in built_in().areas} == BRIEF_AREAS
    for area in built_in().areas:
        of_area = built_in().of(area.id)
        assert len(of_area) >= 3, area.id
        assert any(template.kind == "open" for template in of_area), area.id
        assert area.name
        assert area.about.endswith(".")
    assert len({template.id for template in ALL}) == len(ALL) == sum(len(built_in().of(a)) for a in BRIEF_AREAS)


@pytest.mark.parametrize("template", ALL, ids=lambda template: template.id)
def test_every_template_becomes_events_that_anybody_accepts(template: Template) -> None:
    goal, drafts = planted(template, milestones=True, practices=True)
    for draft in drafts:
        encode_payload(draft.type, draft.fields)
    state = folded(drafts)
    view = goal_view(state, goal)
    assert (view.title, view.kind, view.area) == (template.title, template.kind, template.area)
    assert view.looks_like == template.looks_like
    assert view.why is None
    assert tuple(step.title for step in view.milestones) == template.milestones
    assert {practice.title for practice in practices(state)} == {practice.title for practice in template.practices}
    assert all(practice.goal == goal and practice.start == "2026-12-01" for practice in practices(state))
    assert [measure.id for measure in measures(state)] == ([view.measure] if template.measure else [])


@pytest.mark.parametrize("template", ALL, ids=lambda template: template.id)
def test_every_template_is_plain_warm_and_short(template: Template) -> None:
    for text in texts(template):
        assert not FORBIDDEN.search(text), text
        assert len(text) <= 120, text
        assert "!" not in text
        assert not leave_alone(text), text
        # A template says what shall be there.
        assert approach_question(text) is None, text
    assert template.id.startswith(template.area)
    assert template.why_prompt.endswith("?")
    assert all(is_recurrence(practice.recurrence) for practice in template.practices)
    for practice in template.practices:
        comes = rrulestr(practice.recurrence, dtstart=datetime(2026, 12, 1))  # noqa: DTZ001 - local, as recurrences are
        assert comes[0] is not None
    assert (template.measure is None) == (template.kind == "open")


def test_templates_bring_only_what_is_asked_for() -> None:
    template = built_in().template("anxiety-one-place-again")
    _, drafts = planted(template)
    assert [draft.type for draft in drafts] == ["goal.created", "measure.defined", "goal.revised"]
    goal, drafts = planted(template, title="  The  market square ")
    assert goal_view(folded(drafts), goal).title == "The market square"
    with pytest.raises(InvalidInput, match="can't be empty"):
        planted(template, title="  ")


def test_a_second_template_comes_after_the_first_and_the_given_state_stays_as_it_was() -> None:
    first, drafts = planted(ALL[0], milestones=True)
    state = folded(drafts)
    before = {kind: dict(of_kind) for kind, of_kind in state.entities.items()}
    ids = count(100)
    second, drafts = plant(
        state, lambda: entity(next(ids)), ALL[1], start="2026-12-01", milestones=True, practices=True
    )
    assert state.entities == before
    assert [goal.id for goal in goals(folded(drafts, state))] == [first, second]
    ranks = [step.rank for goal in goals(state) for step in goal.milestones]
    assert ranks == sorted(set(ranks))


def test_a_pack_that_somebody_wrote_is_read_with_its_own_areas() -> None:
    pack = load_pack(GOOD.encode(), "mine.toml")
    assert [template.id for template in pack.templates] == ["music-again", "music-listen"]
    assert pack.area("music").name == "Music"
    assert pack.area("sleep").name == "Sleep"
    assert pack.of("music")[0].practices[0].minutes == 10
    windows = b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()
    assert load_pack(windows, "mine.toml") == pack


def test_the_schema_in_the_documentation_is_one_that_loads() -> None:
    from milepost.templates import packs

    assert packs.__doc__ is not None
    shown = "\n".join(line[4:] for line in packs.__doc__.splitlines() if line.startswith("    "))
    pack = load_pack(shown.encode(), "schema")
    (template,) = pack.templates
    assert set(msgspec.to_builtins(template)) == set(Template.__struct_fields__)
    assert template.measure is not None


def test_what_is_not_there_is_named_with_what_is_spelled_alike() -> None:
    with pytest.raises(NotFound, match="Did you mean sleep"):
        built_in().area("slep")
    with pytest.raises(NotFound, match="`milepost templates` shows"):
        built_in().template("???")
    assert built_in().template(" Grief-Remember ").id == "grief-remember"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('kind = "smart"', 'kind = "smart', 10, "is not TOML"),
        ('kind = "smart"', 'kind = "clever"', 10, "`template[0].kind` must be 'open' or 'smart'"),
        ('kind = "smart"\n', "", 7, "`template[0].kind` is missing. Give it as one of these: 'open', 'smart'"),
        ('title = "Play again"', 'titel = "Play again"', 11, "`template[0].titel` is not a key I know"),
        ('title = "Play again"', 'title = "  "', 11, "`template[0].title` is empty"),
        ('title = "Play again"', "title = 7", 11, "`template[0].title` must be text"),
        ('title = "Play again"', 'title = "\\u001b[31m"', 11, "control characters"),
        ('title = "Play again"', f'title = "{"x" * 501}"', 11, "500 is the most"),
        ('area = "music"', 'area = "musik"', 9, "`template[0].area` is 'musik', which is none of the areas: anxiety"),
        ('"What did it give you?"', '"It gave me joy."', 13, "must be a question"),
        ('["Tune it", "Play it"]', f'["Tune it",\n"{"x" * 501}"]', 15, "`template[0].milestones[1]` has more than"),
        ('["Tune it", "Play it"]', '"Tune it"', 14, "must be a list"),
        ('["Tune it", "Play it"]', "[" + '"x",' * 13 + "]", 14, "12 is the most"),
        ("FREQ=WEEKLY;BYDAY=SA", "weekly", 15, "`template[0].practices[0].recurrence` is 'weekly'. Write a recurrence"),
        ("minutes = 10", "minutes = 0", 15, "must be a whole number from 1 to 1440"),
        ("minutes = 10", "hours = 1", 15, "`template[0].practices[0].hours` is not a key"),
        ("low = 0", "low = 10", 20, "`template[0].measure.high` is 10, and `low` is 10"),
        ("low = 0", "", 17, "`template[0].measure.low` is missing"),
        ("low = 0", "low = " + "9" * 400, 19, "must be a whole number"),
        ('better = "up"', 'better = "yes"', 21, "`template[0].measure.better` must be"),
        ('id = "music-listen"', 'id = "music-again"', 24, "the id of a template further up"),
        ('id = "music-listen"', 'id = "Music, listen"', 24, "Use small letters, digits and single hyphens"),
        ('id = "music"', 'id = "sleep"', 3, "an area that there is already"),
        ('name = "Music"', "", 2, "`area[0].name` is missing"),
        ("[[area]]", "[area]", 2, "`area` must be a list"),
        ("[[area]]", "pack = 1\n[[area]]", 2, "`pack` is not a key I know"),
    ],
)
def test_each_error_names_the_file_the_line_the_place_and_what_to_do(old: str, new: str, line: int, words: str) -> None:
    assert GOOD.count(old) >= 1
    with pytest.raises(InvalidInput) as raised:
        load_pack(GOOD.replace(old, new, 1).encode(), "mine.toml")
    first = str(raised.value).splitlines()[0]
    assert first.startswith(f"mine.toml, line {line}: ")
    assert words in first


def test_one_problem_does_not_hide_the_next() -> None:
    broken = GOOD.replace("minutes = 10", "minutes = 0").replace('"To what?"', '"To it."')
    with pytest.raises(InvalidInput) as raised:
        load_pack(broken.encode(), "mine.toml")
    assert [said.split(":")[0] for said in str(raised.value).splitlines()] == [
        "mine.toml, line 15",
        "mine.toml, line 28",
    ]
    with pytest.raises(InvalidInput) as raised:
        load_pack(b"[[template]]\n" * 30, "mine.toml")
    assert len(str(raised.value).splitlines()) == 21
    assert "and 10 more" in str(raised.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "there is no template in it"),
        (b"\xff\xfe", "line 1: this is not text"),
        (b"x" * (MAX_BYTES + 1), "larger than 256 kB"),
        (b"[[template]]\n" * (MAX_TEMPLATES + 1), "200 is the most"),
        (b"a = " + b"[" * 100_000, "nested too deep"),
        (b"a" + b".a" * 100_000 + b" = 1", "nested too deep"),
        (b"a = " + b"9" * 5_000, "is not TOML"),
    ],
)
def test_a_pack_is_bounded(data: bytes, words: str) -> None:
    began = time.perf_counter()
    with pytest.raises(InvalidInput, match=words):
        load_pack(data, "mine.toml")
    assert time.perf_counter() - began < 3


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode(errors="ignore")))
def test_any_bytes_are_a_pack_or_a_clear_error(data: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"mine\.toml"):
        load_pack(data, "mine.toml")


@given(
    st.integers(0, len(GOOD)), st.integers(0, 12), st.text(max_size=4) | st.sampled_from(['"', "]", "[[", "\n", "="])
)
def test_a_pack_with_any_slip_in_it_is_read_or_refused_with_a_line(at: int, length: int, put: str) -> None:
    text = GOOD[:at] + put + GOOD[at + length :]
    try:
        pack = load_pack(text.encode(errors="replace"), "mine.toml")
    except InvalidInput as error:
        assert re.match(r"mine\.toml(?:, line \d+)?: ", str(error))
        return
    assert tomllib.loads(text.replace("\r\n", "\n"))
    for template in pack.templates:
        for draft in planted(template, milestones=True, practices=True)[1]:
            encode_payload(draft.type, draft.fields)


lines = st.text(st.characters(blacklist_categories=("Cc", "Cs")), min_size=1, max_size=60).filter(str.strip)
written = st.fixed_dictionaries(
    {
        "area": st.sampled_from(sorted(BRIEF_AREAS)),
        "kind": st.sampled_from(["open", "smart"]),
        "title": lines,
        "why_prompt": lines.map(lambda line: line.strip() + "?"),
    },
    optional={
        "looks_like": lines,
        "milestones": st.lists(lines, max_size=12),
        "practices": st.lists(
            st.fixed_dictionaries(
                {"title": lines, "recurrence": st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO"])},
                optional={"minutes": st.integers(1, 1440)},
            ),
            max_size=5,
        ),
        "measure": st.fixed_dictionaries(
            {"question": lines, "low": st.integers(-9, 0), "high": st.integers(1, 9), "better": st.just("down")}
        ),
    },
)


def as_toml(value: Any) -> str:
    """An inline value; JSON's strings and numbers are also TOML's."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {as_toml(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(as_toml(part) for part in value) + "]"
    return msgspec.json.encode(value).decode().replace("\x7f", "\\u007f")


@given(st.lists(written, min_size=1, max_size=4))
def test_whatever_follows_the_schema_loads_and_becomes_valid_events(templates: list[dict[str, Any]]) -> None:
    text = "".join(
        "[[template]]\n" + "".join(f"{n} = {as_toml(v)}\n" for n, v in {"id": f"t-{at}", **one}.items())
        for at, one in enumerate(templates)
    )
    pack = load_pack(text.encode(), "mine.toml")
    assert [template.kind for template in pack.templates] == [one["kind"] for one in templates]
    for template in pack.templates:
        goal, drafts = planted(template, milestones=True, practices=True)
        assert len(goal_view(folded(drafts), goal).milestones) == len(template.milestones)
