"""Fixtures that pytest finds by itself, for authors of plugins; imports nothing else of Milepost until one is asked for."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from milepost.testing import FakeHost, FakeJournal


@pytest.fixture
def milepost_journal() -> "FakeJournal":
    """A journal with something of every kind in it."""
    from milepost.testing import sample_journal

    return sample_journal()


@pytest.fixture
def milepost_host() -> "FakeHost":
    """A host without settings, and with an empty service outside."""
    from milepost.testing import FakeHost

    return FakeHost()
