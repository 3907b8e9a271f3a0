"""One schedule from beginning to end."""

import tempfile
from pathlib import Path

from tests.campaign.checks import check
from tests.campaign.schedule import Step
from tests.campaign.small import small_world
from tests.campaign.trouble import HostileStage


def run(steps: list[Step], seed: int = 0) -> dict[str, int]:
    """Plays a schedule and checks what is left; returns what there was. The same steps and seed give the same again."""
    with small_world(seed), tempfile.TemporaryDirectory() as folder:
        stage = HostileStage(Path(folder), seed)
        try:
            stage.play(steps)
            return check(stage)
        finally:
            stage.close()
