"""Ends with 0 if the service in this container is ready. It reads where that listens from the service's variables."""

from __future__ import annotations

import os
import ssl
import sys
from http.client import HTTPConnection, HTTPSConnection

HOST, SECONDS = "127.0.0.1", 2.0


def connection(told: os._Environ[str]) -> HTTPConnection:
    """A connection to the service, over TLS where it speaks that."""
    scheme, _, address = told.get("DULY_HTTP", "127.0.0.1:8080").rpartition("://")
    port = int(address.rpartition(":")[2])
    certificate = told.get("DULY_SERVER_CERTIFICATE")
    if certificate is None or scheme == "http":
        return HTTPConnection(HOST, port, timeout=SECONDS)
    # Trusted is what the service itself shows, whatever host that is for.
    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    # Where certificates are demanded the same will do, if the same authority signed it.
    context.load_cert_chain(certificate, told["DULY_SERVER_KEY"])
    return HTTPSConnection(HOST, port, timeout=SECONDS, context=context)


if __name__ == "__main__":
    asked = connection(os.environ)
    asked.request("GET", "/readyz")
    sys.exit(asked.getresponse().status != 200)
