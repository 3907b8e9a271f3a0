"""`milepost plugin check` names what is wrong with a plugin in words its author can act on, and `plugin dev` shows it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from milepost.cli import plugin_trial, run
from milepost.kit.scaffolding import KINDS, files_of, names_of
from tests.core.terminal import Milepost

HOOKS = "from milepost.plugin_api import ExportContext, Exporter, JournalView, hookimpl\n"
EXPORTER = (
    HOOKS
    + """
class Mine(Exporter):
    format, media_type, file_name = "mine", "text/plain", "mine.txt"
    def render(self, view, context):
        {body}

@hookimpl
def milepost_exporters():
    return [Mine]
"""
)


@pytest.fixture
def milepost(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Milepost:
    monkeypatch.setenv("MILEPOST_HOME", str(tmp_path / "home"))
    return Milepost(capsys)


def begin(folder: Path, kind: str = "exporter") -> Path:
    """A new plugin; returns its module's file."""
    names = names_of("Evening pages", kind)
    for path, text in files_of(names, kind).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder / names.module / "__init__.py"


def check(milepost: Milepost, folder: Path, *arguments: str) -> tuple[int, dict[str, Any], list[dict[str, Any]]]:
    """The exit code, what is wrong by what was looked at, and all findings."""
    code = run(["plugin", "check", str(folder), *arguments, "--json"])
    found = json.loads(milepost.capsys.readouterr().out)
    return code, {one["check"]: one["words"] for one in found if one["result"] == "wrong"}, found


def changed_connector(folder: Path, before: str, after: str) -> Path:
    """A new connector with something else in it; returns its module's file."""
    module = begin(folder, "connector")
    source = module.read_text()
    assert before in source
    module.write_text(source.replace(before, after, 1))
    return module


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_plugin_of_each_kind_has_nothing_wrong(kind: str, milepost: Milepost, tmp_path: Path) -> None:
    begin(tmp_path / "made", kind)
    code, wrong, found = check(milepost, tmp_path / "made", "--no-types")
    assert (code, wrong) == (0, {})
    assert any("tests that hold" in one["words"] for one in found)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("raise RuntimeError('on import')", "RuntimeError: on import"),
        ("import os\nos._exit(7)", "It ended the process it ran in (exit code 7)"),
        (HOOKS + "milepost_api = (9, 9)\n", "it needs version 9 of the plugin API"),
        (HOOKS + "@hookimpl\ndef milepost_exportres():\n    return []", "a hook that Milepost does not know"),
        (HOOKS + "def milepost_exporters():\n    return []", "mark a function as @hookimpl"),
        (EXPORTER.format(body="return 'text'"), "gave str and should give bytes"),
        (
            EXPORTER.format(body="import time; return str(time.time()).encode()"),
            "leave the current time and chance out",
        ),
        (EXPORTER.format(body="return str(view).encode()"), "printed as `withheld`"),
        (EXPORTER.format(body="return str(view.goals[0].id).encode()"), "It raised IndexError"),
        ("from milepost.journal import State\n" + EXPORTER.format(body="return b''"), "use milepost.plugin_api alone"),
    ],
)
def test_what_is_wrong_with_a_plugin_is_said_and_counts(
    source: str, words: str, milepost: Milepost, tmp_path: Path
) -> None:
    begin(tmp_path / "made").write_text(source)
    code, wrong, _ = check(milepost, tmp_path / "made", "--no-types")
    assert code == 1
    assert words in " ".join(wrong.values())


def test_a_connector_that_tells_its_secret_is_found_without_its_author_doing_anything(
    milepost: Milepost, tmp_path: Path
) -> None:
    module = begin(tmp_path / "made", "connector")
    told = 'context.log(f"asking {context.settings.token.reveal()}")'
    module.write_text(
        module.read_text().replace("answer.raise_for_status()", f"{told}\n    answer.raise_for_status()", 1)
    )
    source = module.read_text().replace(f"        {told}\n    answer", f"        {told}\n        answer")
    module.write_text(source)
    code, wrong, found = check(milepost, tmp_path / "made", "--no-types")
    assert code == 1
    assert "got into a line that it logged" in " ".join(wrong.values())
    assert "planted" not in json.dumps(found)


def test_the_example_has_nothing_wrong(milepost: Milepost) -> None:
    assert check(milepost, Path(__file__).parents[2] / "examples" / "03_custom_plugin", "--no-types")[1] == {}


def test_a_connector_whose_service_is_special_is_held_to_what_needs_none(milepost: Milepost, tmp_path: Path) -> None:
    changed_connector(tmp_path / "made", "context.http.put(address", 'context.http.patch(f"{address}/fields"')
    code, wrong, found = check(milepost, tmp_path / "made", "--no-types")
    assert (code, wrong) == (0, {})
    (why,) = [one["words"] for one in found if one["result"] == "skipped"]
    assert "does not do for it, as it answers 404 to PATCH /" in why
    assert "(milepost_evening_pages/__init__.py:" in why


def test_a_service_without_what_a_check_asks_for_is_not_the_plugins_fault(milepost: Milepost, tmp_path: Path) -> None:
    changed_connector(tmp_path / "made", '{_base(context)}/"', '{_base(context)}/me"')
    code, wrong, found = check(milepost, tmp_path / "made", "--no-types")
    assert (code, wrong) == (0, {})
    assert "as it answers 404 to GET /url/me" in str(found)


PUSH = "        return [await _bring(change, context) for change in changes]\n"
NEVER_WORKS = [
    (
        "        return [await _bring(change, context) for change in changes][1:]",
        "give one to each, in order (milepost_evening_pages",
    ),
    (
        "        await context.http.get('https://elsewhere.example/')\n        return []",
        "It raised ConnectError: elsewhere.example is not among the hosts that were declared",
    ),
    ("        return [{}[change.kind] for change in changes]", "It raised KeyError: '"),
    ("        raise TimeoutError", "It raised TimeoutError (milepost"),
    (
        "        return [Rejected('No.') for change in changes]",
        "Nothing was wrong outside, and `push` answers [Rejected",
    ),
    (
        "        return [True for change in changes]",
        "`push` gave True, which is neither Done, Rejected nor Later (milepost",
    ),
]


@pytest.mark.parametrize(("body", "words"), NEVER_WORKS)
def test_a_connector_that_can_never_work_is_wrong_and_the_service_is_not_blamed(
    body: str, words: str, milepost: Milepost, tmp_path: Path
) -> None:
    module = changed_connector(tmp_path / "made", PUSH, f"{body}\n")
    code, wrong, found = check(milepost, tmp_path / "made", "--no-types")
    assert code == 1
    said = wrong["connector evening-pages: push"]
    assert words in said
    assert "does not do for it" not in json.dumps(found)
    source = module.read_text().splitlines()
    if "Nothing was wrong" not in words:
        line = int(re.search(r"\(milepost_evening_pages/__init__\.py:(\d+)\)", said)[1])  # type: ignore[index]
        assert any(part in source[line - 1] for part in ("async def push", *body.strip().splitlines()))


def test_settings_that_were_made_up_and_do_not_suit_are_asked_for(milepost: Milepost, tmp_path: Path) -> None:
    changed_connector(tmp_path / "made", "if host is None:", "if host != 'mine.example':")
    code, wrong, found = check(milepost, tmp_path / "made", "--no-types")
    assert (code, wrong) == (0, {})
    assert "can't use settings that are made up (`url` has no host" in str(found)
    code, wrong, _ = check(
        milepost, tmp_path / "made", "--no-types", "--set", "url=https://yours.example", "--set", "token=x"
    )
    assert code == 1
    assert "It raised InvalidInput: `url` has no host" in str(wrong)


def test_what_a_plugin_raises_is_shown_with_its_own_file_and_line(milepost: Milepost, tmp_path: Path) -> None:
    changed_connector(tmp_path / "made", PUSH, "        from milepost_evening_pages import push\n        push.it()\n")
    (tmp_path / "made" / "milepost_evening_pages" / "push.py").write_text(
        "import json\n\n\ndef it():\n    raise ValueError('no such thing')\n"
    )
    where = "ValueError: no such thing (milepost_evening_pages/push.py:5)"
    assert where in str(check(milepost, tmp_path / "made", "--no-types")[1])
    (shown,) = milepost("plugin", "dev", str(tmp_path / "made"))
    assert where in shown["lines"]
    assert "Traceback" not in str(shown)


@pytest.mark.parametrize("source", ["\n\nraise RuntimeError('no')\n", "\n\ndef broken(:\n"])
def test_what_a_plugin_raises_when_it_is_loaded_is_shown_with_its_line(
    source: str, milepost: Milepost, tmp_path: Path
) -> None:
    begin(tmp_path / "made").write_text(source)
    assert "(milepost_evening_pages/__init__.py:3)" in check(milepost, tmp_path / "made", "--no-types")[1]["loads"]
    (shown,) = milepost("plugin", "dev", str(tmp_path / "made"))
    assert "(milepost_evening_pages/__init__.py:3)" in shown["lines"][0]


def test_a_plugin_that_hangs_is_said_with_the_test_and_where(
    milepost: Milepost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugin_trial, "PATIENCE_S", 2.0)
    begin(tmp_path / "made").write_text(EXPORTER.format(body="\n        while True: pass"))
    code, wrong, found = check(milepost, tmp_path / "made", "--no-types")
    assert code == 1
    ((name, words),) = wrong.items()
    assert name.startswith("exporter mine: ")
    assert "somewhere it waits for ever (milepost_evening_pages/__init__.py:7)." in words
    assert "Something waits for ever" in str(found)
    (shown,) = milepost("plugin", "dev", str(tmp_path / "made"))
    assert "somewhere it waits for ever (milepost_evening_pages/__init__.py:7)." in shown["lines"][-1]


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        (PUSH, "        import asyncio; await asyncio.sleep(99)\n        return []\n", "push"),
        (
            '        return "the service answers"',
            "        import asyncio; await asyncio.sleep(99)\n",
            "a check changes",
        ),
    ],
)
def test_a_call_that_is_never_over_is_named_with_where_it_waits(
    before: str, after: str, name: str, milepost: Milepost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugin_trial, "PATIENCE_S", 4.0)
    module = changed_connector(tmp_path / "made", before, after)
    line = next(at for at, text in enumerate(module.read_text().splitlines(), 1) if "sleep" in text)
    code, wrong, _ = check(milepost, tmp_path / "made", "--no-types")
    assert code == 1
    ((check_name, words),) = wrong.items()
    assert check_name.startswith(f"connector evening-pages: {name}")
    assert words.startswith(f"It did not come back within 2 seconds (milepost_evening_pages/__init__.py:{line}).")


def test_a_plugin_that_keeps_its_process_from_going_on_is_told_with_what_was_under_way(
    milepost: Milepost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugin_trial, "PATIENCE_S", 1.0)
    begin(tmp_path / "made").write_text("import time\ntime.sleep(99)\n")
    code, wrong, _ = check(milepost, tmp_path / "made", "--no-types")
    assert code == 1
    assert "Under way was loading milepost_evening_pages." in wrong["runs"]


def test_what_a_check_from_outside_can_not_do_is_no_reproach_to_the_authors_tests(
    milepost: Milepost, tmp_path: Path
) -> None:
    pull = "    async def pull(self, context: Context[Settings]) -> Sequence[Any]:\n        return []\n\n"
    changed_connector(tmp_path / "made", "    async def push", f"{pull}    async def push")
    code, _, found = check(milepost, tmp_path / "made", "--no-types")
    assert code == 0
    assert "`plugin check` can't change anything in a service" in str(found)
    assert "not defined" not in str(found)


def test_wrong_types_are_said(milepost: Milepost, tmp_path: Path) -> None:
    module = begin(tmp_path / "made")
    module.write_text(module.read_text() + "\nWRONG: int = 'text'\n")
    code, wrong, _ = check(milepost, tmp_path / "made")
    assert code == 1
    assert "Incompatible types" in wrong["types"]


def _without(text: str, line: str) -> str:
    assert line in text
    return text.replace(line, "")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('evening-pages = "milepost_evening_pages"', "Milepost does not find it"),
        ('dependencies = ["milepost"]', 'dependencies = ["milepost"]'),
        ('build-backend = "hatchling.build"', "[build-system]"),
        ('version = "0.1.0"', "a version"),
    ],
)
def test_what_a_package_lacks_is_said(line: str, words: str, milepost: Milepost, tmp_path: Path) -> None:
    begin(tmp_path / "made")
    project = tmp_path / "made" / "pyproject.toml"
    project.write_text(_without(project.read_text(), line))
    code, wrong, _ = check(milepost, tmp_path / "made", "--no-types")
    assert code == 1
    assert words in " ".join(wrong.values())


def test_a_module_that_is_not_there_and_a_name_that_is_taken_are_said(milepost: Milepost, tmp_path: Path) -> None:
    begin(tmp_path / "made")
    project = tmp_path / "made" / "pyproject.toml"
    whole = project.read_text()
    project.write_text(whole.replace('pages = "milepost_evening_pages"', 'pages = "milepost_evenings"'))
    assert "not in the folder" in check(milepost, tmp_path / "made", "--no-types")[1]["entry point"]
    project.write_text(whole.replace("evening-pages = ", "ics = "))
    assert "is what milepost is called too" in check(milepost, tmp_path / "made", "--no-types")[1]["entry point"]


def test_a_second_project_in_the_folder_is_said_and_an_environment_is_none(milepost: Milepost, tmp_path: Path) -> None:
    begin(tmp_path / "made")
    for name in (".venv", "env-of-mine"):
        (tmp_path / "made" / name).mkdir()
        (tmp_path / "made" / name / "pyvenv.cfg").write_text("")
        (tmp_path / "made" / name / "pyproject.toml").write_text("")
    assert check(milepost, tmp_path / "made", "--no-types")[1] == {}
    (tmp_path / "made" / "part").mkdir()
    (tmp_path / "made" / "part" / "pyproject.toml").write_text("")
    assert "part/pyproject.toml" in check(milepost, tmp_path / "made", "--no-types")[1]["one pyproject.toml"]


def test_what_is_no_plugin_at_all_is_refused(milepost: Milepost, tmp_path: Path) -> None:
    assert "is no folder" in milepost.fails(2, "plugin", "check", str(tmp_path / "none"))
    assert "There is no pyproject.toml" in milepost.fails(2, "plugin", "check", str(tmp_path))
    (tmp_path / "pyproject.toml").write_text("[[[")
    assert "is not TOML" in milepost.fails(2, "plugin", "dev", str(tmp_path), "--once")


def test_settings_that_are_given_are_used_and_bad_ones_said(milepost: Milepost, tmp_path: Path) -> None:
    begin(tmp_path / "made")
    shown = milepost("plugin", "dev", str(tmp_path / "made"), "--set", "heading=Mine")
    assert any("Mine" in line for line in shown[0]["lines"])
    begin(tmp_path / "other", "importer")
    code, wrong, _ = check(milepost, tmp_path / "other", "--no-types", "--set", "separator=too long")
    assert (code, len(wrong)) == (1, 1)


def test_what_a_connector_sends_is_shown_without_its_secret(milepost: Milepost, tmp_path: Path) -> None:
    begin(tmp_path / "made", "connector")
    (shown,) = milepost("plugin", "dev", str(tmp_path / "made"), "--set", "url=https://there.example/x?key=planted-99",
                        "--set", "token=planted-99")  # fmt: skip
    text = "\n".join(shown["lines"])
    assert "PUT https://there.example/x?key=(secret)" in text
    assert "planted-99" not in text


def test_a_file_is_read_by_an_importer_and_sent_to_an_inbox(milepost: Milepost, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("date,value\n2026-05-04,7\n")
    begin(tmp_path / "made", "importer")
    (shown,) = milepost("plugin", "dev", str(tmp_path / "made"), "--file", str(tmp_path / "rows.csv"))
    assert shown["lines"][-1] == "1 entries"
    begin(tmp_path / "inbox", "inbox")
    (shown,) = milepost("plugin", "dev", str(tmp_path / "inbox"), "--file", str(tmp_path / "rows.csv"))
    assert "status 401" in shown["lines"][0]


@pytest.fixture
def developing(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    begin(tmp_path / "made")
    process = subprocess.Popen(
        [sys.executable, "-m", "milepost.cli", "plugin", "dev", str(tmp_path / "made")],
        env={**os.environ, "MILEPOST_HOME": str(tmp_path / "home")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def test_a_plugin_is_shown_again_when_a_file_changes_until_somebody_ends_it(
    developing: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    module = tmp_path / "made" / "milepost_evening_pages" / "__init__.py"
    source = module.read_text()
    assert "Goals" in _round(developing)
    module.write_text(source.replace('"Goals"', '"What I want"'))
    assert "What I want" in _round(developing)
    module.write_text("def broken(:\n")
    assert "SyntaxError" in _round(developing)
    module.write_text(source)
    assert "Goals" in _round(developing)
    developing.send_signal(signal.SIGINT)
    assert developing.wait(10) == 0
    assert developing.stderr is not None
    assert "Traceback" not in developing.stderr.read()


def _round(process: "subprocess.Popen[str]") -> str:
    """What is printed until it waits for a change."""
    assert process.stdout is not None
    lines: list[str] = []
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        lines.append(process.stdout.readline())
        if lines[-1].startswith("Waiting for a change"):
            break
    return "".join(lines)
