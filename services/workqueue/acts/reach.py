"""Who sees which items, and who works on them: staff of the Center, in a role that decides."""

from typing import Final, get_args

from services.workqueue.domain.item import Division, Item, Person
from shared.runtime.errors import Forbidden, NotFound
from shared.runtime.identity import Identity, RoleName

WORKERS: Final = frozenset(
    {
        RoleName.IMPORT_SPECIALIST,
        RoleName.ENTRY_SPECIALIST,
        RoleName.LIQUIDATION_SPECIALIST,
        RoleName.DRAWBACK_SPECIALIST,
        RoleName.ADCVD_TEAM,
        RoleName.TRADE_ENFORCEMENT_COORDINATOR,
        RoleName.ASSISTANT_CENTER_DIRECTOR,
    }
)
"""The roles that may claim and decide (domain/roles.md)."""

DIVISIONS: Final[tuple[str, ...]] = get_args(Division)


def person_of(caller: Identity) -> Person:
    """The caller as history names them."""
    return Person(caller.subject, caller.name, caller.acting_for)


def seen_centers(caller: Identity) -> frozenset[str] | None:
    """The Centers whose items the caller sees; None for all: a token without Centers is that of a national role."""
    return caller.centers or None


def demand_item_sight(caller: Identity, item: Item) -> None:
    """Raise `NotFound` when the item is another Center's: whether it exists is part of what is not shown.

    The Center that asked for advice sees the item that holds it.
    """
    if caller.centers and caller.centers.isdisjoint({item.center, item.asking_center}):
        raise NotFound(f"There is no item {item.item_id}.", remedy="Check the id, and that the token names the Center.")


def demand_reach(caller: Identity, item: Item) -> None:
    """Raise `NotFound` or `Forbidden` unless the caller works on items of this Center and division."""
    demand_item_sight(caller, item)
    if caller.centers and item.center not in caller.centers:
        raise Forbidden(f"The advice of {item.center} is its own to give.", code="other-center")
    if caller.divisions and item.division not in caller.divisions:
        raise Forbidden(f"The item belongs to the division {item.division}.", code="other-division")


def work_centers(caller: Identity, center: str | None) -> list[str] | None:
    """The Centers whose queues to look through: the one asked for, else the caller's own, else all (None)."""
    if center is not None:
        if caller.centers and center not in caller.centers:
            raise Forbidden(f"The token does not name the Center {center}.", code="other-center")
        return [center]
    return sorted(caller.centers) or None


def work_divisions(caller: Identity, division: str | None) -> list[str]:
    """The divisions whose queues to look through: the one asked for, else the caller's own, else all."""
    if division is not None:
        if caller.divisions and division not in caller.divisions:
            raise Forbidden(f"The token does not name the division {division}.", code="other-division")
        return [division]
    return sorted(caller.divisions or DIVISIONS)
