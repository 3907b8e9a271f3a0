"""What holds for the settings of every plugin, and settings made up for one that a test gives none."""

from typing import Any, ClassVar

import msgspec
from msgspec import Struct

from milepost.plugin_api import NoSettings
from milepost.plugin_settings import read, schema, secret_names, shown, written
from milepost.testing.findings import require, secrets_in


class SettingsConformance:
    """Settings can be described, kept, read back and shown, and nothing shows their secrets."""

    settings: ClassVar[Struct] = NoSettings()
    """Settings as somebody would have them; give each secret a value that is nowhere else."""

    def test_settings_come_back_as_they_were_written(self) -> None:
        kept = msgspec.json.decode(msgspec.json.encode(written(self.settings)))
        again = read(type(self.settings), kept)
        require(again == self.settings, f"Settings that were kept came back as {again!r}, not as {self.settings!r}.")

    def test_each_setting_says_what_it_is_for(self) -> None:
        for name, about in schema(type(self.settings))["properties"].items():
            said = about.get("description") or any("description" in one for one in about.get("anyOf", ()))
            require(
                bool(said),
                f'The setting `{name}` has no description: Annotated[…, Meta(description="What it is for.")].',
            )

    def test_no_text_of_the_settings_has_a_secret_in_it(self) -> None:
        cls, secrets = type(self.settings), secrets_in(self.settings)
        texts = [repr(self.settings), str(self.settings), str(schema(cls)), str(shown(cls, written(self.settings)))]
        for secret in secrets:
            require(
                not any(secret in text for text in texts),
                "A secret shows where settings are shown: it must be a `Secret`.",
            )

    def test_what_sounds_secret_is_a_secret(self) -> None:
        cls = type(self.settings)
        for name in set(schema(cls)["properties"]) - secret_names(cls):
            sounds = any(word in name.lower() for word in ("token", "password", "secret", "api_key", "apikey"))
            require(
                not sounds, f"The setting `{name}` sounds secret: make its type `Secret`, or call it something else."
            )


def made_up(cls: type[Struct], host: str = "service.example") -> Struct | None:
    """Settings for trying a plugin out: what has a default has it, the rest is made up; None where that does not work."""
    given: dict[str, Any] = {}
    for field in msgspec.structs.fields(cls):
        if not field.required:
            continue
        about = schema(cls)["properties"][field.encode_name]
        given[field.encode_name] = _made_up(field.encode_name, about, host)
    try:
        return read(cls, given)
    except Exception:  # noqa: BLE001 - settings may check themselves in any way
        return None


def _made_up(name: str, about: dict[str, Any], host: str) -> Any:
    if "enum" in about:
        return about["enum"][0]
    if about.get("type") in {"integer", "number"}:
        return about.get("minimum", 1)
    if about.get("type") == "boolean":
        return False
    if about.get("type") in {"array", "object"}:
        return [] if about["type"] == "array" else {}
    if about.get("writeOnly"):
        return "planted-secret-7d1f0c"
    return host if "host" in name else f"https://{host}/{name}"
