import io
from pathlib import Path

import pytest

from milepost.cli import run
from milepost.cli.terminal import Terminal
from tests.core.terminal import ZONE, Milepost, Typed


@pytest.fixture
def milepost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Milepost:
    monkeypatch.setenv("MILEPOST_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TZ", ZONE)
    return Milepost(capsys)


@pytest.fixture
def typed(milepost: Milepost, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """A person at a terminal types this; gives what they see. `code` is how the command should end."""

    def type_in(words: str, *arguments: str, code: int = 0) -> str:
        with monkeypatch.context() as there:
            there.setattr(Terminal, "interactive", property(lambda self: not self.json))
            there.setattr("sys.stdin", io.StringIO(words))
            ended = run(list(arguments))
        said = milepost.capsys.readouterr()
        assert ended == code, said
        return said.out + said.err

    return type_in
