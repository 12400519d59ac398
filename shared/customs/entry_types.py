"""Entry types: what each two-digit code of an entry is, and which rules it therefore falls under."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from shared.customs.reference_data import read_flag, read_table


class UnknownEntryType(ValueError):  # noqa: N818 - says what the value is
    """The code is not in the table of entry types."""


@dataclass(frozen=True, slots=True)
class EntryType:
    """One entry type. The flags tell which rules apply; a type may carry several."""

    code: str
    name: str
    category: str
    in_ace_summary: bool
    """Whether ACE takes it as an entry summary (CATAIR AE Table 2, July 2026)."""
    liquidates: bool
    """Whether such an entry ends in a liquidation; recalled, except 23 (19 CFR 159.2, rule tib-no-liq)."""
    informal: bool
    ad_cvd: bool
    quota: bool
    warehouse: bool
    ftz: bool
    tib: bool
    drawback: bool
    low_value: bool
    reconciliation: bool
    in_bond: bool
    government: bool
    note: str
    source: str


@cache
def entry_types() -> Mapping[str, EntryType]:
    """All known entry types by two-digit code."""
    return MappingProxyType(
        {
            row["code"]: EntryType(
                code=row["code"],
                name=row["name"],
                category=row["category"],
                in_ace_summary=read_flag(row["in_ace_ae_summary_2026"]),
                liquidates=read_flag(row["liquidates"]),
                informal=read_flag(row["informal"]),
                ad_cvd=read_flag(row["ad_cvd"]),
                quota=read_flag(row["quota"]),
                warehouse=read_flag(row["warehouse"]),
                ftz=read_flag(row["ftz"]),
                tib=read_flag(row["tib"]),
                drawback=read_flag(row["drawback"]),
                low_value=read_flag(row["low_value"]),
                reconciliation=read_flag(row["reconciliation"]),
                in_bond=read_flag(row["in_bond"]),
                government=read_flag(row["government"]),
                note=row["note"],
                source=row["source"],
            )
            for row in read_table("entry_types")
        }
    )


def entry_type(code: str) -> EntryType:
    """The entry type with this code; raises `UnknownEntryType` when there is none.

    >>> entry_type("03").ad_cvd
    True
    """
    found = entry_types().get(code)
    if found is None:
        raise UnknownEntryType(
            f"entry type {code[:8]!r} is not known; expected a code such as 01 or 03 (CATAIR AE Table 2)"
        )
    return found
