"""An instrument out of a file that a person brings, as bytes; bounded whatever they hold. Knows formats, and no folder."""

import re
import tomllib

import msgspec
from msgspec.structs import replace

from milepost.errors import InvalidInput
from milepost.measures.builtin import builtin_instruments
from milepost.measures.fhir import read_questionnaire, worded_by
from milepost.measures.instruments import Instrument
from milepost.measures.json_lines import value_lines
from milepost.measures.reading import Source, Table
from milepost.measures.toml_files import ID_PATTERN, WORDING_KEYS, read_instrument, read_items
from milepost.measures.toml_lines import MAX_DEPTH, TooDeep, key_lines

MAX_BYTES = 1024 * 1024

Place = tuple[str, str]
"""Where (`, line 3`, or nothing if that is not known), and what is wrong there."""


def load_instrument(data: bytes, name: str) -> Instrument:
    """The instrument in a file: TOML of Milepost's own schema (see `toml_files`), or a FHIR R4 Questionnaire in JSON.

    One with the id of a built-in instrument is that instrument with the file's wording. `name` is the file's, for
    messages, and for the id of a Questionnaire that has none. At most 1 MiB, 200 items, 20 answers to each, nesting of
    10, and 2,000 characters in a text.

    Raises:
        InvalidInput: names the file, the line and what is wrong.
    """
    if len(data) > MAX_BYTES:
        raise InvalidInput(f"{name} is larger than 1 MiB, and no form is. Choose another file.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidInput(f"{name}, line {line}: this is not text (UTF-8). Save it as UTF-8 and try again.") from error
    if is_json(data, name):
        return _load_questionnaire(text, name)
    return _load_toml(text, name)


def is_json(data: bytes, name: str) -> bool:
    """Whether a file is read as JSON (and else as TOML): by its name, or by how it begins, as no TOML does."""
    return name.lower().endswith(".json") or data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def _built_in(id: str) -> Instrument | None:  # noqa: A002 - it is what files call it
    return next((known for known in builtin_instruments() if known.id == id), None)


def _load_questionnaire(text: str, name: str) -> Instrument:
    try:
        value = msgspec.json.decode(text)
    except RecursionError as error:
        raise InvalidInput(f"{name}: this is nested too deep for a form. Choose another file.") from error
    except (msgspec.DecodeError, ValueError) as error:
        line, words = _json_place(text, str(error))
        raise InvalidInput(f"{name}{line}: this is not JSON ({words}). Put it right and try again.") from error
    table = Table(Source(name, value_lines(text)), value)
    found = read_questionnaire(table, name.rpartition(".")[0] or name)
    base = _built_in(found.id)
    return worded_by(base, found, table) if base else found


def _json_place(text: str, words: str) -> Place:
    at = re.search(r" \(byte (\d+)\)", words)
    line = f", line {text.encode()[: int(at[1])].count(10) + 1}" if at else ""
    return line, re.sub(r" \(byte \d+\)", "", words).removeprefix("JSON is malformed: ")


def _load_toml(text: str, name: str) -> Instrument:
    text = text.replace("\r\n", "\n")
    try:
        lines = key_lines(text)
        value = tomllib.loads(text)
    except TooDeep as error:
        words = f"this is nested too deep: {MAX_DEPTH} is the most I take."
        raise InvalidInput(f"{name}, line {error.line}: {words}") from error
    except (ValueError, RecursionError) as error:
        line, words = _toml_place(text, str(error))
        raise InvalidInput(f"{name}{line}: this is not TOML ({words}). Put it right and try again.") from error
    table = Table(Source(name, lines), value)
    found = table.need_text("id", 100)
    base = _built_in(found)
    if base is not None:
        table.only(WORDING_KEYS, f"can't change {base.title}, which is built in: a file brings its wording only")
        return replace(base, items=read_items(table, base), prompt=table.text("prompt"), licence=table.text("licence"))
    if not re.fullmatch(ID_PATTERN, found):
        words = "must begin with a small letter or a digit, and go on with these, `-`, `_` or `.`; at most 64."
        raise table.wrong("id", words)
    return read_instrument(table)


def _toml_place(text: str, words: str) -> Place:
    """The parser says `… (at line 3, column 7)` or `(at end of document)`; of a number with no end it says no place."""
    at = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", words)
    if at is None:
        return "", "a number in it has too many digits"
    return f", line {at[1] or text.rstrip(chr(10)).count(chr(10)) + 1}", words[: at.start()]
