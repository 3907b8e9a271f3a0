"""What every document must keep: links that lead somewhere, commands that exist, and nothing of whoever wrote it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cyclopts import App

from milepost.cli import build

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/*/*.md")])
GUIDES = ("user-guide.md", "together.md", "operations.md", "plugins.md")
named = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def prose(document: str) -> str:
    """Without the blocks of code."""
    return re.sub(r"^```.*?^```$", "", document, flags=re.MULTILINE | re.DOTALL)


def anchors(document: str) -> set[str]:
    """What a heading can be linked by."""
    headings = re.findall(r"^#+ (.+)$", prose(document), re.MULTILINE)
    return {re.sub(r"[^a-z0-9_ -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@named
def test_every_link_leads_somewhere(path: Path) -> None:
    document = path.read_text()
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(document)):
        if link.startswith("https://"):
            continue
        target, _, anchor = link.partition("#")
        there = (path.parent / target) if target else path
        assert there.exists(), link
        if anchor:
            assert anchor in anchors(there.read_text()), link


@named
def test_every_make_target_that_is_named_exists(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)", path.read_text())) <= targets


@named
def test_no_document_names_a_machine_of_its_makers(path: Path) -> None:
    document = path.read_text()
    assert re.findall(r"/(?:home|Users)/\S*", document) == []
    addresses = set(re.findall(r"https?://([a-z0-9.-]+)", document))
    made_up = {"127.0.0.1", "calendar.example.org", "fhir.example.org", "goals.example.org", "hooks.example.org"}
    assert addresses <= made_up | {"www.standardwebhooks.com", "appriseit.com", "loinc.org"}


def test_the_readme_names_the_test_command_and_fits_its_place() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "| `make test` | Runs every test. This is the test command. |" in readme
    assert len(readme.splitlines()) < 140


def commands(app: App, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Every command of the terminal, as a person types it."""
    # Of a command with several names, one.
    names = list({id(app[name]): name for name in reversed([*app]) if not name.startswith("-")}.values())
    if path and app.default_command is not None:
        yield " ".join(path)
    for name in names:
        yield from commands(app[name], (*path, name))


def test_every_command_has_an_example_in_a_guide() -> None:
    guides = "".join((ROOT / "docs" / name).read_text() for name in GUIDES)
    examples = re.findall(r"^[a-z]*\$ .*?\bmilepost (.+)$", guides, re.MULTILINE)
    typed = {command for command in commands(build()) if any(f"{line} ".startswith(f"{command} ") for line in examples)}
    assert typed == set(commands(build()))
