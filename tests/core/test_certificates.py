"""Whose certificates are believed: the authorities for an address with TLS, nobody for one without."""

import ssl

from milepost.certificates import believed


def test_authorities_are_read_once_and_names_are_checked() -> None:
    found = believed()
    assert found is believed()
    assert (found.verify_mode, found.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert believed("https://milepost.example").get_ca_certs()


def test_an_address_without_tls_needs_nobody() -> None:
    found = believed("http://127.0.0.1:8000")
    assert (found.verify_mode, found.get_ca_certs()) == (ssl.CERT_REQUIRED, [])
