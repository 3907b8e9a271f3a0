"""Settings of a plugin: a msgspec Struct, each field with a description, some of them secret.

class Settings(Struct, frozen=True, kw_only=True):
url: Annotated[str, Meta(description="Where to send it to.")]
token: Annotated[Secret, Meta(description="What the other side calls an API key.")]
"""

from msgspec import Meta, Struct

from milepost.plugin_api.views import Kind

NAMES = "x-milepost-names"
"""The word in a JSON Schema for the kinds of things that a setting may name."""


def names(*kinds: Kind) -> Meta:
    """Marks a text as the name of something in the journal, which a person chooses, or types by its title or the beginning
    of its id; the plugin is given its id. In a list of texts each is then like `yoga=Stretch`, and comes as `yoga=` and the id.
    """
    return Meta(extra_json_schema={NAMES: list(kinds)})


class Secret:
    """A text that nothing prints: not a log, not an error, not an export. `reveal()` is the way to it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself; hand it to what needs it, and to nothing else."""
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__


class NoSettings(Struct, frozen=True):
    """There is nothing to set."""
