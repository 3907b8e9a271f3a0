"""The documents' console blocks say what really happens; and the checker that finds this out notices when not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.console import Session, Step, Wrong, files, steps

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    "README.md",
    "docs/user-guide.md",
    "docs/together.md",
    "docs/operations.md",
    "docs/fhir.md",
    "docs/health.md",
]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    session = Session(tmp_path)
    yield session
    session.close()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_in_a_document_prints_what_the_document_shows(document: str, session: Session) -> None:
    text = (ROOT / document).read_text()
    for name, body in files(text).items():
        (session.folder / name).write_text(body)
    found = steps(text)
    assert found
    for step in found:
        session.run(step)


def test_commands_are_found_with_what_they_print() -> None:
    document = "Text.\n\n```console\n$ milepost a\none\n\ntwo\nphone$ milepost b\n```\n\n```sh\nmilepost c\n```\n"
    assert steps(document) == [Step("", "milepost a", ["one", "", "two"]), Step("phone", "milepost b", [])]


def test_an_id_is_learned_where_it_is_first_shown_and_must_stay_the_same(session: Session) -> None:
    session.run(Step("", "milepost goal add 'Sleep'", ["Sleep  3fa"]))
    session.run(Step("", "milepost goal add 'Rest'", ["Rest  4eb"]))
    session.run(Step("", "milepost goal show 3fa", ["Sleep  3fa"]))
    with pytest.raises(Wrong):
        session.run(Step("", "milepost goal show 4eb", ["Rest  3fa"]))


def test_dots_stand_for_anything_in_a_line_and_alone_for_any_lines(session: Session) -> None:
    session.run(Step("", "milepost", ["Welcome …", "…"]))
    with pytest.raises(Wrong):
        session.run(Step("", "milepost", ["Welcome …"]))


@pytest.mark.parametrize(
    "step",
    [
        Step("", "milepost goal add 'Sleep'", ["Rest  3fa"]),
        Step("", "milepost goal add 'Sleep'", ["Sleep  3fa", "more"]),
        Step("", "milepost goal show none", []),
        Step("", "milepost --version", ["milepost: 0.1.0"]),
        Step("", "ls", []),
    ],
)
def test_a_document_that_is_not_true_is_noticed(step: Step, session: Session) -> None:
    with pytest.raises(Wrong):
        session.run(step)


def test_an_error_that_the_document_shows_is_no_mistake(session: Session) -> None:
    printed = session.run(Step("", "milepost journal use 3fa", ["milepost: There is no journal …"]))
    assert "3fa" in printed
