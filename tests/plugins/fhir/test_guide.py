"""The guide's key is one that a server takes, and its rights are those that are asked for."""

import json
import re
import subprocess
import sys
from pathlib import Path

from milepost.plugin_api import Done, Secret
from milepost_fhir.settings import SCOPE
from milepost_fhir.signing_in import TOKENS
from tests.docs.console import Session, Step
from tests.plugins.fhir.keys import CLIENT
from tests.plugins.fhir.records import Connected
from tests.plugins.fhir.servers import FhirServer
from tests.plugins.fhir.test_import import GOAL, SEEN, file

GUIDE = (Path(__file__).parents[3] / "docs" / "fhir.md").read_text()


def test_the_key_that_the_guide_makes_is_let_in(server: FhirServer, tmp_path: Path) -> None:
    (block,) = re.findall(r"^ *```py\n(.*?)^ *```$", GUIDE, re.MULTILINE | re.DOTALL)
    code = "\n".join(line[3:] for line in block.splitlines())
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, timeout=60)
    assert (tmp_path / "fhir.key").stat().st_mode & 0o077 == 0
    keys = json.loads((tmp_path / "fhir.jwks.json").read_text())["keys"]
    assert not any("d" in key for key in keys), "the public half alone"
    server.rule(client={"id": CLIENT, "keys": keys, "scope": SCOPE, "lasts": 300})
    TOKENS.__init__()  # type: ignore[misc] - as in a new process
    key = Secret((tmp_path / "fhir.key").read_text())
    connected = Connected(server, client_id=CLIENT, key_id="milepost-1", private_key=key)
    assert set(map(type, connected.begin())) == {Done}


def test_a_file_of_others_comes_to_what_the_guide_shows(tmp_path: Path) -> None:
    (block,) = re.findall(r"^```text\n(\$ milepost import fhir clinic\.json.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    command, *printed = block.splitlines()
    session = Session(tmp_path)
    try:
        (session.folder / "clinic.json").write_bytes(file(GOAL, SEEN))
        session.run(Step("", command.removeprefix("$ "), printed))
    finally:
        session.close()


def test_the_rights_in_the_guide_are_those_that_are_asked_for() -> None:
    (named,) = re.findall(r"`(system/Patient\.cruds.*?)`", GUIDE, re.DOTALL)
    assert sorted(named.split()) == sorted(SCOPE.split())
