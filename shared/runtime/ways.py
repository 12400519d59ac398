"""The ways between the parts: which of them nobody can read along, so that production may use them."""

import re
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

_CHECKED = frozenset({"verify-ca", "verify-full"})
_LAST_PORT = 65_535
_ADDRESS = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\s:,/@\[\]]+)(?::(?P<port>[0-9]{1,5}))?")


def is_loopback(host: str) -> bool:
    """Whether a host, as a URL names it, is the machine that asks."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_safe_url(url: str) -> bool:
    """Whether what comes from there can be believed: over https, or from this machine itself."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def is_safe_database(url: str) -> bool:
    """Whether a PostgreSQL URL leads to this machine, or over TLS to a server whose certificate is checked."""
    parts = urlsplit(url)
    words = parse_qsl(parts.query)
    hosts = [parts.hostname or "", *(value for word, value in words if word == "host")]
    are_local = all(not host or host.startswith("/") or is_loopback(host.partition(":")[0]) for host in hosts)
    return are_local or dict(words).get("sslmode") in _CHECKED


def are_here(addresses: str) -> bool:
    """Whether all of some addresses, "host:port,…", are of this machine."""
    return all(is_loopback(each.strip().rpartition(":")[0].strip("[]")) for each in addresses.split(","))


def demand_addresses(addresses: str) -> None:
    """Raise `ValueError` where something is not what it should be: "host:port,…", a port from 1 to 65535.

    >>> demand_addresses("kafka-1:9092, [::1]:9093")
    """
    for each in addresses.split(","):
        found = _ADDRESS.fullmatch(each.strip())
        if found is None or not 1 <= int(found["port"] or 1) <= _LAST_PORT:
            raise ValueError(f"{each.strip()!r} is no broker; brokers are host:port,host:port")


def demand_database_url(url: str) -> None:
    """Raise `ValueError`, which does not show the URL and the password in it, where it cannot be read."""
    try:
        port = make_url(url).port
    except (ArgumentError, ValueError):
        port = -1
    if port is not None and not 1 <= port <= _LAST_PORT:
        raise ValueError("no URL of a database; one is postgresql://user:password@host:5432/name")
