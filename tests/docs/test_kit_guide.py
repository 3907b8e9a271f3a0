"""What `docs/plugins.md` says about the kit is so: its commands are run, its tests pass, and it leaves out no name."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from milepost import testing
from milepost.kit.scaffolding import files_of, names_of
from tests.docs.console import Session, steps

DOCUMENT = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text()
SECTION = re.split(r"^## ", DOCUMENT.partition("\n## The kit\n")[2], flags=re.MULTILINE)[0]
SNIPPETS = re.findall(r"^```py\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    session = Session(tmp_path)
    yield session
    session.close()


def test_the_commands_of_the_kit_print_what_the_guide_shows(session: Session) -> None:
    found = steps(SECTION)
    assert len(found) == 3
    for step in found:
        session.run(step)


def test_the_tests_in_the_guide_pass(tmp_path: Path) -> None:
    names = names_of("Notes", "connector")
    for path, text in files_of(names, "connector").items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert len(SNIPPETS) == 2
    for place, snippet in enumerate(SNIPPETS):
        (tmp_path / "tests" / f"test_guide_{place}.py").write_text(snippet)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in done.stdout


def test_the_guide_names_everything_of_the_kit() -> None:
    assert set(testing.__all__) <= set(re.findall(r"\w+", SECTION))
