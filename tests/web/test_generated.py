"""What the browser is told of events and messages is what the classes say, and they are told whole."""

import pytest

from milepost.events import PAYLOADS, registry
from tests.web import data_files
from tests.web.core import Core
from tests.web.generated import FILES, FOLDER


@pytest.mark.parametrize("name", FILES)
def test_the_types_and_the_table_are_read_off_the_classes(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == FILES[name](), "python -m tests.web.generated"


def test_every_event_type_is_in_the_table() -> None:
    table = (FOLDER / "table.ts").read_text(encoding="utf-8")
    assert all(f'  "{name}": {{"kind": "{cls.entity}"' in table for name, cls in PAYLOADS.items())


def test_older_versions_become_newer_ones_in_the_same_steps(core: Core) -> None:
    assert core("upcasters") == [f"{name}/{v}" for name, v in registry.UPCASTERS]


def test_the_settings_that_forms_are_looked_at_with_are_those_of_the_plugins() -> None:
    assert data_files.SCHEMAS.read_text(encoding="utf-8") == data_files.schemas(), "python -m tests.web.data_files"
