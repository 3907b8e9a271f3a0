"""A questionnaire about rest, and templates for goals that go with it: a plugin of data alone."""

from collections.abc import Sequence
from importlib.resources import files

from milepost.plugin_api import hookimpl

milepost_api = (1, 1)


def _text(name: str) -> str:
    return (files(__name__) / name).read_text(encoding="utf-8")


@hookimpl
def milepost_instruments() -> Sequence[str]:
    return [_text("rest.toml")]


@hookimpl
def milepost_templates() -> Sequence[str]:
    return [_text("resting.toml")]
