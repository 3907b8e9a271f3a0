"""What a benchmark gives: a figure of ours beside a peer's, taken in turns in the same run, medians of all rounds."""

import statistics
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.table import Table

Contender = Callable[[], float]
"""Does its work once and gives its measure: a rate, or seconds."""


class Figure(Struct, frozen=True):
    """One measure of ours and a peer's; a `ratio` above 1 always means that ours is better."""

    name: str
    value: float
    unit: str
    peer: str
    peer_value: float
    ratio: float


class Sizes(Struct, frozen=True, kw_only=True):
    """How much work a run does."""

    rounds: int
    singles: int
    each_of_64: int
    batches: int
    corpus: int
    pushes: int
    journal: int


FULL = Sizes(rounds=9, singles=600, each_of_64=150, batches=60, corpus=100_000, pushes=40, journal=10_000)
QUICK = Sizes(rounds=1, singles=20, each_of_64=3, batches=2, corpus=1_500, pushes=3, journal=1_500)
"""Enough to see that every part works; the figures mean nothing."""


def alternate(rounds: int, *contenders: Contender) -> list[float]:
    """The median of each contender. After a round that warms up, they take turns, so that a noisy disk meets all."""
    for contender in contenders:
        contender()
    taken: list[list[float]] = [[] for _ in contenders]
    for _ in range(rounds):
        for measures, contender in zip(taken, contenders, strict=True):
            measures.append(contender())
    return [statistics.median(measures) for measures in taken]


def faster(name: str, unit: str, value: float, peer: str, peer_value: float) -> Figure:
    """A figure of rates: more is better."""
    return Figure(name, _rounded(value), unit, peer, _rounded(peer_value), round(value / peer_value, 3))


def sooner(name: str, value: float, peer: str, peer_value: float) -> Figure:
    """A figure of seconds: less is better."""
    return less(name, "s", value, peer, peer_value)


def less(name: str, unit: str, value: float, peer: str, peer_value: float) -> Figure:
    """A figure of which less is better; the peer may be a target, which is printed beside it like any other."""
    return Figure(name, _rounded(value), unit, peer, _rounded(peer_value), round(peer_value / value, 3))


def _rounded(value: float) -> float:
    return round(value, 1) if value >= 100 else round(value, 4)


def keep(path: Path, figures: Sequence[Figure]) -> None:
    """Adds figures to a file, one JSON object to a line."""
    with path.open("ab") as file:
        file.write(b"".join(msgspec.json.encode(figure) + b"\n" for figure in figures))


def show(figures: Sequence[Figure]) -> None:
    """A table for a person."""
    table = Table(title="Medians; a ratio above 1 means that Milepost is better")
    for heading in ("figure", "Milepost", "peer", "peer's", "unit", "ratio"):
        table.add_column(heading, justify="left" if heading in {"figure", "peer", "unit"} else "right")
    for figure in figures:
        table.add_row(
            figure.name,
            _shown(figure.value),
            figure.peer,
            _shown(figure.peer_value),
            figure.unit,
            f"{figure.ratio:.2f}",
        )
    console = Console()
    console.print(table, soft_wrap=not console.is_terminal)


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3f}"
