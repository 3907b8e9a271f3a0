"""A progress report: one page to read or print, with how each goal stands and how its numbers went."""

from collections.abc import Iterator
from typing import Annotated
from xml.etree.ElementTree import Element

from msgspec import Meta, Struct

from milepost.plugin_api import Assessment, Checkin, ExportContext, Exporter, Goal, JournalView, Milestone, Practice
from milepost_report.chart import chart
from milepost_report.chosen import Chosen, Part, choose
from milepost_report.page import Child, html, labelled, listed, said, table, tag, told
from milepost_report.series import Series, read, say_range, series_of
from milepost_report.wording import (
    STATUS_WORDS,
    counted,
    day_of,
    is_number,
    local_day,
    name_of,
    one_line,
    own,
    say_change,
    say_day,
    say_number,
    say_status,
    say_value,
)

QUIET = frozenset({"later", "let_go", "ended"})
"""Goals that are listed in a line, unless they were asked for by name."""


class ReportSettings(Part, frozen=True, kw_only=True):
    """What a report is about."""

    notes: Annotated[bool, Meta(description="With the notes of check-ins, and reflections.")] = False
    assessments: Annotated[bool, Meta(description="With the scores of questionnaires.")] = False


class ReportExporter(Exporter[ReportSettings]):
    """A page that others may see: without `plain` it has dates, numbers and counts, and no words."""

    format = "report"
    media_type = "text/html; charset=utf-8"
    file_name = "milepost-report.html"
    settings = ReportSettings

    def render(self, view: JournalView, context: ExportContext[ReportSettings]) -> bytes:
        return _Report(choose(view, context, context.settings), context).page()


class _Report(Struct):
    """One report while it is made; pictures are counted, so that each has a name of its own."""

    part: Chosen
    context: ExportContext[ReportSettings]
    pictures: int = 0

    def page(self) -> bytes:
        title = one_line(self.part.view.title) or "Progress report"
        goals = [goal for goal in self.part.goals if self.part.named or goal.status not in QUIET]
        quiet = [] if self.part.named else [goal for goal in self.part.goals if goal.status in QUIET]
        body: list[Child] = [self._glance(goals)] if goals[1:] else []
        body += [child for place, goal in enumerate(goals, 1) for child in self._goal(goal, place)]
        if not self.part.named:
            body += self._apart()
            body += self._forms() if self.context.settings.assessments else []
            body += listed(tag("h2", "Not in hand now"), (self._in_a_line(goal) for goal in quiet))
        if not body:
            body = [tag("p", "Nothing is noted here yet, which is fine.")]
        about = self._about()
        header = tag("header", said(title, "h1"), tag("p", about, class_="about") if about else None)
        return html(title, "report", header, *body, tag("footer", *self._footer()))

    def _about(self) -> str:
        days = [local_day(one.start) for one in self.part.view.sessions if one.status == "held"]
        held = [day for day in days if day and self.part.holds(day.isoformat())]
        sessions = f"{counted(len(held), 'session')} held" if held and not self.part.named else ""
        return ". ".join(filter(None, (self.part.span, sessions))) + "." if self.part.span or sessions else ""

    def _footer(self) -> Iterator[Child]:
        settings = self.context.settings
        left_out = ["other goals"] if self.part.named else []
        left_out += [] if settings.notes else ["notes of check-ins", "reflections"]
        left_out += [] if settings.assessments and not self.part.named else ["questionnaires"]
        left_out += ["how the work together feels", "the safety plan"]
        yield tag("p", f"Not on this page: {', '.join(left_out)}.")
        if not self.context.plain:
            yield tag("p", "Names and words are left out. With --plain, they are on it.")

    def _name(self, goal: Goal, place: int) -> str:
        return name_of(goal) if self.context.plain else f"{name_of(goal, 'Goal')} {place}"

    def _glance(self, goals: list[Goal]) -> Element:
        """All goals of the page in a table."""
        rows: list[tuple[Child, ...]] = []
        for place, goal in enumerate(goals, 1):
            series = series_of(self.part.checkins([goal.id]), self.part.view.measures)
            status = STATUS_WORDS.get(goal.status, one_line(goal.status))
            steps = f"{goal.reached} of {goal.steps}" if goal.steps else ""
            so_far = say_change(series[0].first, series[0].latest) if series else ""
            rows.append((said(self._name(goal, place)), status, steps, said(so_far) if so_far else ""))
        return table("glance", "At a glance", ("Goal", "How it stands", "Steps", "So far"), rows)

    def _in_a_line(self, goal: Goal) -> Element:
        words = f": {say_status(goal)}" if self.context.plain else say_status(goal)
        return tag("li", said(goal.title) if self.context.plain else None, words)

    def _goal(self, goal: Goal, place: int) -> list[Child]:
        practices = [one for one in self.part.view.practices if one.goal == goal.id]
        checkins = self.part.checkins([goal.id])
        name = self._name(goal, place)
        body: list[Child] = [
            said(name, "h2"),
            tag("p", say_status(goal), class_="about"),
            *labelled("Why it matters", goal.why),
            *labelled("What it looks like", goal.looks_like),
            *labelled("What helps", goal.helps),
            *labelled("In looking back", goal.reflection),
        ]
        measures = [one for one in self.part.view.measures if one.goal == goal.id]
        for series in series_of(checkins, measures):
            body += self._series(series, name)
        steps = (_step(step) for step in self.part.view.steps_of(goal) if step.place)
        body += listed(tag("h3", "Steps"), steps, class_="steps")
        body += listed(tag("h3", "Practices"), (self._practice(one) for one in practices))
        if self.context.settings.notes:
            about = {goal.id, *(one.id for one in practices), *(one.id for one in self.part.view.steps_of(goal))}
            body += _notes(self.part.checkins(about))
        return [tag("section", *body)]

    def _series(self, series: Series, about: str) -> list[Child]:
        self.pictures += 1
        question = one_line(series.question)
        picture = chart(series, f"chart-{self.pictures}", f"{about}: {question}" if question else about)
        caption = [said(question, "figcaption")] if question else []
        words = tag("p", series.words, dir="auto")
        if picture is None:
            return [tag("figure", *caption, words)]
        return [tag("figure", *caption, tag("div", tag("div", picture, words), numbers(series), class_="beside"))]

    def _practice(self, one: Practice) -> Element:
        done = len([checkin for checkin in self.part.checkins([one.id]) if _was_done(checkin)])
        more = [counted(int(one.minutes), "minute")] if is_number(one.minutes) else []
        more += [] if one.status == "active" else [one_line(one.status)]
        more += [f"done {counted(done, 'time')}"] if done else []
        return tag("li", said(name_of(one)), f" ({', '.join(more)})" if more else "")

    def _apart(self) -> list[Child]:
        """Numbers and words about nothing in particular."""
        checkins = self.part.checkins([None])
        body: list[Child] = [child for one in series_of(checkins, ()) for child in self._series(one, "How it went")]
        if self.context.settings.notes:
            body += _notes(checkins)
            body += _reflections(self.part)
        return [tag("section", tag("h2", "Besides goals"), *body)] if body else []

    def _forms(self) -> list[Child]:
        """Scores of questionnaires, each with its own."""
        found: dict[str, list[Assessment]] = {}
        for one in self.part.view.assessments:
            if is_number(one.score) and day_of(one.on) and self.part.holds(one.on):
                found.setdefault(one.instrument, []).append(one)
        body: list[Child] = []
        for instrument, forms in found.items():
            points = [(str(one.on), one.score) for one in forms if is_number(one.score)]
            body += self._series(read(points, question=instrument), "Questionnaire")
        return [tag("section", tag("h2", "Questionnaires"), *body)] if body else []


def numbers(series: Series) -> Element:
    """What the picture shows, as a table."""
    caption = f"In numbers ({series.unit})" if series.unit else "In numbers"
    by = series.rows_by.capitalize()
    if all(group.count == 1 for group in series.rows):
        return table("numbers", caption, (by, "Number"), [(one.label, say_number(one.middle)) for one in series.rows])
    rows = [(one.label, str(one.count), say_number(one.middle), say_range(one)) for one in series.rows]
    return table("numbers", caption, (by, "Check-ins", "Middle", "Range"), rows)


def _was_done(checkin: Checkin) -> bool:
    return checkin.value != 0


def _step(step: Milestone) -> Element:
    if step.status == "reached":
        more = f" (reached{f' on {say_day(step.on)}' if step.on else ''})"
        return tag("li", "✓ ", said(name_of(step)), more)
    parts = ["under way"] if is_number(step.progress) and step.progress > 0 else []
    parts += [f"planned for {say_day(step.due_day)}"] if step.due_day else []
    return tag("li", "○ ", said(name_of(step)), f" ({', '.join(parts)})" if parts else "")


def _notes(checkins: list[Checkin]) -> list[Element]:
    rows = (
        tag("li", f"{say_day(one.on)}: ", said(one.note), f" ({value})" if (value := say_value(one.value)) else "")
        for one in checkins
        if own(one.note)
    )
    return listed(tag("h3", "Notes"), rows)


def _reflections(part: Chosen) -> list[Element]:
    found: list[Element] = []
    for one in part.view.reflections:
        words = [*told(one.text), *labelled("To keep", one.takeaway)]
        if words and part.holds(one.on):
            found += [tag("h3", f"Reflection, {say_day(one.on)}"), *words]
    return found
