"""All check-ins and scores as a table for a spreadsheet: CSV as RFC 4180 has it, in UTF-8 with its mark.

A spreadsheet takes a cell that begins with `=` and the like for a formula, and runs it. So an apostrophe is put before
such words of a person's, and also after a semicolon, a tab or the end of a line: where a program takes these for the end
of a cell, one would begin there (OWASP, "CSV injection").
"""

import csv
import io
import re
from collections.abc import Iterator

from milepost.plugin_api import ExportContext, Exporter, JournalView
from milepost_report.chosen import Chosen, Part, choose, goal_of
from milepost_report.wording import is_number, name_of, own

HEADS = ("day", "time", "what", "about", "question", "value", "unit", "note", "source", "id")
_BEGINS_A_FORMULA = re.compile(r"((?:^|[;\t\r\n])[\s\"',]*)(?=[=+\-@＝＋－＠])")


class CsvExporter(Exporter[Part]):
    """One's own copy of all that was given as a value, or said with it."""

    format = "csv"
    media_type = "text/csv; charset=utf-8"
    file_name = "milepost.csv"
    settings = Part
    private = True

    def render(self, view: JournalView, context: ExportContext[Part]) -> bytes:
        part = choose(view, context, context.settings)
        rows = [*_checkins(part), *([] if part.named else _scores(part))]
        file = io.StringIO(newline="")
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(HEADS)
        writer.writerows([row[name] for name in HEADS] for row in sorted(rows, key=lambda row: row["day"]))
        return file.getvalue().encode("utf-8-sig")


def _row(**cells: object) -> dict[str, str]:
    """A row; numbers as they are, words so that they stay words."""
    return {name: _cell(cells.get(name)) for name in HEADS}


def _cell(value: object) -> str:
    return str(value) if is_number(value) else harmless(own(value))


def harmless(words: str) -> str:
    """Words that no spreadsheet takes for a formula."""
    return _BEGINS_A_FORMULA.sub(r"\1'", words)


def _checkins(part: Chosen) -> Iterator[dict[str, str]]:
    view = part.view
    names = {one.id: name_of(one) for one in (*view.goals, *view.milestones, *view.practices)}
    measures = {measure.id: measure for measure in view.measures}
    goals = {goal.id for goal in part.goals}
    subjects = {subject for subject, goal in goal_of(view).items() if goal in goals}
    for one in view.checkins:
        if not part.holds(one.on) or (part.named and one.subject not in subjects):
            continue
        measure = measures.get(one.measure or "")
        yield _row(
            day=one.on,
            time=str(one.at)[11:16] if one.at else None,
            what="check-in",
            about=names.get(one.subject or ""),
            question=measure and measure.question,
            value=one.value,
            unit=measure and measure.unit,
            note=one.note,
            source=one.source,
            id=one.id,
        )


def _scores(part: Chosen) -> Iterator[dict[str, str]]:
    for form in part.view.assessments:
        if part.holds(form.on):
            yield _row(day=form.on, what="score", about=form.instrument, value=form.score, id=form.id)
            for name, score in (form.subscores or {}).items():
                yield _row(day=form.on, what="score", about=form.instrument, question=name, value=score, id=form.id)
