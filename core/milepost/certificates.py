"""Whose certificates are believed on the network."""

import functools
import ssl

import httpx


@functools.cache
def believed(url: str = "https:") -> ssl.SSLContext:
    """The authorities that are believed, as httpx has them (and `SSL_CERT_FILE` or `SSL_CERT_DIR`): read once, which takes
    longer than a request. For an address without TLS that is nobody, and nothing is read.
    """
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if url.startswith("http:") else httpx.create_ssl_context()
