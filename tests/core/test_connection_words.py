"""Settings and moments between a person and what they connect to."""

from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from milepost.cli.moments import moment
from milepost.cli.setting_words import Described, complete, read
from milepost.errors import InvalidInput

NOW = 1_800_000_000_000
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


class Part(Struct, frozen=True):
    name: str = ""


class Settings(Struct, frozen=True, kw_only=True):
    url: Annotated[str, Meta(description="Where to.")]
    days: int = 14
    share: float = 0.5
    loud: bool = False
    when: Literal["daily", "weekly"] = "daily"
    most: int | None = None
    ids: list[int] = []
    words: list[str] = []
    part: Part = Part()


def described(schema: dict[str, Any] | None = None) -> Described:
    if schema is not None:
        return Described(schema)
    found = msgspec.json.schema(Settings)
    others = found["$defs"]
    return Described({**others.pop("Settings"), "$defs": others})


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (0, "just now"),
        (-59_999, "just now"),
        (-MINUTE, "1 minute ago"),
        (-3 * HOUR - 5 * MINUTE, "3 hours ago"),
        (-2 * DAY, "2 days ago"),
        (5_000, "in a moment"),
        (90_000, "in 1 minute"),
        (DAY, "in 1 day"),
    ],
)
def test_a_moment_is_said_as_people_say_it(away: int, words: str) -> None:
    assert moment(NOW + away, NOW) == words
    assert moment(0, NOW) == "never"


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("url", "12", "12"),
        ("days", "12", 12),
        ("share", "0.25", 0.25),
        ("loud", "yes", True),
        ("loud", "off", False),
        ("when", "weekly", "weekly"),
        ("most", "3", 3),
        ("ids", "1, 2", [1, 2]),
        ("ids", "[1,2]", [1, 2]),
        ("words", "attic, cellar", ["attic", "cellar"]),
        ("part", '{"name": "x"}', {"name": "x"}),
    ],
)
def test_what_is_typed_becomes_what_the_setting_is(name: str, typed: str, value: Any) -> None:
    found = described().value(name, typed)
    assert (found, type(found)) == (value, type(value))


@given(st.text(max_size=20), st.sampled_from(Settings.__struct_fields__))
def test_whatever_is_typed_is_a_json_value_or_refused_by_name(typed: str, name: str) -> None:
    try:
        msgspec.json.encode(described().value(name, typed))
    except InvalidInput as error:
        assert f"`{name}` must be " in str(error)


def test_what_can_not_be_a_setting_is_refused_with_what_can() -> None:
    for name, typed, words in (
        ("days", "soon", "`days` must be whole number, not 'soon'"),
        ("loud", "7", "`loud` must be yes or no"),
        ("when", "hourly", "`when` must be one of daily, weekly"),
        ("ids", "1, x", "`ids` must be list"),
    ):
        with pytest.raises(InvalidInput, match=words):
            described().value(name, typed)


def test_a_secret_is_found_wherever_it_stands_and_never_taken_from_the_command() -> None:
    secret = {"type": "string", "format": "password", "writeOnly": True}
    schema = {
        "properties": {
            "plain": {"type": "string"},
            "token": {"anyOf": [secret, {"type": "null"}], "default": None},
            "login": {"$ref": "#/$defs/Login"},
        },
        "$defs": {"Login": {"properties": {"password": secret, "next": {"$ref": "#/$defs/Login"}}}},
        "required": ["login"],
    }
    one = described(schema)
    assert [name for name in one.fields if one.is_secret(name)] == ["token", "login"]
    for name in ("token", "login"):
        with pytest.raises(InvalidInput) as caught:
            read(one, [f"{name}=planted"])
        assert "planted" not in str(caught.value)
    with pytest.raises(InvalidInput, match=r"`login` is missing. Give it with `--set login=@FILE`"):
        complete(one, {})


def test_what_is_not_given_is_left_to_the_plugin() -> None:
    assert complete(described(), read(described(), ["url=x", "days="])) == {"url": "x"}
    assert read(described(), ["days="]) == {"days": None}
    with pytest.raises(InvalidInput, match=r"`url` is missing: Where to. Give it with `--set url=…`"):
        complete(described(), {})
    with pytest.raises(InvalidInput, match=r"There is no setting `colour`. There are: url, days"):
        read(described(), ["colour=red"])
