"""A version of the tariff map on its way from draft to publication: what is wrong with it, what it would move."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Final, Literal, NamedTuple

from services.routing.domain.directory import Directory
from shared.customs.tariff_map import UNDERLYING, TariffMap, TariffMapRow
from shared.customs.tariff_number import heading, is_chapter_98_99
from shared.customs.tariff_schedule import tariff_lines

MAX_PREFIX: Final = 6
"""Digits of a prefix at most: the activity of importers is kept by subheading, and goods are counted by it."""

Stage = Literal["draft", "validated", "published"]
"""How far a version has come; what became of a published one depends on the day, see `state_on`."""

State = Literal["draft", "validated", "published", "superseded", "rolled-back"]
Action = Literal["drafted", "edited", "validated", "found-faulty", "published"]
"""What people do with a version, as its history tells it."""


class MapVersion(NamedTuple):
    """A version of the map without its rows.

    `publication` counts the publications; `valid_on` is the day for which it was found valid; `rolls_back` names the
    version that it undoes. The shipped map has number 0 and has been in force for ever.
    """

    number: int
    version: str
    title: str
    based_on: str
    stage: Stage
    revision: int
    valid_on: date | None = None
    publication: int | None = None
    effective_on: date | None = None
    rolls_back: str | None = None

    @property
    def order(self) -> tuple[date, int]:
        """Its place among the published versions: of two with one first day the later publication counts."""
        return (self.effective_on or date.min, self.publication or 0)


class MapFault(NamedTuple):
    """What is wrong with a draft, and at which prefix or heading."""

    code: str
    prefix: str
    detail: str


class Report(NamedTuple):
    """What validation found: the faults, and how many headings of the tariff each Center would have."""

    on: date
    headings: int
    headings_by_center: Mapping[str, int]
    faults: tuple[MapFault, ...]


class HeadingMove(NamedTuple):
    """A heading of which some subheadings move; null stands for no Center."""

    heading: str
    from_center: str | None
    to_center: str | None
    subheadings: int


@cache
def tariff_subheadings() -> tuple[str, ...]:
    """Every six-digit subheading of the tariff schedule, in order."""
    return tuple(sorted({number[:MAX_PREFIX] for number in tariff_lines()}))


def validate(rows: Sequence[TariffMapRow], directory: Directory, on: date) -> Report:
    """Everything that keeps the rows from being the map in force from a day on.

    Every heading is covered exactly once: at the longest prefix there is a row for each of its subheadings, and no
    two rows hold the same prefix. Chapters 98 and 99 have no Center of their own; the provision of chapters 1 to 97 on
    the same line decides.
    """
    faults: list[MapFault] = []
    owners: dict[str, TariffMapRow] = {}
    overlaps: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        span = _span(row)
        try:
            prefixes = list(row.prefixes())
        except ValueError as error:
            faults.append(MapFault("bad-range", span, f"{error}."))
            continue
        faults += _check_row(row, prefixes, directory, on)
        for prefix in prefixes:
            owner = owners.setdefault(prefix, row)
            if owner is not row:
                overlaps[(_span(owner), span)].append(prefix)
    faults += [
        MapFault("overlap", prefixes[0], f"Rows {one} and {other} both hold {_name_some(prefixes)}; keep one.")
        for (one, other), prefixes in overlaps.items()
    ]
    covered = _centers_of_headings(owners)
    faults += [
        MapFault("not-covered", number, f"Heading {number}: no row for {_name_some(missing)}.")
        for number, (_, missing) in covered.items()
        if missing
    ]
    by_center = Counter(center for centers, _ in covered.values() for center in centers)
    return Report(on, len(covered), dict(sorted(by_center.items())), tuple(faults))


def map_subheadings(
    subheadings: Iterable[str], tariff_map: TariffMap, open_centers: Mapping[str, str | None]
) -> dict[str, str | None]:
    """The Center that does the work for each subheading, successors of closed Centers included; None: no Center."""
    found: dict[str, str | None] = {}
    for number in subheadings:
        center = tariff_map.center_for(number)
        found[number] = open_centers.get(center) if center else None
    return found


def diff_headings(before: Mapping[str, str | None], after: Mapping[str, str | None]) -> list[HeadingMove]:
    """The headings of which subheadings go to another Center than before, in order, with how many."""
    moved = Counter(
        (heading(number), center, after[number]) for number, center in before.items() if center != after[number]
    )
    return [
        HeadingMove(number, old, new, count)
        for (number, old, new), count in sorted(moved.items(), key=lambda item: (item[0][0], str(item[0][1:])))
    ]


def find_in_force(published: Iterable[MapVersion], on: date) -> MapVersion:
    """The version in force on a legal day; `published` holds the shipped map."""
    return max((item for item in published if (item.effective_on or date.min) <= on), key=lambda item: item.order)


def find_before(published: Iterable[MapVersion], version: MapVersion) -> MapVersion:
    """The version that one took over from; `published` holds the shipped map, which took over from none."""
    return max((item for item in published if item.order < version.order), key=lambda item: item.order)


def find_after(published: Iterable[MapVersion], version: MapVersion) -> MapVersion | None:
    """The version that takes over from one, on its own first day; None while none is announced."""
    return min((item for item in published if item.order > version.order), key=lambda item: item.order, default=None)


def state_on(version: MapVersion, published: Sequence[MapVersion], on: date) -> State:
    """What a version is on a legal day.

    A published one is over when another has taken over, or when one takes over on the very day on which it would begin:
    rolled back when that other one undoes it, else superseded.
    """
    if version.stage != "published":
        return version.stage
    following = find_after(published, version)
    if following is None or following.effective_on is None:
        return "published"
    if following.effective_on > on and following.effective_on != version.effective_on:
        return "published"
    return "rolled-back" if following.rolls_back == version.version else "superseded"


def _check_row(row: TariffMapRow, prefixes: Sequence[str], directory: Directory, on: date) -> list[MapFault]:
    span = _span(row)
    faults = []
    if len(row.prefix_from) > MAX_PREFIX:
        faults.append(
            MapFault("prefix-too-long", span, f"{span}: {MAX_PREFIX} digits at most; goods are counted by subheading.")
        )
    special = [prefix for prefix in prefixes if is_chapter_98_99(prefix)]
    if row.center_code == UNDERLYING:
        if len(special) < len(prefixes):
            faults.append(
                MapFault("center-missing", span, f"{span}: only chapters 98 and 99 go by the underlying provision.")
            )
        return faults
    if special:
        faults.append(
            MapFault("not-underlying", span, f"{span}: chapters 98 and 99 have no Center; write {UNDERLYING}.")
        )
    unit = directory.centers.get(row.center_code)
    if unit is None:
        faults.append(MapFault("unknown-center", span, f"{span}: there is no Center {row.center_code}."))
    elif not unit.is_open(on):
        faults.append(MapFault("center-not-open", span, f"{span}: {row.center_code} is not open on {on}."))
    return faults


def _centers_of_headings(owners: Mapping[str, TariffMapRow]) -> dict[str, tuple[set[str], list[str]]]:
    """For each heading of the tariff the Centers of its subheadings, and the subheadings that no row holds."""
    lengths = sorted({len(prefix) for prefix in owners}, reverse=True)
    covered: dict[str, tuple[set[str], list[str]]] = {}
    for number in tariff_subheadings():
        centers, missing = covered.setdefault(heading(number), (set(), []))
        row = next((owners[number[:length]] for length in lengths if number[:length] in owners), None)
        if row is None:
            missing.append(number)
        else:
            centers.add(row.center_code)
    return covered


def _span(row: TariffMapRow) -> str:
    return row.prefix_from if row.prefix_from == row.prefix_to else f"{row.prefix_from}-{row.prefix_to}"


def _name_some(prefixes: Sequence[str]) -> str:
    shown = ", ".join(prefixes[:5])
    return shown if len(prefixes) <= 5 else f"{shown} and {len(prefixes) - 5} more"
