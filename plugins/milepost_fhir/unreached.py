"""That a FHIR server is away, in words for people; knows no request. Each is the error of httpx that it was as well.

So whoever looks for those finds them, and a host tells the words without the name of a class of Python's.
"""

import httpx

from milepost.plugin_api import PluginFailed


class Unreached(PluginFailed, httpx.ConnectError):
    """Nobody could be spoken to."""


class Silent(PluginFailed, httpx.ReadTimeout):
    """No answer came in time."""


class BrokenOff(PluginFailed, httpx.NetworkError):
    """The connection ended in between."""


def in_words(error: httpx.TransportError | TimeoutError, host: str) -> PluginFailed:
    """What to raise in the place of an error on the way to a host."""
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return Unreached(f"The FHIR server at {host} can't be reached: {_why(str(error))}")
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return Silent(f"The FHIR server at {host} took too long to answer.")
    return BrokenOff(f"The FHIR server at {host} disconnected before it had answered.")


def _why(said: str) -> str:
    if said.startswith("There is no host"):
        return "there is no such host. See to `url`."
    if "CERTIFICATE_VERIFY_FAILED" in said:
        return "its certificate is not one to be trusted. Who runs it has to see to that."
    if "SSL" in said:
        return "it does not speak https there. See to `url`."
    return "nothing answers there. See to `url`, or to whether the server is up."
