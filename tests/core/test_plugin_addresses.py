"""Addresses as a person sets them: which are fit to be sent words and keys to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.plugin_api import flaw_of


@pytest.mark.parametrize(
    ("url", "flaw"),
    [
        ("https://goals.example.org", None),
        ("https://goals.example.org:8443/a?b#c", None),
        ("http://127.0.0.1:8000", None),
        ("http://192.168.1.4/dav", None),
        ("http://[fd00::1]/dav", None),
        ("http://cellar", None),
        ("http://cellar.local/r4", None),
        ("http://goals.example.org", "open"),
        ("http://93.184.216.34", "open"),
        ("https://robin:word@goals.example.org", "login"),
        ("http://robin@cellar", "login"),
        ("goals.example.org", "none"),
        ("ftp://goals.example.org", "none"),
        ("https://", "none"),
        ("https://goals.example.org/a b", "none"),
        ("https://goals.example.org:port", "none"),
        ("http://[::1", "none"),
        ("", "none"),
    ],
)
def test_what_is_wrong_with_an_address_is_said(url: str, flaw: str | None) -> None:
    assert flaw_of(url) == flaw


@given(st.text())
def test_whatever_is_typed_is_judged_and_raises_nothing(url: str) -> None:
    assert flaw_of(url) in {None, "none", "login", "open"}
    assert flaw_of(url) is not None or url.startswith(("http", "HTTP", "h", "H"))
