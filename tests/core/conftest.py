from pathlib import Path

import pytest

from tests.core.terminal import ZONE, Milepost


@pytest.fixture
def milepost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Milepost:
    monkeypatch.setenv("MILEPOST_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TZ", ZONE)
    return Milepost(capsys)
