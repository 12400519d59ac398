"""The tariff schedule as reference: statistical numbers with description, units and flags, chapter titles."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from shared.customs.reference_data import read_flag, read_table


@dataclass(frozen=True, slots=True)
class TariffLine:
    """One statistical number (CBP HTS PGA report of 2026-02-21)."""

    hts10: str
    description: str
    """CBP short description, upper case, cut to 30 characters by CBP."""
    units: str
    general_rate_2024: str
    """General rate of duty in January 2024, two years older than the numbers; empty when not found."""
    may_be_ad: bool
    """Whether an antidumping order may cover goods of this number; the order's scope text decides."""
    may_be_cvd: bool
    """Whether a countervailing order may cover goods of this number; the order's scope text decides."""
    pga_flags: tuple[str, ...]
    """Partner government agency flags, such as `FD4`."""


@cache
def tariff_lines() -> Mapping[str, TariffLine]:
    """All ten-digit numbers; about 20,000 rows, read at the first call and kept (some 10 MB)."""
    return MappingProxyType(
        {
            row["hts10"]: TariffLine(
                hts10=row["hts10"],
                description=row["description"],
                units=row["units"],
                general_rate_2024=row["general_rate_2024"],
                may_be_ad=read_flag(row["ad_flag"]),
                may_be_cvd=read_flag(row["cv_flag"]),
                pga_flags=tuple(row["pga_flags"].split()),
            )
            for row in read_table("hts_codes")
        }
    )


def find_tariff_line(hts10: str) -> TariffLine | None:
    """The statistical number, or None when the edition of 2026-02-21 does not hold it."""
    return tariff_lines().get(hts10)


@cache
def chapter_titles() -> Mapping[str, str]:
    """Short title by two-digit chapter (HS 2022, own wording)."""
    return MappingProxyType({row["chapter"]: row["short_title"] for row in read_table("hts_chapters")})
