"""What every answer tells a browser: nothing of an API is a page, and no other site may use it.

CORS is closed: no answer ever allows another origin, so there is nothing to configure.
"""

from types import MappingProxyType
from typing import Final, Protocol

ALWAYS: Final = MappingProxyType(
    {
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
    }
)
NOT_A_PAGE: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
DOCUMENTS: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""Of /docs, a page with scripts: all of them, and whatever they ask, are of this service. Its style sheet holds small
pictures.
"""
BY_TLS: Final = "max-age=31536000"


class Settable(Protocol):
    """Headers that are being written."""

    def setdefault(self, key: str, value: str, /) -> str:
        """Set what is not set yet."""
        ...


def dress(headers: Settable, *, path: str, is_secure: bool) -> None:
    """Add what an answer does not say by itself: a page has a policy of its own."""
    for name, value in ALWAYS.items():
        headers.setdefault(name, value)
    headers.setdefault("content-security-policy", DOCUMENTS if path == "/docs" else NOT_A_PAGE)
    headers.setdefault("cache-control", "no-store")
    if is_secure:
        headers.setdefault("strict-transport-security", BY_TLS)
