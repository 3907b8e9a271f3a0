"""The command line in this process, for tests."""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from milepost.cli import run

ZONE = "Europe/Berlin" if datetime.now(ZoneInfo("Europe/Berlin")).hour < 23 else "Asia/Tokyo"
"""Where the person at the terminal is: somewhere where the day does not end while the tests run."""
Typed = Callable[..., str]
"""Types words at a terminal, and gives what is seen."""


def today() -> date:
    """The day of the person at the terminal."""
    return datetime.now(ZoneInfo(ZONE)).date()


class Milepost:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *arguments: str) -> Any:
        assert run([*arguments, "--json"]) == 0, self.capsys.readouterr().err
        return json.loads(self.capsys.readouterr().out)

    def text(self, *arguments: str) -> str:
        assert run(list(arguments)) == 0, self.capsys.readouterr().err
        return self.capsys.readouterr().out

    def fails(self, code: int, *arguments: str) -> str:
        assert run(list(arguments)) == code
        said = self.capsys.readouterr()
        assert said.out == ""
        assert "Traceback" not in said.err
        return said.err
