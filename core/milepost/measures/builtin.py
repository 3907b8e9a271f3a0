"""The instruments that come with Milepost: how they are scored, and none of their words; reads its own data files only.

Item texts and labels of answers belong to whoever wrote them, and are never shipped here.
"""

import tomllib
from functools import cache
from importlib.resources import files

from milepost.measures.instruments import Instrument
from milepost.measures.reading import Source, Table
from milepost.measures.toml_files import read_instrument
from milepost.measures.toml_lines import key_lines

_FILES = ("gad-7.toml", "phq-9.toml")


@cache
def builtin_instruments() -> tuple[Instrument, ...]:
    """PHQ-9 and GAD-7 as scoring definitions, without wording, by id."""
    found = []
    for name in _FILES:
        text = (files("milepost") / "measures" / "data" / name).read_text(encoding="utf-8")
        found.append(read_instrument(Table(Source(name, key_lines(text)), tomllib.loads(text))))
    return tuple(found)
