"""The ways between the parts: which of them nobody can read along, so that production may use them."""

from ipaddress import ip_address
from urllib.parse import parse_qsl, urlsplit

_CHECKED = frozenset({"verify-ca", "verify-full"})


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
