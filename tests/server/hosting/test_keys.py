"""What seals the secrets of plugins, and changing it: nothing opens elsewhere, nothing is lost, nothing stands still."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.errors import StorageDamaged
from milepost.plugin_api import Answer, Change, Context, Done
from milepost_server.hosting import changing_keys
from milepost_server.hosting.changing_keys import Sealed, all_sealed
from milepost_server.hosting.keyring import KEY_FILE, Keyring, new_key, read_keys, sealed_by, write_keys
from tests.processes import Home, ServerProcess, run, serving
from tests.server.hosting.conftest import Stage
from tests.server.hosting.world import Settings, World, bringing, connector

texts = st.text(max_size=200)
places = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20), min_size=1, max_size=3)


@pytest.fixture(scope="module")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    return Keyring(tmp_path_factory.mktemp("keys"))


@given(texts, places)
def test_what_was_sealed_opens(keyring: Keyring, text: str, place: list[str]) -> None:
    sealed = keyring.seal(text, *place)
    assert keyring.open(sealed, *place) == text
    assert keyring.seal(text, *place) != sealed, "what is the same does not look the same"


@given(texts, places, places)
def test_nothing_opens_in_another_place(keyring: Keyring, text: str, place: list[str], other: list[str]) -> None:
    if place != other:
        with pytest.raises(StorageDamaged, match="can't be opened"):
            keyring.open(keyring.seal(text, *place), *other)


@given(texts, st.data())
def test_nothing_opens_that_was_changed(keyring: Keyring, text: str, data: st.DataObject) -> None:
    sealed = keyring.seal(text, "here")
    at = data.draw(st.integers(0, len(sealed) - 1))
    changed = sealed[:at] + data.draw(st.characters().filter(lambda c: c != sealed[at])) + sealed[at + 1 :]
    try:
        assert keyring.open(changed, "here") == text, "base64 has bits that say nothing"
        assert at >= len(sealed) - 4
    except StorageDamaged:
        pass


@given(st.text())
def test_garbage_is_told_as_such(keyring: Keyring, garbage: str) -> None:
    for sealed in (garbage, f"{keyring.read()[0]}.{garbage}"):
        with pytest.raises(StorageDamaged):
            keyring.open(sealed, "here")


def test_the_file_counts_as_it_is_now(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path)
    before = keyring.seal("words", "here")
    fresh = new_key()
    write_keys(tmp_path, [fresh, *read_keys(tmp_path)])
    assert sealed_by(keyring.seal("words", "here")) == fresh.id
    assert keyring.open(before, "here") == "words"
    (tmp_path / KEY_FILE).write_text("not keys")
    assert keyring.open(before, "here") == "words", "what was read before serves on"
    with pytest.raises(StorageDamaged, match="Put back a copy"):
        keyring.read()
    write_keys(tmp_path, [fresh])
    with pytest.raises(StorageDamaged, match="All servers on one database need the same"):
        keyring.open(before, "here")


class Remembering:
    """What a connector kept that counts each thing's pushes in its state."""

    def __init__(self, stage: Stage, world: World, things: int) -> None:
        self.stage, self.world = stage, world
        self.seen: dict[str, int] = {}

        async def push(of: Any, changes: Sequence[Change], context: Context[Settings]) -> Sequence[Answer]:
            assert context.settings.token.reveal() == "planted-secret"
            for change in changes:
                context.state[change.id] = context.state.get(change.id, 0) + 1
            self.seen = {name: context.state[name] for name in context.state}
            return [Done() for _ in changes]

        stage.installed(world=bringing(connector(world, push=push, max_batch=50)))
        self.goals = [stage.make("goals", title=f"Walk {n}") for n in range(things)]
        stage.connect()
        stage.run()

    def again(self) -> dict[str, int]:
        """What is kept after each thing changed once more."""
        for goal in self.goals:
            self.stage.revise("goals", goal, title=f"again {len(self.seen)} {self.seen.get(goal)}")
        self.stage.run()
        return self.seen


def asked(stage: Stage, name: str, status: int = 200, **body: Any) -> Any:
    response = stage.api.client.post(f"/v1/admin/{name}", headers={"x-milepost-admin-key": "the key"}, json=body)
    assert response.status_code == status, response.text
    return response.json()


def sealed_texts(stage: Stage) -> list[Sealed]:
    async def found() -> list[Sealed]:
        return [one async for page in all_sealed(stage.services.database) for one in page]

    listed: list[Sealed] = stage.api.run(found())
    return listed


def test_keys_change_while_connectors_go_on(stage: Stage, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changing_keys, "PAGE", 4)
    kept = Remembering(stage, world, 9)
    assert set(kept.seen.values()) == {1}
    (old,) = asked(stage, "key-list")["keys"]
    assert (old["seals"], old["sealed"]) == (True, 10)
    fresh = asked(stage, "key-add")["id"]
    assert set(kept.again().values()) == {2}
    assert {sealed_by(one.text) for one in sealed_texts(stage)} == {old["id"]}, "it does not seal until it is told to"
    assert asked(stage, "key-use", id=fresh) == {"texts": 10}
    assert {sealed_by(one.text) for one in sealed_texts(stage)} == {fresh}
    assert asked(stage, "key-use", id=fresh) == {"texts": 0}
    assert asked(stage, "key-drop", id=old["id"]) == {"id": old["id"]}
    assert asked(stage, "key-list")["keys"] == [{"id": fresh, "seals": True, "sealed": 10}]
    assert set(kept.again().values()) == {3}


def test_what_can_not_be_done_to_keys_is_said(stage: Stage, world: World, tmp_path: Path) -> None:
    Remembering(stage, world, 1)
    (old,) = asked(stage, "key-list")["keys"]
    words = asked(stage, "key-drop", 400, id=old["id"])["detail"]
    assert "is the one that seals" in words
    for name in ("key-use", "key-drop"):
        assert f"There are: {old['id']}" in asked(stage, name, 404, id="moon")["detail"]
    write_keys(tmp_path, [new_key(), *read_keys(tmp_path)])
    assert "2 texts are sealed by the key" in asked(stage, "key-drop", 400, id=old["id"])["detail"]
    write_keys(tmp_path, [new_key()])
    assert [(one["id"] == old["id"], one["sealed"]) for one in asked(stage, "key-list")["keys"]] == [
        (False, 0),
        (True, 2),
    ]


def test_one_that_does_not_open_keeps_none_of_the_others(stage: Stage, world: World) -> None:
    Remembering(stage, world, 5)
    harmed = next(one for one in sealed_texts(stage) if one.name)
    changed = harmed.text[:-8] + "AAAAAAA="
    stage.api.run(stage.services.database.write(changing_keys._reseal([(harmed, changed)])))
    fresh = asked(stage, "key-add")["id"]
    assert "1 sealed texts do not open" in asked(stage, "key-use", 500, id=fresh)["detail"]
    assert sorted(sealed_by(one.text) == fresh for one in sealed_texts(stage)) == [False] + [True] * 5


def test_what_is_kept_meanwhile_is_not_written_over(stage: Stage, world: World) -> None:
    Remembering(stage, world, 2)
    one = next(one for one in sealed_texts(stage) if one.name)
    keyring = stage.services.keyring
    newer = keyring.seal("2", *one.place)
    database = stage.services.database
    stage.api.run(database.write(changing_keys._reseal([(one, newer)])))
    assert stage.api.run(database.write(changing_keys._reseal([(one, keyring.seal("1", *one.place))]))) == 0
    assert newer in [now.text for now in sealed_texts(stage)]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "laptop")


def test_by_hand_with_a_server_and_without(tmp_path: Path, home: Home) -> None:
    def keys(*words: str, expect: int = 0) -> str:
        return run(None, "admin", "keys", *words, "--data", str(tmp_path / "data"), expect=expect)

    def status() -> str:
        return str(home("connection", "show", "webhook")["connection"]["status"])

    with serving(tmp_path / "data") as server:
        pair_and_connect(server, home)
        old = json.loads(keys("list", "--json"))
        assert [(key["seals"], key["sealed"]) for key in old] == [(True, 1)]
        fresh = json.loads(keys("add", "--json"))["id"]
        assert "milepost admin keys use" in keys("add")
        assert f"{fresh} seals now. Sealed anew: 1." in keys("use", fresh)
        assert fresh in keys("list")
        assert status() == "active"
        server.stop()
        assert f"{old[0]['id']} is left out" in keys("drop", old[0]["id"])
        assert "is the one that seals" in keys("drop", fresh, expect=2)
        assert [key["sealed"] for key in json.loads(keys("list", "--json"))] == [1, 0]
        server.start()
        assert status() == "active"
        (server.data / KEY_FILE).write_text("not keys")
        assert "Put back a copy of it" in keys("list", expect=7)


def pair_and_connect(server: ServerProcess, home: Home) -> None:
    home("goal", "add", "Walk")
    home("pair", server.url, server.code())
    home("sync")
    home("connection", "add", "webhook", "--set", "url=https://example.invalid/hook", "--discreet")
