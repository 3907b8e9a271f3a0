"""Exports to read, print and reckon with: whatever a journal holds, a page is whole, says it as it was written, and no more."""

import csv
import io
import json
import re
from datetime import date
from html.parser import HTMLParser
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace

from milepost.clock import format_hlc
from milepost.plugin_api import (
    SCOPE_OF,
    VIEWS,
    WITHHELD,
    Assessment,
    Checkin,
    ExportContext,
    Exporter,
    Goal,
    InvalidInput,
    JournalView,
    Measure,
    Milestone,
    Practice,
    Reflection,
    Revised,
    Series,
    Session,
    Topic,
    plain,
)
from milepost.plugin_loading import load_plugins
from milepost.plugins import Plugins
from milepost_report import BriefExporter, CsvExporter, JsonLinesExporter, MarkdownExporter, ReportExporter
from milepost_report.table_of_values import HEADS, harmless
from tests.events import entity

PLURALS = {kind: kind if kind == "series" else f"{kind}s" for kind in VIEWS}
EXPORTERS: list[type[Exporter[Any]]] = [
    ReportExporter, BriefExporter, CsvExporter, MarkdownExporter, JsonLinesExporter,
]  # fmt: skip
PAGES: list[type[Exporter[Any]]] = [ReportExporter, BriefExporter]
HOSTILE = [
    "<script>alert(1)</script>", "</style><img src=x onerror=alert(1)>", "\"'><svg onload=x>", "]]>", "<!--", "&amp;",
    "=1+1", "@SUM(A1)", "\u202eesrever", "a\x00b\x1b[31m", "مرحبا بالعالم", "# not a heading", "[x](javascript:y)", "W" * 300,
]  # fmt: skip
words = st.sampled_from(HOSTILE) | st.text(max_size=40)
days = st.dates(date(1, 1, 1), date(9999, 12, 31)).map(date.isoformat) | st.sampled_from(["", "no day", "2026-11-05"])
zoned = st.builds(lambda on, at, zone: {"at": f"{on}T{at}", "time_zone": zone}, days, st.sampled_from(["10:00:00", ""]),
                  st.sampled_from(["Europe/Vienna", "Nowhere/Here"]))  # fmt: skip
numbers = st.integers() | st.floats(allow_nan=True, allow_infinity=True) | st.integers(-5, 10)
ids = st.sampled_from([entity(n) for n in range(6)])
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "id": ids, "changed_at": st.integers(0, 2_000_000_000_000).map(format_hlc), "about": st.none() | st.just({"id": entity(1)}),
    "on": st.none() | days, "due": st.none() | days | zoned, "start": st.none() | days, "ended": st.none() | days,
    "original": st.none() | zoned, "at": st.none() | days, "occurrence": st.none() | days, "value": st.none() | numbers | words,
    "first": st.none() | numbers | words, "latest": st.none() | numbers | words, "levels": st.just(()),
    "answers": st.just(()), "score": st.none() | numbers, "subscores": st.dictionaries(words, st.none() | numbers, max_size=2),
    "status": st.sampled_from(["active", "later", "let_go", "reached", "planned", "dropped", "held", "open"]) | words,
    "recurrence": st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY;INTERVAL=0", "FREQ=WEEKLY;BYDAY=MO"]) | words,
    "better": st.sampled_from(["up", "down", "keep", "sideways"]), "type": st.sampled_from(["scale", "amount", "attainment"]),
    "baseline": st.booleans(), "instrument": words, "version": words, "kind": words, "rank": words,
}  # fmt: skip
TAGS = re.compile(
    "html|head|meta|title|style|body|header|main|footer|section|figure|figcaption|svg|desc|defs|pattern|path|polygon|polyline|"
    "line|circle|text|table|caption|thead|tbody|tr|th|td|ul|li|h1|h2|h3|p|b|bdi|div"
)
OF_OTHERS = {"goal", "subject", "measure", "session", "series"}


def views_of(cls: type[Any], withheld: bool) -> st.SearchStrategy[Any]:
    """Any view of a type; what has a scope may be withheld."""
    of: dict[str, st.SearchStrategy[Any]] = {}
    for field in msgspec.structs.fields(cls):
        name = field.name
        strategy = FIELDS.get(name)
        if name == "start" and cls in {Series, Session}:
            strategy = zoned
        elif name in OF_OTHERS:
            strategy = ids
        elif strategy is None:
            whole = field.type is int or int in get_args(field.type)
            strategy = (numbers if float in get_args(field.type) else st.integers(0, 99)) if whole else words
        of[name] = strategy | st.just(WITHHELD) if withheld and name in SCOPE_OF[cls] else strategy
    return st.builds(cls, **of)


@st.composite
def views(draw: st.DrawFn, withheld: bool = True) -> JournalView:
    held = {PLURALS[kind]: tuple(draw(st.lists(views_of(cls, withheld), max_size=3))) for kind, cls in VIEWS.items()}
    title = draw(words | st.just(WITHHELD) if withheld else words)
    return JournalView(id=entity(0), title=title, changed_at=draw(FIELDS["changed_at"]), **held)


def history(of: str) -> list[Revised]:
    said = [Revised(field="why", was=None, now="<b>now</b>", at_ms=2**41, reason="<i>so</i>")]
    return [*said, Revised(field="due", was=None, now={"at": "2026-11-05T10:00:00"}, at_ms=2**41)] if of else said


def written(exporter: type[Exporter[Any]], view: JournalView, **about: Any) -> bytes:
    chosen = about.pop("settings", None) or exporter.settings()
    known = {"today": "2026-11-26", "salt": "s", "plain": True, "history": history, **about}
    context: ExportContext[Any] = ExportContext(settings=chosen, **known)
    body = exporter().render(view, context)
    assert body == exporter().render(view, context), "the same view and context give the same bytes"
    return body


class Reader(HTMLParser):
    """A page as a browser reads it: its tags with their attributes, and its words."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.comments = 0
        self.open: list[str] = []
        self.feed(body.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data if self.open[-1:] != ["style"] else ""

    def handle_comment(self, data: str) -> None:
        self.comments += 1


def everything(exporter: type[Exporter[Any]]) -> Any:
    return exporter.settings(notes=True, assessments=True) if exporter is ReportExporter else exporter.settings()


@pytest.mark.parametrize("exporter", PAGES)
@settings(max_examples=25, deadline=None)
@given(view=views())
def test_whatever_a_journal_holds_a_page_has_its_own_tags_and_no_others(
    exporter: type[Exporter[Any]], view: JournalView
) -> None:
    read = Reader(written(exporter, view, settings=everything(exporter)))
    assert read.open == []
    assert read.comments == 0
    assert all(TAGS.fullmatch(tag) for tag, _ in read.tags)
    for _, attributes in read.tags:
        assert not any(name.startswith("on") or name in {"src", "href", "style", "action"} for name in attributes)
        assert "url(" not in str(attributes).replace("url(#chart-", "")


@pytest.mark.parametrize("exporter", EXPORTERS)
@settings(max_examples=25, deadline=None)
@given(view=views(), today=st.sampled_from(["", "2026-11-26"]), changed_ms=st.integers(0, 2_000_000_000_000))
def test_any_view_is_written_and_what_is_withheld_is_nothing(
    exporter: type[Exporter[Any]], view: JournalView, today: str, changed_ms: int
) -> None:
    about = {"today": today, "changed_ms": changed_ms, "settings": everything(exporter), "plain": False}
    body = written(exporter, view, **about).decode()
    said = json.dumps(plain(view))
    for word in ("WITHHELD", "Withheld", "withheld", "None"):
        assert word not in body or word in said


@given(view=views(withheld=False))
@settings(max_examples=25, deadline=None)
def test_a_name_stands_in_the_report_as_it_was_written(view: JournalView) -> None:
    read = Reader(written(ReportExporter, replace(view, title="T"), settings=ReportExporter.settings(notes=True)))
    shown = " ".join(read.words.split())
    for goal in view.goals:
        clean = re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", " ", goal.title or "")
        assert " ".join(clean.split()) in shown


def the_journal(**more: Any) -> JournalView:
    goal = Goal(
        id="g1", title="Say what I need", measure="m1", why="I go quiet", start="2026-08-01", steps=1, reached=1
    )
    of_goal = [
        Checkin(id=f"c{n}", subject="g1", on=f"2026-{9 + n // 28:02}-{n % 28 + 1:02}", measure="m1", value=n // 10,
                note="asked" if n == 80 else None)
        for n in range(0, 84, 2)
    ]  # fmt: skip
    held: dict[str, Any] = {
        "goals": (goal, Goal(id="g2", title="Run far", status="let_go", on="2026-10-01")),
        "milestones": (
            Milestone(id="s1", goal="g1", title="Ask once", status="reached", on="2026-11-20", place=1, of=1),
        ),
        "measures": (Measure(id="m1", goal="g1", question="How was it?", low=0, high=10, target=7),),
        "practices": (Practice(id="p1", title="Breathe", goal="g1", minutes=5),),
        "checkins": (*of_goal, Checkin(id="x", subject="p1", on="2026-11-21", value="done")),
        "sessions": (Session(id="t1", start={"at": "2026-11-12T10:00:00", "time_zone": "UTC"}, status="held"),),
        "reflections": (Reflection(id="r1", on="2026-11-12", text="Long words", takeaway="Begin small", session="t1"),),
        "topics": (Topic(id="o1", text="The holidays"), Topic(id="o2", text="Old", status="discussed")),
        "assessments": (
            Assessment(id="a1", instrument="my-week", on="2026-10-01", score=12, subscores={"sleep": 3}),
            Assessment(id="a2", instrument="my-week", on="2026-11-20", score=9),
        ),
    }
    return JournalView(id="j", title="My journal", **{**held, **more})


def test_a_picture_has_a_name_a_description_and_its_numbers_beside_it() -> None:
    read = Reader(written(ReportExporter, the_journal()))
    svg = next(attributes for tag, attributes in read.tags if tag == "svg")
    assert svg["role"] == "img"
    ids = {attributes.get("id") for _, attributes in read.tags}
    assert set(str(svg["aria-labelledby"]).split()) <= ids
    assert "In numbers" in read.words
    assert "The dashed line is what was aimed at: 7." in read.words
    assert "Lately it has" in read.words


def test_a_report_leaves_out_what_is_most_ones_own_unless_it_is_asked_for() -> None:
    bare = Reader(written(ReportExporter, the_journal())).words
    assert "my-week" not in bare
    assert "asked" not in bare
    assert "Begin small" not in bare
    assert "Not on this page: notes of check-ins, reflections, questionnaires," in bare
    full = Reader(written(ReportExporter, the_journal(), settings=everything(ReportExporter))).words
    for said in ("my-week", "asked", "Begin small", "From 12 to 9 since 1 Oct 2026."):
        assert said in full


def test_a_report_of_named_goals_and_days_has_nothing_else() -> None:
    read = Reader(written(ReportExporter, the_journal(), settings=ReportExporter.settings(goals="g1", days=30)))
    assert "Say what I need" in read.words
    assert "Run far" not in read.words
    assert "From 28 Oct 2026 up to 26 Nov 2026." in read.words
    assert "Sep 2026" not in read.words.replace("since 1 Sep 2026", "")
    assert "Not on this page: other goals," in read.words


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ({"goals": "zz"}, "No goal has an id that begins with `zz`"),
        ({"goals": "g"}, "More than one goal has"),
        ({"days": 3, "since": date(2026, 1, 1)}, "and not both"),
    ],
)
def test_settings_that_mean_nothing_are_said_so(chosen: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        written(ReportExporter, the_journal(), settings=ReportExporter.settings(**chosen))


def test_without_consent_a_report_has_no_word_and_says_how_to_get_them() -> None:
    hidden = [
        (replace(one, title="Goal", why=WITHHELD) if isinstance(one, Goal) else one) for one in the_journal().goals
    ]
    view = replace(the_journal(), title=WITHHELD, goals=tuple(hidden), assessments=(), reflections=(), topics=())
    read = Reader(written(ReportExporter, view, plain=False))
    assert "Goal 1" in read.words
    assert "Names and words are left out. With --plain, they are on it." in read.words


def test_a_brief_says_what_happened_since_the_last_session() -> None:
    body = Reader(written(BriefExporter, the_journal(), history=lambda _: ())).words
    for said in (
        "Since the session of 12 Nov 2026", "The holidays", "Begin small", "Ask once (20 Nov 2026)",
        "Say what I need: 6 → 8 (9 check-ins)", "my-week (20 Nov 2026): 12, then 9",
    ):  # fmt: skip
        assert said in body, said
    assert "Old" not in body
    assert "Nobody said" not in body


def test_a_brief_goes_from_a_session_that_a_series_gives_and_says_that_nobody_marked_it() -> None:
    series = Series(id="e", start={"at": "2026-01-01T10:00:00", "time_zone": "UTC"}, recurrence="FREQ=WEEKLY")
    off = Session(id="t", start=series.start, status="cancelled", series="e", original={"at": "2026-11-19T10:00:00"})
    read = Reader(written(BriefExporter, the_journal(series=(series,), sessions=(off,))))
    assert "Since the session of 12 Nov 2026" in read.words, "today's may be under way, and the last was cancelled"
    assert "Nobody said whether it was held." in read.words


def test_a_brief_names_what_has_been_harder_and_what_was_put_differently() -> None:
    down = tuple(
        Checkin(id=f"c{n}", subject="g1", on=f"2026-11-{n:02}", measure="m1", value=10 - n // 3) for n in range(1, 26)
    )
    turned = replace(the_journal().goals[0], changed_at=format_hlc(1_900_000_000_000))

    def told(_: str) -> list[Revised]:
        at = 1_900_000_000_000
        return [
            Revised(field="status", was=None, now="paused", at_ms=at),
            Revised(field="status", was="paused", now="active", at_ms=at),
            Revised(field="title", was="Speak up", now="Say what I need", at_ms=at, reason="kinder"),
        ]

    read = Reader(written(BriefExporter, the_journal(checkins=down, goals=(turned,)), history=told))
    assert "“Say what I need” has been harder lately." in read.words
    assert "“Speak up” is now “Say what I need” (kinder)" in re.sub("[\u2068\u2069]", "", read.words)
    assert "status" not in read.words, "there and back is no change"


def test_a_full_brief_stays_on_one_sheet_and_counts_what_is_left_out() -> None:
    notes = tuple(Checkin(id=f"n{n}", on="2026-11-20", note="word " * 60) for n in range(200))
    topics = tuple(Topic(id=f"o{n}", text="W" * 400) for n in range(200))
    read = Reader(written(BriefExporter, the_journal(checkins=notes, topics=topics), history=lambda _: ()))
    assert re.search(r"and 19\d more", read.words)
    assert len(read.words) < 4_000


def rows(body: bytes) -> list[dict[str, str]]:
    text = body.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@given(view=views())
@settings(max_examples=25, deadline=None)
def test_every_checkin_and_score_is_a_row_of_whole_cells(view: JournalView) -> None:
    body = written(CsvExporter, view)
    read = rows(body)
    scores = sum(1 + len(form.subscores or {}) for form in view.assessments)
    assert len(read) == len(view.checkins) + scores
    assert all(set(row) == set(HEADS) and None not in row.values() for row in read)


@given(words | st.lists(st.sampled_from(["=", "+", "-", "@", " ", ";", "\t", "\n", "a", '"', "'", "＝"])).map("".join))
def test_no_cell_of_words_begins_as_a_formula_wherever_a_spreadsheet_cuts_it(text: str) -> None:
    for cell in re.split(r"[;\t\r\n]", harmless(text)):
        assert not re.match(r"\s*[=+\-@＝＋－＠]", cell)


def test_numbers_stay_numbers_and_words_stay_words() -> None:
    checkins = (Checkin(id="a", on="2026-11-01", value=-3, note="=cmd()"), Checkin(id="b", on="2026-11-02", value=0.5))
    body = written(CsvExporter, JournalView(id="j", checkins=checkins))
    assert [(row["value"], row["note"]) for row in rows(body)] == [("-3", "'=cmd()"), ("0.5", "")]
    assert body.startswith(b"\xef\xbb\xbfday,time,")
    assert body.count(b"\r\n") == 3


@given(view=views())
@settings(max_examples=25, deadline=None)
def test_no_words_change_how_the_markdown_is_laid_out(view: JournalView) -> None:
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(written(MarkdownExporter, view).decode())
    kinds = {token.type for token in tokens}
    assert not kinds & {"html_block", "code_block", "fence", "table_open", "hr", "ordered_list_open"}
    inline = {child.type for token in tokens for child in token.children or []}
    assert inline <= {"text", "softbreak", "hardbreak", "strong_open", "strong_close", "text_special"}
    assert {token.tag for token in tokens if token.type == "heading_open"} <= {"h1", "h2"}


@settings(max_examples=25, deadline=None)
@given(view=views())
def test_every_line_of_json_is_one_thing_and_all_of_them_are_there(view: JournalView) -> None:
    lines = [json.loads(line) for line in written(JsonLinesExporter, view).splitlines()]
    assert lines[0]["entity"] == "journal"
    whole = plain(view)
    for kind in VIEWS:
        of_kind = [
            {name: value for name, value in one.items() if name != "entity"} for one in lines if one["entity"] == kind
        ]
        assert json.dumps(of_kind) == json.dumps(json.loads(msgspec.json.encode(whole[PLURALS[kind]])))


@pytest.mark.parametrize("exporter", EXPORTERS)
def test_an_empty_journal_is_a_page_as_well(exporter: type[Exporter[Any]]) -> None:
    body = written(exporter, JournalView(id=""), today="").decode()
    assert body.endswith("\n")
    assert len(body.splitlines()) >= 1


def test_years_of_numbers_are_drawn_and_written_by_month_and_year() -> None:
    many = tuple(
        Checkin(id=f"{year}{month}{day}", subject="g1", on=f"{year}-{month:02}-{day:02}", measure="m1", value=day % 11)
        for year in range(2016, 2026)
        for month in range(1, 13)
        for day in range(1, 29)
    )
    body = written(ReportExporter, the_journal(checkins=many))
    assert len(body) < 40_000
    read = Reader(body)
    assert "Each point is the middle of a month" in read.words
    assert "Year" in read.words


def test_the_formats_are_loaded_as_anybody_elses() -> None:
    plugins = load_plugins()
    plugin = next(one for one in plugins.all if one.name == "report")
    assert plugin.problem == ""
    assert plugin.exporters == ("report", "brief", "csv", "markdown", "jsonl")
    assert [plugins.exporters[name].private for name in plugin.exporters] == [False, True, True, True, True]


@pytest.mark.parametrize("exporter", EXPORTERS)
def test_a_format_for_which_nothing_was_set_has_settings_of_its_own(exporter: type[Exporter[Any]]) -> None:
    exported = Plugins().render_now(exporter, the_journal(), ExportContext(today="2026-11-26", plain=True))
    assert exported.body == written(exporter, the_journal(), salt="", history=lambda _: ())
