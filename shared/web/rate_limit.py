"""How often an address may call without a token, and a caller with one: so many at once, then at an even pace."""

import math
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from throttled import MemoryStore, RateLimiterType, Throttled, per_min

from shared.runtime.errors import TooManyCalls

MAX_ADDRESSES: Final = 50_000
"""Addresses that are remembered; the one that called longest ago is forgotten first."""
_NETWORK_BITS: Final = 64
"""What one subscriber has of IPv6 at least (RFC 6177, 2): an address of it costs nothing."""
_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left to an address: calls at once, and seconds until all of them are back or the next one is taken."""

    limit: int
    remaining: int
    full_seconds: int
    retry_seconds: int
    is_spent: bool


class CallLimit:
    """Counts calls by address in this process: `per_minute` in the long run, `at_once` after a pause (GCRA)."""

    def __init__(self, per_minute: int, at_once: int) -> None:
        self._at_once = at_once
        self._window = math.ceil(at_once * _SECONDS / per_minute)
        self._limiter = Throttled(
            using=RateLimiterType.GCRA.value,
            quota=per_min(per_minute, burst=at_once),
            store=MemoryStore(options={"MAX_SIZE": MAX_ADDRESSES}),
        )

    def take(self, address: str | None) -> Budget:
        """Count a call from that address; one without an address shares its budget with all others of that kind."""
        return self.take_of(_key_of(address))

    def take_of(self, caller: str) -> Budget:
        """Count a call of that caller, whatever it is called."""
        result = self._limiter.limit(caller)
        state = result.state
        return Budget(
            limit=state.limit,
            remaining=0 if result.limited else state.remaining,
            full_seconds=_whole(state.reset_after),
            retry_seconds=max(1, _whole(state.retry_after)) if result.limited else 0,
            is_spent=result.limited,
        )

    def headers(self, budget: Budget) -> dict[str, str]:
        """What a caller may still do, in the fields of draft-ietf-httpapi-ratelimit-headers-10."""
        return {
            "RateLimit-Policy": f'"public";q={self._at_once};w={self._window}',
            "RateLimit": f'"public";r={budget.remaining};t={budget.full_seconds}',
        }


def refuse(budget: Budget) -> TooManyCalls:
    """The refusal of a call for which nothing is left."""
    return TooManyCalls(
        f"Too many calls without a token from this address; {budget.limit} may come at once.",
        retry_seconds=budget.retry_seconds,
    )


def refuse_caller(budget: Budget) -> TooManyCalls:
    """The refusal of a call with a token for which nothing is left."""
    return TooManyCalls(
        f"Too many calls of this caller; {budget.limit} may come at once.", retry_seconds=budget.retry_seconds
    )


def _whole(seconds: float) -> int:
    """Seconds rounded up, but for what the subtraction of two readings of a clock leaves behind the point.

    >>> _whole(60.00000000186265), _whole(60.2)
    (60, 61)
    """
    return math.ceil(round(seconds, 3))


def _key_of(address: str | None) -> str:
    try:
        host = ip_address(address or "")
    except ValueError:
        return address or "unknown"
    if not isinstance(host, IPv6Address):
        return str(host)
    if host.ipv4_mapped is not None:
        return str(host.ipv4_mapped)
    return str(ip_network((int(host), _NETWORK_BITS), strict=False))
