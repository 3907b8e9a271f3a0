"""`milepost coach` and `milepost templates …`: a question about a goal, and words to begin one with."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from cyclopts import App, Parameter

from milepost.cli.asking import which_goal
from milepost.cli.every import say_every
from milepost.cli.goals import answer_goal
from milepost.cli.show import counted, escape, table
from milepost.cli.terminal import new_entity, terminal
from milepost.coach import PLACEHOLDER, Hint, Lens, hint, remark
from milepost.errors import NotFound
from milepost.views.entities import measures, plain
from milepost.views.journal import goal_view

if TYPE_CHECKING:
    from milepost.templates import Pack, Template

templates = App(name="templates", help="Words to begin a goal with. Change them as you like, or leave them.")

Flag = Parameter(negative="")
FromPack = Annotated[Path | None, Parameter(name="--pack", help="Look in a pack of templates that somebody wrote.")]


def coach(
    goal: str | None = None,
    /,
    *,
    smart: Annotated[bool, Flag] = False,
    skip: Annotated[list[Lens] | None, Flag] = None,
) -> None:
    """Ask for one question that might help you with a goal. You need not answer it.

    At a terminal, without a goal, it asks which.

    Parameters
    ----------
    smart
        Also ask an open goal about numbers and dates.
    skip
        A question that you don't want; give it again for more of them.

    """
    entity = which_goal(goal, "Say which goal, as in `milepost coach 3fa`. `milepost goal list` shows them.")
    state = terminal.state()
    view = goal_view(state, entity)
    skipped = tuple(skip or ())
    found = hint(view, measures(state), skip=skipped, smart=smart)
    short = terminal.short_ids()[entity]
    if found is None:
        words = remark(view)
        terminal.answer({"goal": entity, "hint": None, "remark": words}, lambda console: console.print(words))
        return
    found = msgspec.structs.replace(found, how=found.how.replace(PLACEHOLDER, short))
    other = " ".join(
        ["milepost coach", short, *(["--smart"] if smart else []), *(f"--skip {s}" for s in (*skipped, found.lens))]
    )
    terminal.answer(
        {"goal": entity, "hint": plain(found), "remark": None}, lambda console: _show_hint(console, found, other)
    )


def _show_hint(console: Any, found: Hint, other: str) -> None:
    console.print(f"[bold]{escape(found.question)}[/]")
    if found.opening:
        console.print(f"  It could begin like this: {escape(found.opening)}")
    console.print(f"  {escape(found.why_it_may_help)}")
    console.print()
    console.print(f"  [dim]{'to answer':<16}[/] {escape(found.how)}")
    console.print(f"  [dim]{'another question':<16}[/] {escape(other)}")


@templates.default
def overview(*, area: str | None = None, pack: FromPack = None) -> None:
    """The areas, and the templates in them.

    Parameters
    ----------
    area
        Only this one, as in `--area sleep`.

    """
    found = _pack(pack)
    # A pack that somebody brings seldom has templates for every area; those that come with Milepost do.
    areas = [found.area(area)] if area is not None else [one for one in found.areas if found.of(one.id)]
    listed = [template for one in areas for template in found.of(one.id)]

    def show(console: Any) -> None:
        for one in areas:
            console.print(f"[bold]{escape(one.name)}[/]  [dim]{escape(one.about)}[/]")
            shown = table("", "", "")
            shown.show_header = False
            for template in found.of(one.id):
                shown.add_row(f"  [dim]{template.id}[/]", escape(template.title), f"[dim]{template.kind}[/]")
            console.print(shown)
        console.print("[dim]`milepost templates show ID` shows one, `milepost templates use ID` makes it your goal.[/]")

    rows = [{"id": one.id, "area": one.area, "kind": one.kind, "title": one.title} for one in listed]
    terminal.answer({"areas": [plain(one) for one in areas], "templates": rows}, show)


templates.command(overview, name="list")


@templates.command(name="show")
def show_template(id: str, /, *, pack: FromPack = None) -> None:
    """One template, with the steps and practices it suggests."""
    found = _pack(pack)
    template = found.template(id)
    area = found.area(template.area).name
    terminal.answer(plain(template), lambda console: _show_template(console, template, area))


def _show_template(console: Any, found: "Template", area: str) -> None:
    console.print(f"[bold]{escape(found.title)}[/]  [dim]{found.id}[/]  ({found.kind})")
    measure = found.measure
    lines = [("area", area), ("looks like", found.looks_like), ("to ask", found.why_prompt)]
    lines += [("step", step) for step in found.milestones]
    for practice in found.practices:
        minutes = f", {practice.minutes} min" if practice.minutes else ""
        lines.append(("practice", f"{practice.title} ({say_every(practice.recurrence)}{minutes})"))
    if measure is not None:
        lines.append(("measure", f"{measure.question} ({measure.low} to {measure.high})"))
    for label, text in lines:
        if text:
            console.print(f"  [dim]{label:<10}[/] {escape(text)}")


@templates.command(name="use")
def use_template(
    id: str,
    /,
    *,
    title: str | None = None,
    milestones: Annotated[bool, Flag] = False,
    practices: Annotated[bool, Flag] = False,
    pack: FromPack = None,
) -> None:
    """Make a template your goal. Everything in it can be changed later, like in any goal.

    Parameters
    ----------
    title
        Your own words for it.
    milestones
        With the steps it suggests.
    practices
        With the practices it suggests, from today on.

    """
    from milepost.templates import plant

    template = _pack(pack).template(id)
    terminal.journal_to_write()
    entity, drafts = plant(
        terminal.state(),
        new_entity,
        template,
        start=terminal.today().isoformat(),
        title=title,
        milestones=milestones,
        practices=practices,
    )
    terminal.write(drafts)
    answer_goal(entity)
    if not terminal.json:
        _show_next(template, terminal.short_ids()[entity], milestones=milestones, practices=practices)


def _show_next(template: "Template", short: str, *, milestones: bool, practices: bool) -> None:
    console = terminal.console()
    console.print()
    if practices and template.practices:
        console.print(f"Practices from today on: {escape(', '.join(one.title for one in template.practices))}.")
    left = [
        f"{counted(len(found), what)} (--{option})"
        for found, what, option, taken in (
            (template.milestones, "step", "milestones", milestones),
            (template.practices, "practice", "practices", practices),
        )
        if found and not taken
    ]
    if left:
        console.print(f"[dim]Left out, as you did not ask for it: {' and '.join(left)}.[/]")
    console.print(f"If you like: {escape(template.why_prompt)}")
    console.print(f"  [dim]milepost goal revise {short} --why '…'[/]")


@templates.command(name="check")
def check_pack(file: Path, /) -> None:
    """See whether a pack of templates can be used, and what to put right in it."""
    found = _pack(file)
    told = {"file": str(file), "valid": True, "templates": len(found.templates)}
    words = f"{file} can be used: {len(found.templates)} template{'' if len(found.templates) == 1 else 's'}."
    terminal.answer(told, lambda console: console.print(escape(words)))


def _pack(file: Path | None) -> "Pack":
    """The templates in a file, or without one those that come with Milepost and with its plugins."""
    from milepost.cli.plugin_data import with_plugin_templates
    from milepost.templates import MAX_BYTES, load_pack

    if file is None:
        return with_plugin_templates()
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise NotFound(f"{file} can't be read: {error.strerror}. Check its name and place.") from error
    return load_pack(data, file.name)
