"""What holds for every exporter; subclass `ExporterConformance` in a test, and set what it is about."""

import time
from typing import Any, ClassVar

import msgspec

from milepost.plugin_api import SCOPE_OF, VIEWS, Exporter, JournalView
from milepost.projection import DISCREET, EVERYTHING
from milepost.testing.findings import require, skip
from milepost.testing.host import FakeHost
from milepost.testing.journal import FakeJournal, sample_journal, words_of
from milepost.testing.settings import SettingsConformance

_LISTS = {
    "goal": "goals",
    "milestone": "milestones",
    "measure": "measures",
    "checkin": "checkins",
    "practice": "practices",
    "series": "series",
    "session": "sessions",
    "topic": "topics",
    "reflection": "reflections",
    "assessment": "assessments",
}


class ExporterConformance(SettingsConformance):
    """Tests for an exporter. Set `exporter`, and `settings` if it has some."""

    exporter: ClassVar[type[Exporter[Any]]]

    def journal(self) -> FakeJournal:
        """What there is to be written; the sample has something of every kind."""
        return sample_journal()

    def render(self, view: JournalView, **context: Any) -> bytes:
        context = {"today": "2026-05-04", "changed_ms": 1_777_880_000_000, "name": "A feed", **context}
        return FakeHost(self.settings).render(self.exporter, view, **context)

    def discreet(self) -> JournalView:
        """The journal as an export that others may see is shown it."""
        journal = self.journal()
        return journal.view(*DISCREET.scopes, plain=False)

    def test_the_same_view_gives_the_same_bytes(self) -> None:
        first = self.render(self.journal().view(), plain=True)
        time.sleep(1.05)
        require(
            self.render(self.journal().view(), plain=True) == first,
            "A second later the same view gives other bytes: leave the current time and chance out, and sort what is a set. "
            "`context.today` and `context.changed_ms` say when it is.",
        )

    def test_an_empty_journal_can_be_written(self) -> None:
        self.render(JournalView(id="empty"), plain=True)
        self.render(JournalView(id=""), today="", changed_ms=0, name="", salt="")

    def test_a_journal_with_one_kind_of_things_can_be_written(self) -> None:
        whole = self.journal().view()
        for kept in VIEWS:
            others = {name: () for kind, name in _LISTS.items() if kind != kept}
            self.render(msgspec.structs.replace(whole, **others), plain=True)

    def test_what_is_withheld_is_never_printed(self) -> None:
        self._skip_if_private()
        journal = self.journal()
        views = [
            journal.view_without_scopes(),
            *(journal.view(scope, plain=False) for scope in sorted(DISCREET.scopes)),
        ]
        for view in views:
            body = self.render(view).decode(errors="replace").lower()
            require(
                "withheld" not in body,
                "A field that was not granted is printed as `withheld`: `if goal.why:` skips it.",
            )

    def test_a_discreet_export_has_not_one_word_of_the_persons(self) -> None:
        self._skip_if_private()
        whole = self.journal().view()
        views = [view for name in _LISTS.values() for view in getattr(whole, name)]
        body = self.render(self.discreet()).decode(errors="replace")
        for words in words_of(views, lambda view: SCOPE_OF[type(view)]):
            require(words[:12] not in body, f"Words of the person's are in it though `plain` is false: {words[:40]!r}.")

    def test_a_plain_export_can_be_written_under_each_grant(self) -> None:
        journal = self.journal()
        for scope in sorted(EVERYTHING.scopes):
            self.render(journal.view(scope, plain=True), plain=True)

    def test_it_says_what_kind_of_file_it_is(self) -> None:
        name, media = self.exporter.file_name, self.exporter.media_type
        require(
            "." in name and "/" not in name, f"`file_name` is {name!r}: give a name with its ending, as in `goals.csv`."
        )
        require("/" in media, f"`media_type` is {media!r}: give one like `text/csv`.")

    def _skip_if_private(self) -> None:
        if self.exporter.private:
            skip("It is private: it is always shown everything, and others never see what it writes.")
