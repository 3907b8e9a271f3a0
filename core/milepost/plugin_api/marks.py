"""Marks: names in what a connector keeps that say one thing of one entity, without a word; so they outlive all the rest."""

import re
from typing import Any

from milepost.errors import PluginFailed
from milepost.plugin_api.views import VIEWS

MARK = "mark "
_FORM = re.compile(
    rf"{MARK}({'|'.join(VIEWS)}) [0-9a-f]{{8}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{12}}"
    r"( \d{4}-\d{2}-\d{2})?",
    re.ASCII,
)


def check_mark(name: str, value: Any) -> None:
    """Refuses what is called a mark and could have words in it.

    Raises:
        PluginFailed: says what it may be.

    """
    if name.startswith(MARK) and (value is not True or _FORM.fullmatch(name) is None):
        raise PluginFailed(
            f"A key of `context.state` that begins with `{MARK}` stays where the rest is emptied, so it is a kind and an id, "
            "with a day behind if need be, and its value is True."
        )
