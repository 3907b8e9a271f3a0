"""Makes the files of a new plugin from a name and a kind; pure, but for the templates, which come with the package."""

import json
import keyword
import re
import unicodedata
from importlib import resources
from string import Template
from typing import NamedTuple

from milepost.errors import InvalidInput
from milepost.events.letters import check_letters
from milepost.plugin_api import API_VERSION

KINDS = {
    "exporter": "writes a journal in a format of its own",
    "connector": "carries a journal to a service, and back",
    "inbox": "takes in what another program sends",
    "importer": "reads a file of another program",
    "notifier": "tells people something where they look",
}
"""Kind of plugin → what it does."""
MAX_KEY = 40
MAX_NAME = 100

_SPELLED = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa", "œ": "oe", "ł": "l"}
)


class Names(NamedTuple):
    """What a plugin is called: by people, in commands, as a distribution, as a module, and its class."""

    title: str
    key: str
    distribution: str
    module: str
    class_name: str


def names_of(name: str, kind: str) -> Names:
    """What a plugin of this name is called everywhere.

    Raises:
        InvalidInput: no module can be called so.
    """
    check_letters("The name", name, lines=False)
    title = " ".join(name.split())
    if len(title) > MAX_NAME:
        raise InvalidInput(f"That name has {len(title)} letters: {MAX_NAME} are the most.")
    letters = unicodedata.normalize("NFC", title).lower().translate(_SPELLED)
    ascii_ = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", ascii_)
    if words[:1] == ["milepost"] and len(words) > 1:
        words = words[1:]
    if not words:
        raise InvalidInput(
            f"{name!r} makes no name of a Python module: it needs letters from a to z, or digits, as in 'Sleep diary'."
        )
    slug = "-".join(words)
    key = slug if slug[0].isalpha() else f"{kind}-{slug}"
    if len(key) > MAX_KEY:
        raise InvalidInput(
            f"{name!r} becomes `{key}`, and commands take {MAX_KEY} letters at most: find a shorter name."
        )
    module = f"milepost_{'_'.join(words)}"
    if not module.isidentifier() or keyword.iskeyword(module):
        raise InvalidInput(f"{name!r} becomes `{module}`, which is no name of a Python module: find another.")
    camel = "".join(word.capitalize() for word in key.split("-"))
    suffix = kind.capitalize()
    class_name = camel if camel.endswith(suffix) and camel != suffix else f"{camel}{suffix}"
    return Names(title, key, f"milepost-{slug}", module, class_name)


def files_of(names: Names, kind: str) -> dict[str, str]:
    """Path → text of every file of a new plugin."""
    fields = {
        **names._asdict(),
        "about": f"it {KINDS[kind]}.",
        "description": _quoted(f"{names.title}: a Milepost plugin that {KINDS[kind]}."),
        "title_text": _quoted(names.title),
        "api_version": str(API_VERSION),
    }

    def filled(template: str) -> str:
        text = (resources.files("milepost.kit") / "scaffold" / f"{template}.tmpl").read_text("utf-8")
        return Template(text).substitute(fields)

    return {
        "pyproject.toml": filled("pyproject"),
        "README.md": filled("readme"),
        f"{names.module}/__init__.py": filled(kind),
        f"{names.module}/py.typed": "",
        f"tests/test_{names.module}.py": filled(f"test_{kind}"),
    }


def _quoted(text: str) -> str:
    """A text as Python and TOML both write it."""
    return json.dumps(text, ensure_ascii=False)
