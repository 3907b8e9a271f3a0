"""Settings of what a connection is to, between a person and a JSON Schema: what is typed becomes what the schema wants, and
what is missing is asked for. Knows no plugin and no server.
"""

import getpass
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from milepost.cli.settings import given
from milepost.cli.show import escape
from milepost.cli.terminal import terminal
from milepost.errors import InvalidInput

_MADE = {"integer": (int,), "number": (int, float), "object": (dict,)}
_TRUE, _FALSE = {"yes", "true", "on", "y"}, {"no", "false", "off", "n"}


class Described:
    """The settings that a JSON Schema describes."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._defs: Mapping[str, Any] = schema.get("$defs", {})
        self.fields: Mapping[str, Any] = schema.get("properties", {})
        self.required: Sequence[str] = schema.get("required", [])

    def check_known(self, names: Iterable[str]) -> None:
        """Refuses a setting that there is not.

        Raises:
            InvalidInput: names those there are.

        """
        if unknown := sorted(set(names) - set(self.fields)):
            raise InvalidInput(f"There is no setting `{unknown[0]}`. There are: {', '.join(self.fields) or 'none'}.")

    def is_secret(self, name: str) -> bool:
        """Whether a setting is secret, or has a secret somewhere in it."""
        return self._has_secret(self.fields[name], frozenset())

    def _has_secret(self, about: Any, within: frozenset[str]) -> bool:
        if isinstance(about, list):
            return any(self._has_secret(part, within) for part in about)
        if not isinstance(about, dict):
            return False
        if about.get("writeOnly") is True:
            return True
        ref = str(about.get("$ref", "")).rpartition("/")[2]
        if ref and ref not in within and self._has_secret(self._defs.get(ref), within | {ref}):
            return True
        return any(self._has_secret(part, within) for part in about.values())

    def about(self, name: str) -> str:
        """What a setting is for, in the author's words."""
        field = self.fields[name]
        return str(field.get("description") or field.get("title") or "")

    def form(self, name: str) -> str:
        """What may be given, in a word or two."""
        kinds = self._kinds(self.fields[name])
        choices = [str(value) for kind in kinds for value in kind.get("enum", [])]
        if choices:
            return f"one of {', '.join(choices)}"
        words = {"string": "text", "integer": "whole number", "boolean": "yes or no", "array": "list", "null": ""}
        found = [words.get(str(kind.get("type")), str(kind.get("type") or "JSON")) for kind in kinds]
        return " or ".join(dict.fromkeys(word for word in found if word))

    def default(self, name: str) -> Any:
        """What counts where nothing is said, or None."""
        return self.fields[name].get("default")

    def _kinds(self, about: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        if "$ref" in about:
            about = self._defs.get(str(about["$ref"]).rpartition("/")[2], {})
        return [part for one in about["anyOf"] for part in self._kinds(one)] if "anyOf" in about else [about]

    def value(self, name: str, text: str) -> Any:
        """The JSON value of what a person typed.

        Raises:
            InvalidInput: it is none of what the setting may be.

        """
        return self._value(name, self._kinds(self.fields[name]), text)

    def _value(self, name: str, kinds: Sequence[Mapping[str, Any]], text: str) -> Any:
        for kind in kinds:
            for choice in kind.get("enum", []):
                if str(choice) == text:
                    return choice
        for kind in sorted(kinds, key=lambda one: one.get("type") == "string"):
            match kind.get("type"):
                case "boolean" if text.lower() in _TRUE | _FALSE:
                    return text.lower() in _TRUE
                case "integer" | "number" | "object" if type(found := _json(text)) in _MADE[kind["type"]]:
                    return found
                case "array":
                    return self._list(name, kind, text)
                case "string" | None if "enum" not in kind:
                    return text
        raise InvalidInput(f"`{name}` must be {self.form(name)}, not {'that' if self.is_secret(name) else repr(text)}.")

    def _list(self, name: str, kind: Mapping[str, Any], text: str) -> Any:
        found = _json(text) if text.lstrip().startswith("[") else None
        if isinstance(found, list):
            return found
        of = self._kinds(kind.get("items") or {})
        return [self._value(name, of, part.strip()) for part in text.split(",") if part.strip()]


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None


def read(described: Described, typed: Sequence[str] | None) -> dict[str, Any]:
    """Setting → JSON value, of what follows each `--set`; None, after `KEY=`, is for what it is by default. At a terminal
    `KEY` alone is asked for.

    Raises:
        InvalidInput: one can't be used, or is a secret that others could have seen.

    """
    bare = [one for one in typed or () if "=" not in one] if terminal.interactive else []
    named = [name.strip().replace("-", "_") for name in bare]
    written = [one for one in typed or () if one not in bare]
    described.check_known([*named, *(one.partition("=")[0].strip().replace("-", "_") for one in written if "=" in one)])
    for one in written:
        name, equals, text = one.partition("=")
        name = name.strip().replace("-", "_")
        if equals and text and not text.startswith("@") and described.is_secret(name):
            raise InvalidInput(
                f"`{name}` is a secret, and what is typed in a command is seen in the shell's history and in lists of "
                f"processes. Write it to a file and give `--set {name}=@FILE`, or leave it out: at a terminal you are asked."
            )
    found = {name: described.value(name, text) if text else None for name, text in given(written).items()}
    return found | {name: ask(described, name) for name in named}


def complete(described: Described, found: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with what the person adds at a terminal; those that are left at their defaults are left out.

    Raises:
        InvalidInput: one that is needed is missing, and nobody is there to be asked.

    """
    settings = {name: value for name, value in found.items() if value is not None}
    for name in described.fields:
        if name in found:
            continue
        if terminal.interactive:
            value = ask(described, name)
            if value is not None:
                settings[name] = value
        if name in described.required and name not in settings:
            raise InvalidInput(_missing(described, name))
    for name in described.required:
        if name not in settings:
            raise InvalidInput(_missing(described, name))
    return settings


def _missing(described: Described, name: str) -> str:
    about = described.about(name)
    how = f"--set {name}=@FILE" if described.is_secret(name) else f"--set {name}=…"
    return f"`{name}` is missing{f': {about.rstrip(chr(46))}' if about else ''}. Give it with `{how}`."


def ask(described: Described, name: str) -> Any:
    """A setting as the person says; None where they leave it at its default. What can't be used is asked again."""
    secret, default = described.is_secret(name), described.default(name)
    about = escape(described.about(name) or described.form(name))
    if name in described.required:
        more = "" if not secret else " [dim](it is not shown)[/]"
    elif secret:
        more = " [dim](it is not shown; Enter leaves it)[/]"
    else:
        more = f" [dim](Enter for {escape(_said(default))})[/]"
    question = f"{escape(name)}: {about}{more}"
    while True:
        text = _hidden(question) if secret else terminal.ask(question)
        if not text:
            return None
        try:
            return described.value(name, text)
        except InvalidInput as error:
            terminal.console().print(str(error), markup=False)


def _said(value: Any) -> str:
    if value is None or value in ("", []):
        return "none"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _hidden(question: str) -> str:
    terminal.console().print(question)
    try:
        return getpass.getpass("> ").strip()
    except EOFError:
        return ""
