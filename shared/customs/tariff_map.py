"""The map from tariff number to Center, for importers that have no Center of their own yet.

CBP assigns the importer, not the line; the map answers only where no assignment does, and at longest prefix.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from functools import cache
from typing import Final, Literal, cast, get_args

from shared.customs.reference_data import read_table

UNDERLYING: Final = "UNDERLYING"
"""In place of a Center: the provision has none, the number of chapters 1-97 on the same line decides."""

Confidence = Literal["confirmed", "high", "medium", "low"]
"""How well the row is known: `confirmed` was read in a source, the others are recalled or inferred."""

_MAX_PREFIXES_IN_ROW: Final = 10_000


@dataclass(frozen=True, slots=True)
class TariffMapRow:
    """Numbers that begin with a prefix from `prefix_from` to `prefix_to`, both included, equally long."""

    prefix_from: str
    prefix_to: str
    center_code: str
    source: str
    confidence: Confidence
    note: str

    def prefixes(self) -> Iterable[str]:
        """Every prefix of the row; raises `ValueError` when the range is not one."""
        span = f"{self.prefix_from}-{self.prefix_to}"
        length, digits = len(self.prefix_from), self.prefix_from + self.prefix_to
        if not (len(self.prefix_to) == length and 2 <= length <= 10 and digits.isascii() and digits.isdigit()):
            raise ValueError(f"{span}: expected two prefixes of 2 to 10 digits, equally long")
        first, last = int(self.prefix_from), int(self.prefix_to)
        if not 0 <= last - first < _MAX_PREFIXES_IN_ROW:
            raise ValueError(f"{span}: expected an ascending range of at most {_MAX_PREFIXES_IN_ROW} prefixes")
        return (f"{number:0{length}d}" for number in range(first, last + 1))


class TariffMap:
    """One version of the map: immutable, with a lookup of a few dictionary accesses.

    The longest prefix wins (4 digits before 2). Rows of equal prefix length must not overlap; `ValueError`
    names the prefix where they do. Without a given `version` the map names itself by its content, so two
    maps with the same rows have the same version and any edit makes a new one.
    """

    __slots__ = ("_centers", "_lengths", "_rows_by_prefix", "rows", "version")

    def __init__(self, rows: Iterable[TariffMapRow], version: str | None = None) -> None:
        self.rows: Final = tuple(rows)
        self._rows_by_prefix: dict[str, TariffMapRow] = {}
        for row in self.rows:
            for prefix in row.prefixes():
                if prefix in self._rows_by_prefix:
                    raise ValueError(f"prefix {prefix} stands in two rows of the tariff map; keep one")
                self._rows_by_prefix[prefix] = row
        self._centers: dict[str, str | None] = {
            prefix: None if row.center_code == UNDERLYING else row.center_code
            for prefix, row in self._rows_by_prefix.items()
        }
        self._lengths = tuple(sorted({len(prefix) for prefix in self._rows_by_prefix}, reverse=True))
        self.version: Final = version if version is not None else _fingerprint(self.rows)

    def center_for(self, hts: str) -> str | None:
        """The Center for a canonical tariff number; None without a row, or where it says `UNDERLYING`."""
        centers = self._centers
        for length in self._lengths:
            prefix = hts[:length]
            if prefix in centers:
                return centers[prefix]
        return None

    def row_for(self, hts: str) -> TariffMapRow | None:
        """The row that decides for a canonical tariff number, to cite as reason; None when no row does."""
        for length in self._lengths:
            row = self._rows_by_prefix.get(hts[:length])
            if row is not None:
                return row
        return None


def _fingerprint(rows: tuple[TariffMapRow, ...]) -> str:
    ordered = sorted(astuple(row) for row in rows)
    return "tariff-map-" + hashlib.sha256(repr(ordered).encode()).hexdigest()[:12]


@cache
def default_tariff_map() -> TariffMap:
    """The map of `data/hts_center.csv`, confirmed and recalled rows mixed; each says which it is."""
    return TariffMap(_row(cells) for cells in read_table("hts_center"))


def _row(cells: dict[str, str]) -> TariffMapRow:
    confidence, _, note = cells["note"].removeprefix("confidence=").partition("; ")
    if confidence not in get_args(Confidence):
        raise ValueError(f"hts_center.csv, {cells['hts_from']}: unknown confidence {confidence!r}")
    return TariffMapRow(
        prefix_from=cells["hts_from"],
        prefix_to=cells["hts_to"],
        center_code=cells["center_code"],
        source=cells["source"],
        confidence=cast("Confidence", confidence),
        note=note,
    )
