"""What a shell completes: the script is run in the shell itself, which has nothing else to ask."""

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from milepost.cli import GROUPS, build
from tests.core.terminal import Milepost
from tests.docs.test_documents import commands

TAKES_AT_MOST_S = 2
"""Many times what it takes; and no program can be started, as there is no PATH."""


@pytest.fixture
def script(milepost: Milepost, tmp_path: Path) -> Path:
    path = tmp_path / "milepost.bash"
    path.write_text(milepost.text("completion", "bash"))
    return path


def at_tab(script: Path, typed: str) -> list[str]:
    """What bash offers for the last word of this, which may be empty."""
    words = [*shlex.split(typed), *([""] if typed.endswith(" ") else [])]
    program = (
        f"source {shlex.quote(str(script))}\n"
        "complete -p milepost >/dev/null || exit 1\n"
        f"COMP_WORDS=({' '.join(map(shlex.quote, words))}) COMP_CWORD={len(words) - 1}\n"
        '_milepost milepost "" ""\n'
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    bash = shutil.which("bash")
    assert bash is not None
    done = subprocess.run(
        [bash, "--norc", "--noprofile", "-c", program],
        env={"PATH": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
        timeout=TAKES_AT_MOST_S,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return sorted(done.stdout.split())


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("milepost mile", ["milestone"]),
        ("milepost goal re", ["reopen", "resume", "revise"]),
        ("milepost goal add --ki", ["--kind"]),
        ("milepost goal add --kind ", ["open", "smart"]),
        ("milepost --json goal add --kind s", ["smart"]),
        ("milepost milestone list --as", ["--as-of"]),
        ("milepost burden --", ["--from", "--help", "--limit", "--version"]),
        ("milepost completion ", ["bash", "fish", "zsh"]),
        ("milepost nothing-like-it", []),
    ],
)
def test_bash_offers_what_can_be_typed_next(script: Path, typed: str, offered: list[str]) -> None:
    assert at_tab(script, typed) == offered


def test_bash_knows_every_command_those_of_other_parts_too(script: Path) -> None:
    for command in commands(build()):
        *before, last = f"milepost {command}".split()
        assert last in at_tab(script, f"{shlex.join(before)} "), command
    assert {"serve", "admin", "verify"} <= set(at_tab(script, "milepost "))
    assert "--data" in at_tab(script, "milepost serve --")


def test_bash_completes_at_a_real_tab(script: Path) -> None:
    """An interactive bash writes out the rest of a word by itself."""
    typed = f"source {script}; bind 'set enable-bracketed-paste off'\nmilepost milest\tx\nexit\n"
    done = subprocess.run(
        [str(shutil.which("bash")), "--norc", "--noprofile", "-i"],
        input=typed,
        env={"PATH": "/nonexistent", "PS1": "$ ", "TERM": "dumb"},
        capture_output=True,
        text=True,
        check=False,
        timeout=TAKES_AT_MOST_S,
        start_new_session=True,
    )
    assert "milepost milestone x" in done.stdout + done.stderr


@pytest.mark.parametrize(("shell", "registers"), [("zsh", "#compdef milepost"), ("fish", "complete -c milepost")])
def test_other_shells_have_a_script_that_they_can_read(
    milepost: Milepost, tmp_path: Path, shell: str, registers: str
) -> None:
    text = milepost.text("completion", shell)
    assert registers in text
    for word in ("milestone", "then-now", "pairing-code", "as-of", "serve"):
        assert word in text
    if found := shutil.which(shell):
        (tmp_path / "script").write_text(text)
        subprocess.run([found, "-n", str(tmp_path / "script")], check=True, timeout=20)


def test_the_script_is_one_json_value_too_and_needs_no_journal(milepost: Milepost, tmp_path: Path) -> None:
    told = milepost("completion", "bash")
    assert told["shell"] == "bash"
    assert told["script"] == milepost.text("completion", "bash")
    assert not (tmp_path / "home").exists()
    assert "bash" in milepost.fails(2, "completion", "csh")
    assert milepost.fails(2, "completion")


def test_the_help_page_has_every_command_under_a_heading() -> None:
    grouped = [name for names in GROUPS.values() for name in names.split()]
    assert len(grouped) == len(set(grouped))
    assert {name for name in build() if not name.startswith("-")} - set(grouped) == {"admin", "serve", "verify"}
