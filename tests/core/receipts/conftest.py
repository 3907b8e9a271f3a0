from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.receipts.together import Together
from tests.simulation import world


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Together]:
    for module in ("milepost.receipts", "milepost.device_receipts"):
        monkeypatch.setattr(f"{module}.STRIDE", 4)
    with world(tmp_path) as made:
        mine = made.device("mine")
        journal = mine.open_journal("Together")
        made.meet(mine)
        account = made.member(journal, "therapist")
        theirs = made.device("theirs", account=account)
        made.meet(theirs)
        together = Together(made, journal, mine, theirs, account)
        together.talk(2)
        yield together
        mine.close()
        theirs.close()
