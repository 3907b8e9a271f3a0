"""A new plugin of each kind installs beside Milepost, passes its types and tests untouched, and is listed."""

import json
import os
import re
import shlex
import subprocess
import sysconfig
import tomllib
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from milepost.cli import run
from milepost.errors import InvalidInput
from milepost.kit.scaffolding import KINDS, files_of, names_of
from tests.core.terminal import Milepost

NAMES = {
    "exporter": "One page",
    "connector": "Übung für-Größe",
    "inbox": "2 scales",
    "importer": "sleep-diary 2026",
    "notifier": 'Knock "softly" \\ & <b>',
}


@pytest.fixture
def milepost(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Milepost:
    monkeypatch.setenv("MILEPOST_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return Milepost(capsys)


class Environment:
    """An environment of its own that sees what is installed here: as if Milepost and its tools were installed in it."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=False, symlinks=True)
        self.python = folder / "bin" / "python"
        here = sysconfig.get_path("purelib")
        (site,) = folder.glob("lib/python*/site-packages")
        # The editable installation is named by a .pth file, which counts only in folders that `site` was told of.
        (site / "beside.pth").write_text(f"import site; site.addsitedir({here!r})\n")
        self.env = {**os.environ, "MILEPOST_HOME": str(folder / "home"), "PYTHONDONTWRITEBYTECODE": "1"}

    def __call__(self, *arguments: str | Path, at: Path) -> str:
        done = subprocess.run(
            [self.python, *arguments], cwd=at, env=self.env, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    yield Environment(tmp_path_factory.mktemp("environment") / "env")


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_plugin_installs_and_passes_its_types_and_tests_untouched(
    kind: str, milepost: Milepost, environment: Environment, tmp_path: Path
) -> None:
    folder = tmp_path / "made"
    made = milepost("plugin", "new", NAMES[kind], "--kind", kind, "--output", str(folder))
    assert list(tmp_path.rglob("pyproject.toml")) == [folder / "pyproject.toml"]
    environment(
        "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps",
        "--no-build-isolation", folder, at=tmp_path,
    )  # fmt: skip
    environment("-m", "mypy", "--strict", "--cache-dir", environment.python.parent / "types", ".", at=folder)
    environment("-m", "pytest", "-q", "-p", "no:cacheprovider", at=folder)
    listed = json.loads(environment("-m", "milepost.cli", "plugin", "list", "--json", at=tmp_path))
    (plugin,) = [one for one in listed if one["name"] == made["name"]]
    assert plugin["problem"] == ""
    assert plugin[f"{kind}s" if kind != "inbox" else "inboxes"] == [made["name"]]
    assert tomllib.loads((folder / "pyproject.toml").read_text())["project"]["name"] == made["package"]


@pytest.mark.parametrize(
    ("name", "key", "module", "class_name"),
    [
        ("One page", "one-page", "milepost_one_page", "OnePageExporter"),
        ("Übung für-Größe", "uebung-fuer-groesse", "milepost_uebung_fuer_groesse", "UebungFuerGroesseExporter"),
        ("2 scales", "exporter-2-scales", "milepost_2_scales", "Exporter2ScalesExporter"),
        ("milepost-diary", "diary", "milepost_diary", "DiaryExporter"),
        ("Crème brûlée", "creme-brulee", "milepost_creme_brulee", "CremeBruleeExporter"),
        ("class", "class", "milepost_class", "ClassExporter"),
        ("my exporter", "my-exporter", "milepost_my_exporter", "MyExporter"),
    ],
)
def test_names_are_made_of_what_people_type(name: str, key: str, module: str, class_name: str) -> None:
    names = names_of(name, "exporter")
    assert (names.key, names.module, names.class_name) == (key, module, class_name)
    compile(files_of(names, "exporter")[f"{module}/__init__.py"], module, "exec")


@pytest.mark.parametrize("name", ["!!!", "日本語", "", "   ", "x" * 41, "one\ntwo", "x\u202ey", "word " * 30])
def test_a_name_that_makes_no_module_is_refused_in_words(name: str) -> None:
    with pytest.raises(InvalidInput):
        names_of(name, "exporter")


def test_several_words_are_one_name(milepost: Milepost) -> None:
    made = milepost("plugin", "new", "Evening", "pages", "--kind", "exporter")
    assert (made["name"], made["folder"]) == ("evening-pages", "milepost-evening-pages")


@pytest.mark.parametrize("folder", ["milepost-pages", "deep/er", "two words", "../up", "it's", "-dash", "{}/whole"])
def test_what_is_said_to_install_is_a_folder_to_pip_and_never_a_name(
    folder: str, milepost: Milepost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert run(["plugin", "new", "Pages", "--kind", "exporter", f"--output={folder.format(tmp_path)}"]) == 0
    said = milepost.capsys.readouterr().out.splitlines()[-3:]
    words = [shlex.split(line) for line in said]
    assert [line[:-1] for line in words] == [
        ["python", "-m", "pip", "install", "--no-deps"], ["milepost", "plugin", "dev"], ["milepost", "plugin", "check"],
    ]  # fmt: skip
    for *_, at in words:
        assert at.startswith(("./", "/"))
        assert (Path(at) / "pyproject.toml").is_file()


def test_no_document_has_pip_look_for_a_plugin_by_its_bare_name() -> None:
    root = Path(__file__).parents[2]
    documents = [root / "README.md", *(root / "docs").glob("*.md"), *(root / "examples").rglob("*.md")]
    named = [
        (path.name, word)
        for path in [*documents, *(root / "core" / "milepost" / "kit" / "scaffold").iterdir()]
        for word in re.findall(r"pip install [^\n`]*--no-deps(?: --[\w-]+)* (\S+)", path.read_text())
    ]
    assert len(named) > 4
    assert [word for word in named if not word[1].startswith(".")] == []


def test_what_is_there_already_is_left_alone(milepost: Milepost, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    said = milepost.fails(2, "plugin", "new", "Pages", "--kind", "exporter", "--output", "mine")
    assert "has something in it already" in said
    assert "is no folder" in milepost.fails(2, "plugin", "new", "Pages", "--kind", "exporter", "-o", "mine/notes.txt")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_a_name_that_is_taken_is_refused(milepost: Milepost) -> None:
    assert "called `ics` already" in milepost.fails(2, "plugin", "new", "ICS", "--kind", "exporter")
    assert "`milepost_server` is installed" in milepost.fails(2, "plugin", "new", "server", "--kind", "exporter")


def test_a_folder_that_can_not_be_written_is_said(milepost: Milepost) -> None:
    said = milepost.fails(7, "plugin", "new", "Pages", "--kind", "exporter", "-o", "/proc/none/here")
    assert "can't be written" in said


def test_without_a_terminal_nothing_is_asked(milepost: Milepost, tmp_path: Path) -> None:
    assert "--kind exporter" in milepost.fails(2, "plugin", "new", "Pages")
    assert "Say what it is called" in milepost.fails(2, "plugin", "new", "--kind", "inbox")
    assert "diary" in milepost.fails(2, "plugin", "new", "Pages", "--kind", "diary")
    assert list(tmp_path.glob("milepost-*")) == []


def test_at_a_terminal_what_was_not_told_is_asked(
    milepost: Milepost, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from milepost.cli.terminal import Terminal

    answers = iter(["sonnet", "inbox", "!!!", "Evening pages"])
    asked: list[str] = []

    def ask(_: Any, question: str) -> str:
        asked.append(question)
        return next(answers)

    monkeypatch.setattr(Terminal, "interactive", True)
    monkeypatch.setattr(Terminal, "ask", ask)
    assert run(["plugin", "new"]) == 0
    assert asked == ["Which kind?", "Which kind?", "What is it called?", "What is it called?"]
    assert (tmp_path / "milepost-evening-pages" / "milepost_evening_pages" / "__init__.py").exists()
    assert "There is no kind 'sonnet'" in milepost.capsys.readouterr().out


@given(name=st.text(max_size=60), kind=st.sampled_from(sorted(KINDS)))
@example(name='"', kind="connector")
@example(name="a\x7fb \\ 'c' $key ${module} {title}", kind="inbox")
def test_whatever_the_name_is_the_files_can_be_read_or_it_is_refused(name: str, kind: str) -> None:
    try:
        names = names_of(name, kind)
    except InvalidInput:
        return
    files = files_of(names, kind)
    project = tomllib.loads(files["pyproject.toml"])
    assert project["project"]["entry-points"]["milepost.plugins"] == {names.key: names.module}
    assert re.fullmatch("[a-z][a-z0-9-]{0,39}", names.key)
    for path, text in files.items():
        if path.endswith(".py"):
            compile(text, path, "exec")
