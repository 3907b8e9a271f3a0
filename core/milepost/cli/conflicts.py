"""`milepost conflicts …`: what was written twice at once, told with who, when and where, and settled by a person."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from cyclopts import App, Parameter

from milepost import commands
from milepost.cli.field_words import read_field
from milepost.cli.show import escape
from milepost.cli.terminal import read_note, terminal
from milepost.cli.versions import LETTERS, print_versions, told, words_of
from milepost.device_names import device_names
from milepost.errors import Conflict as ChangedMeanwhile
from milepost.errors import InvalidInput, NotFound, StorageFull
from milepost.views.journal import Conflict, Version, conflicts

conflicts_app = App(name="conflicts", help="What was written on two devices at once, side by side.")

Words = Annotated[str | None, Parameter(allow_leading_hyphen=True)]
MISSING = "Name the field as `milepost conflicts` shows it: `milepost conflicts keep ID.FIELD a`."
_SHOWN = "conflicts_shown"
_decode = msgspec.json.Decoder(dict[str, str]).decode


def every(one: Conflict) -> tuple[Version, ...]:
    """All values of a conflict, in the order of their letters."""
    return one.a, one.b, *one.others


def base_of(one: Conflict) -> str:
    """The writes that stand in the field."""
    return commands.base_of(terminal.state(), one.kind, one.id, [one.field])[one.field]


def _key(one: Conflict) -> str:
    return f"{terminal.journal()}/{one.kind}/{one.id}/{one.field}"


@conflicts_app.default
def list_conflicts() -> None:
    """Every field that was written twice at once and waits to be settled. All values are kept until you choose."""
    found = conflicts(terminal.state()) if terminal.begun else []
    names = device_names(terminal.device) if found else {}

    def show(console: Any) -> None:
        if not found:
            console.print("Nothing waits to be settled.")
        for one in found:
            _print(console, one)

    rows = [
        {
            "id": one.id,
            "kind": one.kind,
            "field": one.field,
            "title": one.title,
            "base": base_of(one),
            "a": told(one.a, names),
            "b": told(one.b, names),
            "others": [told(other, names) for other in one.others],
        }
        for one in found
    ]
    terminal.answer(rows, show)
    _remember(found)


def _print(console: Any, one: Conflict) -> None:
    name = f"{terminal.short_ids()[one.id]}.{one.field}"
    console.print(f"[bold]{name}[/]  {escape(one.title)}")
    print_versions(console, every(one))
    letters = ", ".join(LETTERS[1 : len(every(one))])
    console.print(f"  [dim]milepost conflicts keep {name} a   (or {letters}, or --write 'both, in other words')[/]")


def _remember(found: Sequence[Conflict]) -> None:
    """Notes what the letters meant when they were shown, so that a later one never keeps what nobody looked at."""
    if not terminal.begun:
        return
    shown = {_key(one): base_of(one) for one in found}
    log = terminal.device.log
    if shown != _remembered():
        try:
            with log.transaction():
                log.set(_SHOWN, msgspec.json.encode(shown).decode())
        except StorageFull:
            return  # looking is possible on a full disk


def _remembered() -> dict[str, str]:
    kept = terminal.device.log.setting(_SHOWN)
    return _decode(kept) if kept else {}


@conflicts_app.command
def keep(
    field: str | None = None, which: str | None = None, /, *, write: Words = None, base: str | None = None
) -> None:
    """Settle one: keep one of its values, or write another that has them all in it. The history keeps every one.

    At a terminal, without a field, it goes through all that waits. If another value came since you looked, nothing is
    settled, and you are shown them anew.

    Parameters
    ----------
    field
        ID.FIELD, as `milepost conflicts` shows it.
    which
        The letter of the one to keep.
    write
        Something else instead (`-` reads standard input; `none` for nothing).
    base
        For scripts: the `base` that `milepost conflicts --json` gave; else what was shown last counts.
    """
    if field is None:
        _walk()
        return
    one = _named(field)
    versions = every(one)
    if which is None and write is None and terminal.interactive:
        _ask(one)
        return
    then = base or _remembered().get(_key(one))
    if then and then != base_of(one):
        _refuse(one)
    if write is not None:
        words = read_note(write)
        if words is None:
            raise InvalidInput("Give the words to write, or `--write none` for nothing.")
        value = _read(one, words)
    else:
        letters = dict(zip(LETTERS, versions, strict=False))
        if which is None or which.lower() not in letters:
            raise InvalidInput(f"Which one: {' or '.join(letters)}? Or --write 'other words'.")
        value = letters[which.lower()].value
    _answer(one, _settle(one, value, base_of(one)))


def _named(text: str) -> Conflict:
    entity_text, dot, name = text.rpartition(".")
    if not dot:
        raise InvalidInput(MISSING)
    state = terminal.state()
    try:
        kind, entity = terminal.any_entity(tuple(state.entities), entity_text)
    except NotFound:
        raise NotFound(
            f"Nothing here has an id that begins with {entity_text!r}. `milepost conflicts` shows what waits."
        ) from None
    return commands.find_conflict(state, kind, entity, name.replace("-", "_"))


def _read(one: Conflict, words: str) -> Any:
    """Words as the kind of value that the field holds."""
    return read_field(terminal.state(), one.kind, one.id, one.field, words, terminal.today())


def _settle(one: Conflict, value: Any, base: str) -> Any:
    """Writes the value, if the field is as it was shown.

    Raises:
        Conflict: it is not.
    """
    journal = terminal.journal()
    drafts = commands.settle(terminal.state(), one.kind, one.id, one.field, value)
    terminal.device.append(
        journal, drafts, lambda now: commands.check(now, one.kind, one.id, {one.field: base}) if drafts else None
    )
    return value


def _refuse(one: Conflict) -> None:
    _remember(conflicts(terminal.state()))
    values = "; ".join(f"{letter}: {words_of(v.value)}" for letter, v in zip(LETTERS, every(one), strict=False))
    raise ChangedMeanwhile(
        f"Since you looked, something else came in here. Now there are: {values}. Nothing is settled; choose again."
    )


def _answer(one: Conflict, value: Any) -> None:
    """Says what was settled: which field, what it is now, and what was put aside for it."""
    aside = [version for version in every(one) if version.value != value]
    names = device_names(terminal.device)
    shown = {
        **terminal.state().fields(one.kind, one.id),
        "id": one.id,
        "settled": {
            "kind": one.kind,
            "id": one.id,
            "field": one.field,
            "value": value,
            "not_kept": [told(version, names) for version in aside],
        },
    }

    def show(console: Any) -> None:
        console.print(f"Settled: {escape(words_of(value))}")
        for version in aside:
            console.print(f"  [dim]not kept, still in the history: {escape(words_of(version.value))}[/]")

    terminal.answer(shown, show)


def _walk() -> None:
    """Goes through all that waits, one field after the other."""
    if not terminal.interactive:
        raise InvalidInput(MISSING)
    found = conflicts(terminal.state()) if terminal.begun else []
    if not found:
        terminal.console().print("Nothing waits to be settled.")
    for one in found:
        _ask(one)


def _ask(one: Conflict) -> None:
    """Shows a field's values and asks; again where another came in meanwhile."""
    console = terminal.console()
    console.print(f"[bold]{escape(one.title)}[/], {one.field.replace('_', ' ')}:")
    while True:
        base, versions = base_of(one), every(one)
        print_versions(console, versions)
        letters = dict(zip(LETTERS, versions, strict=False))

        def read(said: str, one: Conflict = one, letters: dict[str, Version] = letters) -> tuple[Any]:
            return (letters[said].value if said in letters else _read(one, said),)

        hint = f"{', '.join(letters)}, or something else in your own words; Enter leaves it"
        chosen = terminal.ask_more(None, f"Which? [dim]({hint})[/]", read)
        if chosen is None:
            return
        try:
            _answer(one, _settle(one, chosen[0], base))
        except ChangedMeanwhile:
            console.print("[bold]Something else came in here meanwhile.[/] Nothing is settled yet.")
            waiting = [c for c in conflicts(terminal.state()) if _key(c) == _key(one)]
            if not waiting:
                console.print("Somebody has settled it, which is fine: it no longer waits.")
                return
            one = waiting[0]
            continue
        return
