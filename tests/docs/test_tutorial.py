"""The tutorial of `docs/plugins.md`, done as it says: every file written, every command run, against a real list."""

import ast
import importlib.util
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.docs.console import Session, steps

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "plugins.md").read_text()
TUTORIAL = DOCUMENT.partition("\n## A connector in 15 minutes\n")[2].partition("\n## What holds\n")[0]
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TUTORIAL, re.MULTILINE | re.DOTALL)
LIST = "http://127.0.0.1:8100"
PACKAGE = "milepost-to-do-list"
SAYS_IT = [
    *(ROOT / "core" / "milepost" / name for name in ("plugin_loading.py", "aside.py")),
    *sorted((ROOT / "server" / "milepost_server" / "hosting").glob("*.py")),
]


@pytest.fixture
def todos() -> Iterator[Any]:
    """The list that the tutorial starts in a terminal of its own."""
    spec = importlib.util.spec_from_file_location("todo_server", ROOT / "examples" / "06_connector" / "todo_server.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    server = module.TodoServer("a token")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


class Reader:
    """Somebody who does what the tutorial says, block by block."""

    def __init__(self, folder: Path, session: Session, address: str) -> None:
        self.folder, self.session, self.address = folder, session, address
        self.package = folder / PACKAGE
        self.module = self.package / "milepost_to_do_list" / "__init__.py"

    def do(self, language: str, block: str) -> None:
        if language == "console":
            for step in steps(f"```console\n{block}```\n"):
                self.session.run(step)
        elif language == "sh":
            self.type(block.strip())
        elif block.startswith("    kinds ="):
            self.replace(r"^    kinds = [^\n]*\n", block)
        elif block.startswith("async def _bring"):
            self.replace(r"^async def _bring.*?(?=^def _base)", f"{block}\n\n")
            self.replace(r"^    InvalidInput,\n", "    InvalidInput,\n    Milestone,\n")
        elif block.startswith("    async def pull"):
            self.replace(r"(?=^async def _bring)", f"{block}\n\n")
            self.replace(r"^    InvalidInput,\n", "    Entry,\n    InvalidInput,\n")
            self.replace(r"^    Rejected,\n", "    Rejected,\n    Revision,\n")
        elif "ConnectorConformance" in block:
            (test,) = (self.package / "tests").glob("*.py")
            assert f"`tests/{test.name}`" in TUTORIAL
            test.write_text(block)
        else:
            exec(block.replace(LIST, self.address), {})  # noqa: S102 - it is the guide's own

    def replace(self, pattern: str, text: str) -> None:
        source, count = re.subn(
            pattern, lambda _: text, self.module.read_text(), count=1, flags=re.MULTILINE | re.DOTALL
        )
        assert count == 1, pattern
        self.module.write_text(source)

    def type(self, command: str) -> None:
        """A command that is not Milepost's own."""
        if command == "python -m pytest":
            self.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore")
        elif command == f"python -m pip install --no-deps ./{PACKAGE}":
            options = ("--quiet", "--no-deps", "--no-build-isolation", "--target", str(self.folder / "plugins"))
            self.run("-m", "pip", "--disable-pip-version-check", "install", *options, ".")
        elif command.startswith("make dev\n"):
            assert command.splitlines()[1:] == ['export PATH="$PWD/.venv/bin:$PATH"']
        else:
            assert command == "TODO_TOKEN='a token' python examples/06_connector/todo_server.py"

    def run(self, *words: str) -> None:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=self.package,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_who_does_what_the_tutorial_says_has_a_connector_that_works(tmp_path: Path, todos: Any) -> None:
    session = Session(tmp_path)
    session.known[LIST] = todos.url
    (tmp_path / "todo.token").write_text("a token\n")
    reader = Reader(tmp_path, session, todos.url)
    try:
        for language, block in BLOCKS:
            reader.do(language, block)
    finally:
        session.close()
    assert [todo["done"] for todo in todos.list.todos.values()] == [True]


def test_what_the_list_keeps_in_the_folder_one_is_in_is_nothing_to_git(tmp_path: Path) -> None:
    script = ROOT / "examples" / "06_connector" / "todo_server.py"
    server = subprocess.Popen(
        [sys.executable, str(script), "--port", "0"], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        address = server.stdout.readline().split()[2].rstrip(",")
        answer = httpx.put(
            f"{address}/1",
            json={"title": "Ask for a break", "due": None, "done": False},
            headers={"Authorization": "Bearer a token"},
        )
        assert answer.status_code == 201
    finally:
        server.kill()
        server.communicate()
    kept = {path.name for path in tmp_path.iterdir()}
    assert kept
    assert kept | {"todo.token"} <= set((ROOT / ".gitignore").read_text().splitlines())


def test_a_reader_in_a_checkout_is_told_first_what_works_there() -> None:
    kit = DOCUMENT.partition("\n## The kit\n")[2]
    readme = (ROOT / "core" / "milepost" / "kit" / "scaffold" / "readme.tmpl").read_text()
    for text in (TUTORIAL, kit, readme):
        assert 0 < text.index("make dev") < text.index("'milepost[dev]'")
    said = subprocess.run(["make", "-n", "dev"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert 'export PATH="$PWD/.venv/bin:$PATH"' in said


def templates() -> list[str]:
    """Every text in the code that says what is wrong, with … for what is put into it."""
    found = []
    for path in SAYS_IT:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.JoinedStr):
                parts = (part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
                found.append("".join(map(str, parts)))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(re.sub(r"\{\w+\}", "…", node.value))
    return found


def test_every_message_that_the_guide_explains_is_one_that_is_given() -> None:
    section = DOCUMENT.partition("\n### What went wrong, and what to do\n")[2].partition("\n### ")[0]
    told = re.findall(r"^\| (`+) ?(.*?) ?\1 \| (.*) \|$", section, re.MULTILINE)
    assert len(told) > 15
    known = templates()
    for _, message, advice in told:
        pattern = ".*".join(re.escape(part) for part in message.split("…"))
        assert advice
        assert any(re.search(pattern, one) for one in known), message
