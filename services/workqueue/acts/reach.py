"""Whose an item is, and which queues a caller works on, as the table of authority says."""

from datetime import date
from typing import Final, get_args

from services.workqueue.domain.compartment import Knower, is_known, knower_of
from services.workqueue.domain.item import Division, Item, Person
from services.workqueue.domain.processes.table import PROCESSES
from shared.customs.centers import PENDING
from shared.runtime.access import Matter, demand, demand_sight, no_such, reach_of
from shared.runtime.errors import Conflict, Forbidden, Refused
from shared.runtime.identity import Identity

DIVISIONS: Final[tuple[str, ...]] = get_args(Division)
_NATIONAL: Final = "item.work/national"


def person_of(caller: Identity) -> Person:
    """The caller as history names them."""
    return Person(caller.subject, caller.name, caller.acting_for)


def knower(caller: Identity) -> Knower:
    """The caller as far as needs to know go: for themself, whomever they act for."""
    return knower_of(caller.subject, {role.value for role in caller.roles})


def demand_known(caller: Identity, item: Item) -> None:
    """Raise `NotFound` for a law-enforcement-sensitive matter of which the caller need not know."""
    if not is_known(item, knower(caller)):
        raise no_such(_what(item))


def demand_free(caller: Identity, item: Item) -> None:
    """Raise `Conflict` for a law-enforcement-sensitive matter, which stays with those who know of it."""
    demand_known(caller, item)
    if item.knowers is not None:
        raise Conflict(
            "A law-enforcement-sensitive matter stays where it is.",
            rule="need-to-know",
            code="sensitive-stays",
            remedy="Name whoever needs to know: POST /items/{id}/need-to-know.",
        )


def demand_item_sight(caller: Identity, item: Item, on: date) -> None:
    """Raise `NotFound` when the caller may not read the item; the Center that asked for advice reads what holds it."""
    demand_known(caller, item)
    demand_sight(caller, "item", on, seen(item), _what(item))


def demand_work(caller: Identity, item: Item, on: date) -> str:
    """The row of authority by which the caller works on the item: advice is given by the Center that was asked.

    Raises `NotFound` when the caller may not read it, `Forbidden` when it is another Center's or division's, or of a
    process that gives nothing to do to who works nationwide.
    """
    demand_known(caller, item)
    row = demand(caller, "item.work", on, matter_for_work(item), _what(item), sight=seen(item))
    if row == _NATIONAL:
        _demand_process(caller, item.process)
    return row


def _demand_process(caller: Identity, process: str) -> None:
    """Who works nationwide works on the processes whose tables give them something to do, and on no others."""
    table = PROCESSES.get(process)
    holders = table.holders if table is not None else frozenset()
    if not holders & {role.value for role in caller.roles}:
        raise Forbidden(
            f"Matters of {process} are worked by {' or '.join(sorted(holders)) or 'the Center that has them'}.",
            code="process-role",
            remedy=f"Hand it to somebody who has such a role: GET /processes/{process}.",
        )


def matter_for_work(item: Item) -> Matter:
    """Whose the item is to work on: of the Center and division that have it, not of whoever asked for advice."""
    return Matter(item.importer_number, frozenset({item.center}), item.division)


def work_queues(
    caller: Identity, center: str | None, division: str | None, process: str | None, on: date
) -> tuple[list[str], list[str]]:
    """The Centers and divisions whose queues to look through: those asked for, else all that the caller works on.

    What waits for a Center is nobody's own, so it is given to whoever asks for it by name. Who works on a process
    nationwide asks for the Center and the process.

    Raises `Forbidden` for one that the caller does not work on, and when the token names none, `Refused` when who works
    nationwide does not say on what.
    """
    reach = reach_of(caller, "item.work", on)
    own_centers = reach.centers | reach.division_centers
    own_divisions = frozenset(DIVISIONS) if reach.centers else reach.divisions
    if reach.is_national and not own_centers:
        if center is None or process is None:
            raise Refused(
                "Who works nationwide takes the next item of one Center and one process.",
                rule="queue-named",
                code="queue-not-named",
                remedy="Send center and process.",
            )
        _demand_process(caller, process)
        return [center], [division] if division is not None else list(DIVISIONS)
    if center == PENDING and reach.is_unassigned:
        return [PENDING], [division] if division is not None else list(DIVISIONS)
    for asked, known, name in (
        (center, own_centers, "Center"),
        (division, own_divisions, "division"),
    ):
        if not known:
            raise Forbidden(
                f"The token names no {name}, so there is no queue to take work from.",
                code="out-of-reach",
                remedy=f"Have the {name} put into the token of whoever works for it; GET /me says what it names.",
            )
        if asked is not None and asked not in known:
            raise Forbidden(
                f"The token does not name the {name} {asked}.",
                code="out-of-reach",
                remedy=f"Take one of {', '.join(sorted(known))}.",
            )
    centers = [center] if center is not None else sorted(own_centers)
    return centers, [division] if division is not None else sorted(own_divisions)


def seen(item: Item) -> Matter:
    """Whose the item is to read, and by role to act on: of the Center that has it, of those that asked for advice, of
    the port that it is of or that has it in hand, of whoever is named on it.
    """
    return Matter(
        item.importer_number,
        frozenset(each for each in (item.center, item.asking_center, *(item.also_asking or ())) if each is not None),
        item.division,
        ports=frozenset(each for each in (item.port, item.at_port) if each is not None),
        named=frozenset(item.knowers or ()),
    )


def _what(item: Item) -> str:
    return f"item {item.item_id}"
