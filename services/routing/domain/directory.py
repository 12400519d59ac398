"""The Centers as they stood on any day: which were open, and who took over from one that closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.customs.centers import centers


@dataclass(frozen=True, slots=True)
class CenterUnit:
    """A Center in the directory. `closed_on` is the first day on which it takes no more work."""

    code: str
    name: str
    opened_on: date | None
    closed_on: date | None
    successor: str | None = None

    def is_open(self, on: date) -> bool:
        """Whether it takes work on that legal day; an unknown opening day counts as long past."""
        return (self.opened_on is None or self.opened_on <= on) and (self.closed_on is None or on < self.closed_on)


@dataclass(frozen=True, slots=True)
class Directory:
    """Every Center by code, past, present and announced."""

    centers: Mapping[str, CenterUnit]

    def open_center(self, code: str, on: date) -> str | None:
        """The Center that does this one's work on a day: itself, else the first open successor, else None."""
        seen: set[str] = set()
        while code not in seen:
            seen.add(code)
            unit = self.centers.get(code)
            if unit is None or unit.is_open(on):
                return code if unit else None
            if unit.successor is None:
                return None
            code = unit.successor
        return None


def shipped_directory() -> Directory:
    """The Centers of the reference data, as the product starts with them."""
    return Directory(
        {
            center.code: CenterUnit(center.code, center.name, center.opened_on, center.closed_on)
            for center in centers().values()
        }
    )
