"""What is said of an import: what it came to, what was not taken, and what taking it back left. Writes nothing."""

from collections.abc import Mapping

from milepost.cli.show import escape
from milepost.device_imports import Import, Tally
from milepost.importing.going_back import WentBack
from milepost.journal import State

MAX_LEFT = 10
_COUNTED = (
    ("made", "made"),
    ("changed", "changed"),
    ("taken_back", "taken back"),
    ("proposed", "proposed"),
    ("passed_over", "as they were already"),
    ("refused", "not taken"),
)


def counted_entries(number: int) -> str:
    """`1 entry`, `1,200 entries`."""
    return "1 entry" if number == 1 else f"{number:,} entries"


def say_done(one: Import, tally: Tally, *, dry: bool) -> str:
    """What a file came to, in a line."""
    found = ", ".join(f"{getattr(tally, name):,} {words}" for name, words in _COUNTED if getattr(tally, name))
    about = f"{escape(one.file)}: {counted_entries(tally.entries)}{f', {found}' if found else ''}."
    more = " `milepost proposals` shows what was proposed." if tally.proposed and not dry else ""
    return f"{about}{' Nothing was written yet.' if dry else more}"


def say_reasons(tally: Tally) -> str:
    """The first entries that were not taken, each with the reason."""
    if not tally.reasons:
        return ""
    more = tally.refused - len(tally.reasons)
    lines = [f"  {escape(reason)}" for reason in tally.reasons] + ([f"  … and {more:,} more"] if more > 0 else [])
    return "\nNot taken:\n" + "\n".join(lines)


def say_back(one: Import, went: WentBack, state: State, ids: Mapping[str, str]) -> str:
    """What taking an import back came to, and what it left."""
    counts = [(len(went.of("taken back")), "taken back"), (len(went.of("put back")), "put back as it was")]
    gone, left = len(went.of("gone")), went.of("left")
    counts += [(gone, "gone already"), (len(left), "left, as it was changed or is needed by what you wrote since")]
    said = ", ".join(f"{number:,} {words}" for number, words in counts if number)
    lines = [f"{escape(one.file)}: {said or 'nothing to take back'}."]
    for kind, entity in left[:MAX_LEFT]:
        fields = state.fields(kind, entity)
        words = next((fields[name] for name in ("title", "text", "question", "note", "on") if fields.get(name)), "")
        lines.append(f"  {kind} {ids.get(entity, entity)} {escape(' '.join(str(words).split())[:60])}".rstrip())
    if len(left) > MAX_LEFT:
        lines.append(f"  … and {len(left) - MAX_LEFT:,} more")
    return "\n".join(lines)
