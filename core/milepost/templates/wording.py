"""Puts areas and templates into the words of another language, from TOML; knows no folder, and which language it is.

A file has one table for each area, or for each template of one area, by its id. It has words and nothing else, for
exactly the parts that are there in English: what a template is like stands in one place.

    [music-play-again]
    title = "Wieder spielen, aus Freude daran"
    looks_like = "…"                # this and the next four: where the template has them
    why_prompt = "Was hat dir das Spielen gegeben?"
    milestones = ["Die Gitarre stimmen"]          # as many as the template has, in its order
    practices = ["Ein Lied spielen"]              # their titles, likewise
    question = "Wie viel Freude hat es gemacht?"  # that of its measure
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from msgspec.structs import replace

from milepost.measures.reading import Table
from milepost.templates.packs import MAX_WORD, line_of, lines_of, read_toml, why_prompt_of
from milepost.templates.shapes import Area, Template

Named = TypeVar("Named", Area, Template)


def areas_in(data: bytes, name: str, areas: Iterable[Area]) -> tuple[Area, ...]:
    """The same areas, in the words of a file. `name` is the file's, for messages.

    Raises:
        InvalidInput: one has no words, there is one too many, or one is wrong; names the file, the line and the id.
    """
    return _each(data, name, areas, _area)


def templates_in(data: bytes, name: str, templates: Iterable[Template]) -> tuple[Template, ...]:
    """The same templates, in the words of a file. `name` is the file's, for messages.

    Raises:
        InvalidInput: a part has no words, or there are words for none; names the file, the line and the id.
    """
    return _each(data, name, templates, _template)


def _each(data: bytes, name: str, every: Iterable[Named], reword: Callable[[Named, Table], Named]) -> tuple[Named, ...]:
    root = read_toml(data, name)
    by_id = {one.id: one for one in every}
    root.only(by_id, "is no id that there are words for here")
    found = []
    for id_, one in by_id.items():
        table = root.table(id_)
        if table is None:
            raise root.wrong(id_, f"has no words. Write them below a line [{id_}].")
        found.append(reword(one, table))
    return tuple(found)


def _area(area: Area, table: Table) -> Area:
    table.only(("name", "about"))
    return replace(area, name=line_of(table, "name", MAX_WORD), about=line_of(table, "about"))


def _template(template: Template, table: Table) -> Template:
    measure = template.measure
    parts = {
        "looks_like": template.looks_like,
        "milestones": template.milestones,
        "practices": template.practices,
        "question": measure,
    }
    table.only(["title", "why_prompt", *(name for name, part in parts.items() if part)], "is no part of this template")
    titles = _as_many(table, "practices", len(template.practices))
    return replace(
        template,
        title=line_of(table, "title"),
        why_prompt=why_prompt_of(table),
        looks_like=table.need_text("looks_like") if template.looks_like else None,
        milestones=_as_many(table, "milestones", len(template.milestones)),
        practices=tuple(replace(one, title=title) for one, title in zip(template.practices, titles, strict=True)),
        measure=replace(measure, question=line_of(table, "question")) if measure else None,
    )


def _as_many(table: Table, name: str, count: int) -> tuple[str, ...]:
    found = lines_of(table, name, count)
    if len(found) < count:
        raise table.wrong(name, f"has {len(found)} of {count}. Write as many as the template has, in its order.")
    return found
