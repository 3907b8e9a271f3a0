"""What holds for every exporter, and what this one writes."""

from milepost_checklist_example import ChecklistExporter

from milepost.testing import ExporterConformance, FakeHost, FakeJournal, sample_journal


class TestChecklist(ExporterConformance):
    """Inherited: the same bytes each time, an empty journal, any grant."""

    exporter = ChecklistExporter


def page(journal: FakeJournal) -> str:
    return FakeHost().render(ChecklistExporter, journal.view(), plain=True).decode()


def test_a_goal_stands_there_with_its_steps_and_its_latest_check_in() -> None:
    journal = FakeJournal()
    goal = journal.goal("Say what I need", why="I go *quiet*")
    journal.milestone(goal, "Ask for a break", due="2026-05-20")
    journal.checkin(goal, value=0, note="not yet", on="2026-05-04")
    assert page(journal).endswith(
        "## Say what I need\n\nI go \\*quiet\\*\n\n- [ ] Ask for a break, due 2026-05-20\n\n"
        "Latest check-in, 2026-05-04: 0, not yet\n"
    )


def test_what_is_withheld_is_passed_over() -> None:
    body = FakeHost().render(ChecklistExporter, sample_journal().view_without_scopes())
    assert b"withheld" not in body.lower()
