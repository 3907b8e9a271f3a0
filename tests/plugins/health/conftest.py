"""Payloads, and a journal with something to note them for."""

from pathlib import Path
from typing import Any

import pytest

from milepost.plugin_api import JournalView, NewEntry
from milepost.testing import FakeJournal
from milepost_health.rules import Noting, Rules

GOLDENS = Path(__file__).parent / "goldens"


def golden(name: str) -> bytes:
    return (GOLDENS / name).read_bytes()


class Mina:
    """A made-up person in Vienna, with a practice, a goal with a scale, and one that counts hours."""

    def __init__(self) -> None:
        self.journal = FakeJournal(today="2026-12-01")
        self.breathing = self.journal.practice("Breathing")
        self.calm = self.journal.goal("Be calmer")
        self.scale = self.journal.measure(self.calm, "How was the day?", type="scale", low=0, high=10)
        self.journal.change("goal", self.calm, measure=self.scale)
        self.rest = self.journal.goal("Sleep through")
        self.hours = self.journal.measure(self.rest, "Hours asleep", type="amount", unit="hours")
        self.journal.change("goal", self.rest, measure=self.hours)

        self.walk = self.journal.goal("Get out more")

    def view(self, *scopes: Any, plain: bool = True) -> JournalView:
        return self.journal.view(*scopes, plain=plain) if scopes else self.journal.view()

    def all(self, **more: Any) -> dict[str, Any]:
        """Rules for everything."""
        return {"mindful": self.breathing, "mood": self.calm, "sleep": self.rest, "steps": self.walk, **more}


@pytest.fixture
def mina() -> Mina:
    return Mina()


def noted(mina: Mina, readings: Any, **rules: Any) -> list[NewEntry]:
    return list(Noting(Rules(**rules), mina.view()).entries(readings))
