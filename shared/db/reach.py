"""A reach as a condition of a query: which rows a caller may read or act on."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, any_, cast, false, or_, true
from sqlalchemy.dialects.postgresql import ARRAY

from shared.customs.centers import PENDING
from shared.runtime.access import Reach


def within(
    reach: Reach,
    *,
    importer_number: ColumnElement[str] | None = None,
    centers: tuple[ColumnElement[str], ...] = (),
    division: ColumnElement[str] | None = None,
    filer_code: ColumnElement[str] | None = None,
    surety_code: ColumnElement[str] | None = None,
    party_id: ColumnElement[str] | None = None,
    ports: tuple[ColumnElement[str], ...] = (),
    named: ColumnElement[Any] | None = None,
) -> ColumnElement[bool]:
    """Whether a row is reached, by the columns that say whose it is; what a table has no column for reaches nothing.

    `centers` are the Centers that have part in the row; without one in any of them nobody has it yet. `ports` are the
    ports that have part in it, `named` the people who are named on it, as JSON.
    """
    if reach.is_national:
        return true()
    reached: list[ColumnElement[bool]] = []
    for center in centers:
        if reach.centers:
            reached.append(center.in_(sorted(reach.centers)))
        if reach.division_centers and reach.divisions and division is not None:
            in_division = division.in_(sorted(reach.divisions))
            reached.append(and_(center.in_(sorted(reach.division_centers)), in_division))
    if reach.is_unassigned and centers:
        reached.append(and_(*(or_(center.is_(None), center == PENDING) for center in centers)))
    numbers = reach.importer_numbers | reach.delegated
    if numbers and importer_number is not None:
        reached.append(is_one_of(importer_number, numbers))
    if reach.filer_code is not None and filer_code is not None:
        reached.append(filer_code == reach.filer_code)
    if reach.surety_code is not None and surety_code is not None:
        reached.append(surety_code == reach.surety_code)
    if reach.party_ids and party_id is not None:
        reached.append(is_one_of(party_id, reach.party_ids))
    reached += [is_one_of(port, reach.ports) for port in ports if reach.ports]
    if reach.named is not None and named is not None:
        reached.append(names(named, reach.named))
    return or_(*reached) if reached else false()


def is_one_of(column: ColumnElement[str], values: Collection[str]) -> ColumnElement[bool]:
    """Whether a column has one of these values, sent as one parameter: a statement has no more than 32,767."""
    return column == any_(cast(list(values), ARRAY(Text)))


def names(column: ColumnElement[Any], subject: str) -> ColumnElement[bool]:
    """Whether a list of people, as JSON, has the person."""
    return names_any(column, [subject])


def names_any(column: ColumnElement[Any], values: Collection[str]) -> ColumnElement[bool]:
    """Whether a list of names, as JSON, has one of these."""
    has: ColumnElement[bool] = column.has_any(cast(sorted(values), ARRAY(Text)))
    return has
