"""Two people's terminals and one server: an invitation, what each may do, what stays private, and the end of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import Home, ServerProcess, serving


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with serving(tmp_path / "data") as server:
        yield server


class Two:
    """Anna, who has a private journal and one to share, and Ito, who was invited into that."""

    def __init__(self, server: ServerProcess, folder: Path) -> None:
        self.anna, self.ito = Home(folder / "anna"), Home(folder / "ito")
        self.private_goal = self.anna("goal", "add", "Sleep")["id"]
        self.anna("pair", server.url, server.code(), "--name", "laptop")
        self.private = self.anna("journal", "list")[0]["id"]
        self.shared = self.anna("journal", "new", "With Dr Ito")["id"]
        self.goal = self.anna("goal", "add", "Say what I need")["id"]
        code = self.anna("invite")["code"]
        self.ito("join", code, "--server", server.url, "--as", "Dr Ito")
        self.sync()

    def sync(self) -> None:
        for home in (self.ito, self.anna, self.ito):
            home("sync")

    def shared_log(self) -> str:
        return self.ito.text("log", "--json", "--journal", self.shared)


@pytest.fixture
def two(server: ServerProcess, tmp_path: Path) -> Two:
    return Two(server, tmp_path)


def test_a_therapist_proposes_what_they_may_not_change_and_changes_it_where_an_owner_allows_it(two: Two) -> None:
    told = two.ito.fails(4, "goal", "revise", two.goal, "--title", "Mine", "--journal", two.shared)
    assert "propose" in told
    made = two.ito("propose", two.goal, "--title", "Kindly", "--reason", "why not", "--journal", two.shared)["id"]
    assert "accept" in two.ito.fails(4, "proposals", "accept", made, "--journal", two.shared)
    two.sync()
    (waiting,) = two.anna("proposals")
    assert (waiting["id"], waiting["why"], waiting["stale"]) == (made, "why not", False)
    assert two.anna()["proposals"] == 1
    assert [one["id"] for one in two.anna("brief")["proposals"]] == [made]
    two.anna("proposals", "accept", made)
    two.sync()
    assert two.ito("goal", "show", two.goal, "--journal", two.shared)["title"] == "Kindly"
    two.anna("members", "allow-changes")
    two.sync()
    two.ito("goal", "revise", two.goal, "--title", "Directly", "--journal", two.shared)
    two.sync()
    assert two.anna("goal", "show", two.goal)["title"] == "Directly"
    two.anna("members", "allow-changes", "--off")
    two.sync()
    two.ito.fails(4, "goal", "revise", two.goal, "--title", "Again", "--journal", two.shared)


def test_a_note_in_a_private_journal_points_at_a_shared_goal_and_nobody_sees_it(two: Two) -> None:
    made = two.anna("bring", "--about", two.goal, "--of", two.shared, "--journal", two.private)
    assert (made["text"], made["about"]["journal"]) == ("Say what I need", two.shared)
    told = two.anna.fails(2, "bring", "--about", two.private_goal, "--of", two.private, "--journal", two.shared)
    assert "Others read this journal" in told
    copied = two.anna("share", two.private_goal, "--to", two.shared, "--journal", two.private)
    two.sync()
    assert {one["title"] for one in two.ito("goal", "list", "--journal", two.shared)} == {"Say what I need", "Sleep"}
    log = two.shared_log()
    assert copied["copy"] in log
    for private in (two.private, two.private_goal, made["id"]):
        assert private not in log
    assert two.private not in {one["id"] for one in two.ito("journal", "list")}


def test_who_is_removed_gets_nothing_more_and_keeps_what_they_wrote(two: Two) -> None:
    two.ito("topic", "list", "--journal", two.shared)
    two.ito("bring", "Not sent yet", "--journal", two.shared)
    (theirs,) = [one["id"] for one in two.anna("members", "list") if one["role"] == "therapist"]
    two.anna("members", "remove", theirs)
    two.anna("goal", "add", "Written afterwards")
    two.anna("sync")
    told = two.ito("sync")
    assert (told["left"], told["problems"], told["received"]) == ([two.shared], {}, 0)
    assert two.ito("sync")["left"] == [], "said once, and not asked again"
    assert [one["text"] for one in two.ito("topic", "list", "--journal", two.shared)] == ["Not sent yet"]
    assert "no more" in two.ito.fails(4, "bring", "More", "--journal", two.shared)
    assert "Written afterwards" not in two.shared_log()
    done = [one["what"] for one in two.anna("access-log")]
    assert [what for what in done if what in {"invited", "joined", "removed"}] == ["invited", "joined", "removed"]
    code = two.anna("invite", "--role", "reader")["code"]
    two.ito("join", code)
    assert "Written afterwards" in {one["title"] for one in two.ito("goal", "list", "--journal", two.shared)}
    assert "only reads" in two.ito.fails(4, "bring", "More", "--journal", two.shared)


def test_a_private_journal_is_never_opened_without_a_word(two: Two) -> None:
    for quiet in ((), ("--quiet",), ("--json",)):
        told = two.anna.fails(2, "invite", *quiet, "--journal", two.private)
        assert "This is your private journal" in told
        assert "--yes" in told
    assert two.anna("invite", "list", "--journal", two.private) == []
    assert two.anna("invite", "--yes", "--journal", two.private)["role"] == "therapist"


def test_what_does_not_fit_is_said_with_the_command_that_lists_it(two: Two) -> None:
    there = ("--journal", two.shared)
    told = two.anna.fails(3, "members", "remove", "Zed", *there)
    assert (
        told
        == "milepost: There is no member called 'Zed', nor one whose id begins so. `milepost members list` shows them.\n"
    )
    assert "`milepost invite list`" in two.anna.fails(3, "invite", "withdraw", "zzz", *there)
    assert "`milepost proposals --all`" in two.anna.fails(3, "proposals", "accept", "zzz", *there)
    assert "`milepost conflicts`" in two.anna.fails(3, "conflicts", "keep", "zzz.title", "a", *there)
    made = two.anna("invite", *there)["id"]
    two.anna("invite", "withdraw", made, *there)
    assert "was taken back already, and its code opens nothing" in two.anna.text("invite", "consent", made, *there)


def test_who_begins_an_account_without_a_name_is_told_what_the_others_see(two: Two, server: ServerProcess) -> None:
    code = two.anna("invite", "--role", "reader", "--journal", two.shared)["code"]
    bo = Home(two.anna.folder.parent / "bo")
    told = bo.text("join", code, "--server", server.url)
    (named,) = {one["name"] for one in two.anna("members", "list")} - {"owner", "Dr Ito"}
    assert f"The others see you as “{named}”, your name on this machine." in " ".join(told.split())


def test_who_wrote_what_and_as_what_one_is_in_each_journal_is_told(two: Two) -> None:
    assert "who" not in two.anna.text("goal", "history", two.goal).splitlines()[0]
    two.anna("members", "allow-changes")
    two.sync()
    two.ito("goal", "revise", two.goal, "--title", "Say it kindly", "--journal", two.shared)
    two.sync()
    head, *rows = two.anna.text("goal", "history", two.goal).splitlines()
    assert head.split() == ["when", "who", "what", "from", "to", "because"]
    assert [row.split()[1] for row in rows if row.startswith("today")] == ["you", "Dr"]
    assert "as" not in two.anna.text("journal", "list").splitlines()[0].split()
    head, *rows = two.ito.text("journal", "list").splitlines()
    assert "as" in head.split()
    assert any("With Dr Ito" in row and "therapist" in row for row in rows)
    assert {one["role"] for one in two.ito("journal", "list")} == {"owner", "therapist"}
    two.ito("members", "leave", "--journal", two.shared)
    assert "in it no more" in two.ito.text("journal", "list")
    (here,) = [row for row in two.anna.text("device", "list").splitlines() if "this device" in row]
    assert "laptop" in here


def test_a_name_or_a_number_of_days_that_can_not_be_is_refused_in_plain_words(two: Two) -> None:
    for words in (("device", "token", " "), ("device", "token", "x" * 101)):
        assert two.anna.fails(2, *words) == "milepost: A name has 1 to 100 letters. Give another.\n"
    for days in ("0", "-1", "31"):
        assert "good for 1 to 30 days" in two.anna.fails(2, "invite", "--days", days, "--journal", two.shared)
