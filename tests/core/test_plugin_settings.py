"""Settings of plugins are read, described and shown, and what is secret in them is said by nobody."""

import json
import logging
import traceback
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from milepost.cli.settings import given as typed
from milepost.errors import InvalidInput
from milepost.plugin_api import NoSettings, Secret
from milepost.plugin_settings import (
    HIDDEN,
    MAX_SETTING,
    described,
    read,
    required,
    schema,
    secret_names,
    shown,
    written,
)

PLANTED = "hunter2-planted"


class Colour(Enum):
    TEAL = "teal"


class Account(Struct, frozen=True):
    name: str
    password: Secret


class Settings(Struct, frozen=True, kw_only=True):
    url: Annotated[str, Meta(description="Where to send it to.", pattern="^https://")]
    token: Annotated[Secret, Meta(description="What the other side calls an API key.")]
    old_token: Secret | None = None
    more_tokens: list[Secret] = []
    account: Account | None = None
    days: Annotated[int, Meta(ge=1, le=90)] = 30
    mode: Literal["fast", "slow"] = "fast"
    colour: Colour = Colour.TEAL
    loud: bool = False


SECRETS = {"token", "old_token", "more_tokens", "account"}
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["", "x", "7", "true", "fast", "teal"])
    | st.just(PLANTED),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "password"]), inner),
    max_leaves=6,
)
open_values = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["", "x", "7", "true", "fast", "teal"])
    | st.just("https://goals.example.org")
)


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(SECRETS, values)),
    st.fixed_dictionaries({}, optional=dict.fromkeys(set(Settings.__struct_fields__) - SECRETS, open_values)),
    st.booleans(),
)
def test_no_message_and_nothing_shown_ever_has_a_secret_in_it(
    secret: dict[str, Any], open_: dict[str, Any], texts: bool
) -> None:
    settings = {**open_, **secret}
    assert PLANTED not in json.dumps(shown(Settings, settings))
    try:
        found = read(Settings, settings, texts=texts)
    except InvalidInput as error:
        assert PLANTED not in "".join(traceback.format_exception(error))
        return
    assert PLANTED not in f"{found} {found!r} {msgspec.structs.asdict(found)} {vars(Secret)}"


def test_a_secret_is_printed_logged_and_encoded_by_nothing_and_given_to_who_asks(
    caplog: pytest.LogCaptureFixture,
) -> None:
    secret = Secret(PLANTED)
    logging.getLogger("test").warning("%s %r %s", secret, secret, [secret])
    assert caplog.messages == ["Secret(…) Secret(…) [Secret(…)]"]
    assert f"{secret} {secret!s}" == "Secret(…) Secret(…)"
    for encode in (msgspec.json.encode, json.dumps, msgspec.to_builtins):
        with pytest.raises(TypeError) as raised:
            encode(secret)
        assert PLANTED not in str(raised.value)
    assert secret.reveal() == PLANTED
    assert (secret == Secret(PLANTED), secret == PLANTED, bool(Secret(""))) == (True, False, False)


def test_settings_written_down_and_read_again_are_the_same() -> None:
    given_ = {"url": "https://goals.example.org", "token": PLANTED, "more_tokens": [PLANTED], "days": 7}
    found = read(Settings, given_)
    assert read(Settings, written(found)) == found
    assert written(found)["token"] == PLANTED


def test_what_was_typed_is_read_as_what_it_is_for() -> None:
    found = read(Settings, {"url": "https://a.example", "token": PLANTED, "days": "7", "loud": "true"}, texts=True)
    assert isinstance(found, Settings)
    assert (found.days, found.loud, found.token.reveal()) == (7, True, PLANTED)


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        ({"url": "https://a.example"}, "`token` is missing: What the other side calls an API key."),
        (
            {"urk": "x"},
            "There is no setting `urk`. There are: url, token, old_token, more_tokens, account, days, mode, colour, loud.",
        ),
        (
            {"url": "https://a.example", "token": "x", "days": 91},
            "These settings can't be used: Expected `int` <= 90 - at `$.days`",
        ),
        (
            {"url": "https://a.example", "token": 7},
            "These settings can't be used: Expected `str` - at `$.token`",
        ),
        (
            {"url": "https://a.example", "token": "x" * (MAX_SETTING + 1)},
            "`token` is longer than 20,000 characters.",
        ),
    ],
)
def test_settings_that_can_not_be_used_are_refused_with_what_is_wrong(given_: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        read(Settings, given_)
    assert str(raised.value) == words


def test_where_there_is_nothing_to_set_that_is_said() -> None:
    assert read(NoSettings, {}) == NoSettings()
    with pytest.raises(InvalidInput, match=r"There is no setting `a`\. There are: none\."):
        read(NoSettings, {"a": "b"})


def test_secrets_are_described_as_texts_to_write_only() -> None:
    properties = schema(Settings)["properties"]
    assert properties["token"] == {
        "type": "string",
        "format": "password",
        "writeOnly": True,
        "description": "What the other side calls an API key.",
    }
    assert (required(Settings), described(Settings, "url")) == (["url", "token"], "Where to send it to.")
    assert described(Settings, "loud") == "the plugin needs it."


def test_what_a_description_refers_to_is_in_it() -> None:
    named = {part.partition('"')[0] for part in json.dumps(schema(Settings)).split("#/$defs/")[1:]}
    assert named == set(schema(Settings)["$defs"]) == {"Account", "Colour"}


def test_secrets_are_known_wherever_they_stand() -> None:
    assert secret_names(Settings) == SECRETS
    assert shown(Settings, {"account": {"name": "x", "password": PLANTED}, "old_token": None, "days": 7}) == {
        "account": HIDDEN,
        "old_token": None,
        "days": 7,
    }


class Nested(Struct, frozen=True):
    inner: "Nested | None" = None
    key: Secret | None = None


def test_settings_within_themselves_are_looked_through_once() -> None:
    assert secret_names(Nested) == {"key"}


# As people type them


def test_settings_are_typed_as_key_and_value_or_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{PLANTED}\n")
    assert typed(["days=30", "base-url=a=b", f"token=@{tmp_path}/token", "empty="]) == {
        "days": "30",
        "base_url": "a=b",
        "token": PLANTED,
        "empty": "",
    }
    assert typed(None) == {}


def test_settings_typed_wrong_are_refused_without_saying_them_again(tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff" + PLANTED.encode())
    (tmp_path / "long").write_text(PLANTED * 10_000)
    for wrong, words in (
        ([PLANTED], "Write each setting as KEY=VALUE, as in `--set days=30`; KEY=@FILE reads it from a file."),
        ([f"={PLANTED}"], "Write each setting as KEY=VALUE, as in `--set days=30`; KEY=@FILE reads it from a file."),
        ([f"token={PLANTED}", f"token={PLANTED}"], "`token` is set twice."),
        ([f"token=@{tmp_path}/bytes"], f"`token` can't be read from {tmp_path}/bytes: "),
        ([f"token=@{tmp_path}/long"], f"{tmp_path}/long has more than 64 kB: that is no setting."),
        ([f"token=@{tmp_path}/none"], f"`token` can't be read from {tmp_path}/none: "),
    ):
        with pytest.raises(InvalidInput) as raised:
            typed(wrong)
        assert str(raised.value).startswith(words)
        assert PLANTED not in str(raised.value)


@pytest.mark.parametrize(
    ("said", "loud"), [("yes", True), ("No", False), ("true", True), ("FALSE", False), ("1", True), (" 0 ", False)]
)
def test_what_is_on_or_off_may_be_typed_as_people_say_it(said: str, loud: bool) -> None:
    settings = read(Settings, {"url": "https://goals.example.org", "token": "x", "loud": said}, texts=True)
    assert settings == Settings(url="https://goals.example.org", token=Secret("x"), loud=loud)


@pytest.mark.parametrize(
    ("name", "words"),
    [("loud", "`loud` is yes or no"), ("mode", "`mode` can be fast, slow"), ("colour", "`colour` can be teal")],
)
def test_what_a_setting_can_be_is_named_where_something_else_was_typed(name: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as refused:
        read(Settings, {"url": "https://goals.example.org", "token": "x", name: "maybe"}, texts=True)
    assert "maybe" not in str(refused.value)
