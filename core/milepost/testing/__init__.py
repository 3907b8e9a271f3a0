"""For authors of plugins: a fake journal, a fake host, and tests that hold for every plugin of a kind, to subclass.

Works with any test runner; pytest finds the fixtures `milepost_journal` and `milepost_host` by itself.
"""

from milepost.testing.connectors import ConnectorConformance
from milepost.testing.data import DataConformance
from milepost.testing.exporters import ExporterConformance
from milepost.testing.host import FakeHost
from milepost.testing.importers import ImporterConformance
from milepost.testing.inboxes import GARBAGE, InboxConformance
from milepost.testing.journal import FakeJournal, sample_journal
from milepost.testing.notifiers import NotifierConformance
from milepost.testing.outside import FAULTS, Fault, Outside, RealOutside
from milepost.testing.settings import SettingsConformance
from milepost.testing.state import FakeState

__all__ = [
    "FAULTS",
    "GARBAGE",
    "ConnectorConformance",
    "DataConformance",
    "ExporterConformance",
    "FakeHost",
    "FakeJournal",
    "FakeState",
    "Fault",
    "ImporterConformance",
    "InboxConformance",
    "NotifierConformance",
    "Outside",
    "RealOutside",
    "SettingsConformance",
    "sample_journal",
]
