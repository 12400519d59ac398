"""Ports of entry by Schedule D code, with the field office each reports to."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from shared.customs.reference_data import read_table


@dataclass(frozen=True, slots=True)
class Port:
    """One port, user-fee airport or courier facility (codes about 2025, field offices December 2015)."""

    code: str
    name: str
    state: str
    field_office: str
    field_office_basis: str
    """How the field office is known: `named in …` was read, `by district` is inferred from the code."""
    category: str
    """`port`, `user_fee_airport` or `courier_or_consignment_facility`."""
    source: str


@cache
def ports() -> Mapping[str, Port]:
    """All known ports by code; the list is not complete, so absence does not prove a code wrong."""
    return MappingProxyType(
        {
            row["port_code"]: Port(
                code=row["port_code"],
                name=row["name"],
                state=row["state"],
                field_office=row["field_office"],
                field_office_basis=row["field_office_basis"],
                category=row["category"],
                source=row["source"],
            )
            for row in read_table("ports")
        }
    )


def is_port_code(text: str) -> bool:
    """Whether the text has the shape of a Schedule D code: four digits. Says nothing about existence.

    >>> is_port_code("2704"), is_port_code("270")
    (True, False)
    """
    return len(text) == 4 and text.isascii() and text.isdigit()


def find_port(code: str) -> Port | None:
    """The port with this code, or None when the table does not know it."""
    return ports().get(code)
