"""Whether a server can do what is needed, by what it says of itself, in plain words; and whether it lets this program in.

https://hl7.org/fhir/R4/http.html#capabilities. Only what is written down there is judged: servers do more than they say,
and what they then refuse is told when it happens.
"""

from milepost.plugin_api import PluginFailed
from milepost_fhir.connection import Server
from milepost_fhir.reading import Capability, Rest, read
from milepost_fhir.settings import RESOURCES, ServerSettings

_NONE = (404, 410)
R4 = ("4.0", "4.3")
"""What begins so: R4, and R4B, in which the resources that are written are the same."""


async def check(server: Server, settings: ServerSettings) -> str:
    """What was found; changes nothing there.

    Raises:
        PluginFailed: it can't be used; says what is missing.

    """
    said = await server.get("metadata", signed=False, expect=(401, 403, *_NONE))
    if said.status in {401, 403}:  # most tell everybody
        said = await server.get("metadata", expect=_NONE)
    if said.status in _NONE:
        raise PluginFailed(
            f"There is no FHIR server at this address ({said.status}). See to `url`: many end in /fhir, /r4 or /fhir/R4, and "
            "what it says of itself is at `metadata` below it."
        )
    told = read(said.body, Capability)
    if not told.fhirVersion.startswith(R4):
        version = told.fhirVersion[:20] or "a version that it does not name"
        raise PluginFailed(f"The server speaks FHIR {version}, and R4 (4.0.1) is needed: ask for its address for R4.")
    rest = next((one for one in told.rest if one.mode == "server"), None)
    if rest is None:
        raise PluginFailed("The server says nothing of what it does over HTTP (`rest`), so nothing can be sent there.")
    _check(rest)
    wanted = settings.patient or "Goal?_count=1"
    if (await server.get(wanted, expect=_NONE)).status >= 400:
        raise PluginFailed(
            f"There is no {settings.patient} there: see to `patient`." if settings.patient else "No Goals."
        )
    missing = sorted(set(RESOURCES) - {one.type for one in rest.resource})
    without = f" It does not take: {', '.join(missing)}; that stays here." if missing else ""
    whom = f"It is about {settings.patient}" if settings.patient else "It is about a record of its own without a name"
    return (
        f"The server answers, with FHIR {told.fhirVersion[:20]}, transactions and conditional updates. {whom}.{without}"
    )


def _check(rest: Rest) -> None:
    if "transaction" not in {one.code for one in rest.interaction}:
        raise PluginFailed("The server takes no transactions, which are needed so that nothing is there by half.")
    types = {one.type: one for one in rest.resource}
    if "Goal" not in types:
        raise PluginFailed("The server takes no Goals, so there is nothing to carry there.")
    without = sorted(name for name in RESOURCES if name in types and not types[name].conditionalUpdate)
    if without:
        raise PluginFailed(
            f"The server makes no conditional updates of {', '.join(without)}: sent twice, things would be there twice."
        )
    if any(types[name].versioning == "no-version" for name in RESOURCES if name in types):
        raise PluginFailed("The server keeps no versions, so what others write there could be written over unseen.")
