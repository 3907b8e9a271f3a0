"""The views of each version of the plugin API, as they were: a plugin that was written for one must find it again."""

from pathlib import Path
from typing import Any

import msgspec

from milepost.plugin_api import API_VERSION, KIND_NEEDS, SCOPE_OF, VIEWS, JournalView
from tests.docs.tables import said

FOLDER = Path(__file__).parent


def path_of(version: int) -> Path:
    """Where the views of a version are."""
    return FOLDER / f"{version}.json"


def described() -> dict[str, Any]:
    """The views as they are now: kind → its fields, each with its type, its default and its scope."""
    needs = {VIEWS[kind]: scope for kind, scope in KIND_NEEDS.items()}
    return {
        cls.__name__: {
            "needs": needs.get(cls),  # type: ignore[call-overload]
            "fields": {
                field.name: [said(field.type), repr(field.default), SCOPE_OF.get(cls, {}).get(field.name)]  # type: ignore[call-overload]
                for field in msgspec.structs.fields(cls)
            },
        }
        for cls in (JournalView, *VIEWS.values())
    }


def write_now() -> bool:
    """Writes the views of this version down, if they never were; what is there is never changed."""
    path = path_of(API_VERSION)
    if path.exists():
        return False
    path.write_bytes(msgspec.json.format(msgspec.json.encode(described()), indent=1) + b"\n")
    return True
