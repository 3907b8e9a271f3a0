from collections.abc import Iterator
from pathlib import Path

import pytest

from milepost.device import Device
from tests.core.importing.stage import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    device = Device(tmp_path / "home")
    yield Stage(device, device.open_journal("My journal"), tmp_path)
    device.close()
