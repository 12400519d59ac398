"""The Centers and what belongs to them, as they stood on any day: a history of changes, folded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any, Final, Literal, NamedTuple, TypeVar

from shared.customs.centers import centers

UnitKind = Literal["center", "division", "team", "office", "person", "contact", "staffing"]
Action = Literal["open", "change", "close", "stay-open"]
"""`open` adds a unit, `change` replaces the named details, `close` ends it, `stay-open` withdraws a closing."""


class _Details(NamedTuple):
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


DETAILS: Final[Mapping[UnitKind, _Details]] = {
    "center": _Details(("name", "numeric_code", "office_city", "state"), ("abbreviation",)),
    "division": _Details(("name",)),
    "team": _Details(("name", "division"), ("team_number",)),
    "office": _Details(("name", "city", "state")),
    "person": _Details(("name", "position"), ("division", "team")),
    "contact": _Details((), ("process", "phone", "email", "hours")),
    "staffing": _Details(("position", "count")),
}
"""What is kept of a unit of each kind: `required` when it opens."""

DIVISIONS: Final[Mapping[str, str]] = {
    "partnership": "Partnership",
    "validation-and-compliance": "Validation and Compliance",
    "enforcement": "Enforcement",
}
"""The divisions that every Center has: an entry always goes to one of them."""

OpenCenters = Mapping[str, str | None]
"""For each Center that ever was, the one that does its work on a day: itself, a successor, or None."""

MANAGING_OFFICE: Final = "management"
DIRECTOR: Final = "director"


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
        """The Center that does this one's work on a day: itself, else the first open successor, else None.

        A Center that has not opened yet has no work that anyone could do for it.
        """
        seen: set[str] = set()
        while code not in seen:
            seen.add(code)
            unit = self.centers.get(code)
            if unit is None or unit.is_open(on):
                return code if unit else None
            if unit.successor is None or unit.closed_on is None or on < unit.closed_on:
                return None
            code = unit.successor
        return None

    def open_centers(self, on: date) -> OpenCenters:
        """For each Center that ever was, the one that does its work on a day."""
        return {code: self.open_center(code, on) for code in self.centers}

    def days_of_change(self) -> frozenset[date]:
        """The days on which a Center opens or closes; between two of them `open_centers` stays the same."""
        return frozenset(
            day for unit in self.centers.values() for day in (unit.opened_on, unit.closed_on) if day is not None
        )


class UnitKey(NamedTuple):
    """What names a unit: its code is unique among the units of its kind in its Center."""

    kind: UnitKind
    center: str
    code: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A Center, or something that belongs to one. `closed_on` is the first day without it; None: not closed.

    `details` are what is known of it, named in `DETAILS`; of a Center that closes also its `successor`. A contact
    without a process is for all of them; the count of staffing is in people.
    """

    kind: UnitKind
    code: str
    center: str
    opened_on: date | None
    closed_on: date | None
    details: Mapping[str, Any]

    def is_open(self, on: date) -> bool:
        """Whether it exists on that legal day; an unknown opening day counts as long past."""
        return (self.opened_on is None or self.opened_on <= on) and (self.closed_on is None or on < self.closed_on)


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the directory's history, before it is recorded."""

    kind: UnitKind
    code: str
    center: str
    action: Action
    effective_on: date
    body: Mapping[str, Any]

    @property
    def key(self) -> UnitKey:
        """The unit that it is about."""
        return UnitKey(self.kind, self.center, self.code)


@dataclass(frozen=True, slots=True)
class RecordedChange(Change):
    """A change as recorded: who, when, why. The sequence grows with each change."""

    sequence: int
    reason: str
    changed_by: str
    acting_for: str | None
    recorded_at: datetime


C = TypeVar("C", bound=Change)


class Fault(NamedTuple):
    """Why a change of the directory cannot stand; `remedy` says what to do instead."""

    code: str
    detail: str
    remedy: str


@cache
def shipped_units() -> tuple[Unit, ...]:
    """The Centers of the reference data with their managing offices and divisions, as the product starts with them."""
    units: list[Unit] = []
    for center in centers().values():
        details = {
            "name": center.name,
            "numeric_code": center.numeric_code,
            "abbreviation": center.abbreviation,
            "office_city": center.office_city,
            "state": center.state,
        }
        unit = Unit("center", center.code, center.code, center.opened_on, center.closed_on, details)
        units += (unit, *_first_units(unit))
    return tuple(units)


def build_directory(changes: Iterable[Change]) -> Directory:
    """The Centers with every opening and closing that was ever recorded, those of days to come included.

    One directory answers for every day, because a Center opens once and closes once; the name is the newest one.
    """
    return Directory(
        {
            unit.code: CenterUnit(
                unit.code, unit.details["name"], unit.opened_on, unit.closed_on, unit.details.get("successor")
            )
            for unit in fold(changes).values()
            if unit.kind == "center"
        }
    )


def units_on(changes: Iterable[Change], on: date) -> dict[UnitKey, Unit]:
    """The directory of a legal day: the shipped units and every change that had taken effect, closed units included."""
    return fold(change for change in drop_withdrawn(changes) if change.effective_on <= on)


def fold(changes: Iterable[Change]) -> dict[UnitKey, Unit]:
    """The shipped units with the changes applied in the order of their effect; of two on one day as they were recorded.

    `changes` come in the order in which they were recorded. A closing that was withdrawn counts for no day.
    """
    units = {UnitKey(unit.kind, unit.center, unit.code): unit for unit in shipped_units()}
    for change in sorted(drop_withdrawn(changes), key=lambda change: change.effective_on):
        _apply(units, change)
    return units


def drop_withdrawn(changes: Iterable[C]) -> list[C]:
    """The changes that stand: without closings that were withdrawn, and without their withdrawals."""
    standing: list[C] = []
    for change in changes:
        if change.action == "stay-open":
            closings = [item for item in standing if item.key == change.key and item.action == "close"]
            standing.remove(closings[-1])
        else:
            standing.append(change)
    return standing


def check_change(change: Change, changes: Sequence[Change], today: date) -> Fault | None:
    """Why the change cannot be recorded after those recorded before, or None when it can.

    What moves work between Centers takes effect after today, so that no decision already made would be made
    otherwise. A Center that closed is never opened again: it gets a new code.
    """
    everything = fold(changes)
    if fault := _check_day(change, everything, today):
        return fault
    unit = everything.get(change.key)
    match change.action:
        case "open":
            return _check_opening(change, unit, everything)
        case "close":
            return _check_closing(change, unit, everything) or _check_heirs(change, changes)
        case "stay-open":
            return _check_staying(change, unit, today)
        case "change":
            return _check_details(change, unit, everything)


def describe_change(change: Change) -> str:
    """The change in a plain sentence, the names as the change gives them."""
    what = change.code if change.kind == "center" else f"{change.kind} {change.code} of {change.center}"
    name = f" ({change.body['name']})" if "name" in change.body else ""
    day = change.effective_on.isoformat()
    match change.action:
        case "open":
            told = _tell({key: value for key, value in change.body.items() if key != "name"})
            return f"{what}{name} opens on {day}{f': {told}' if told else ''}."
        case "close":
            successor = change.body.get("successor")
            return f"{what} closes on {day}{f'; {successor} takes over its work' if successor else ''}."
        case "stay-open":
            return f"{what} stays open: the closing that was announced is withdrawn."
        case "change":
            return f"{what} changes on {day}: {_tell(change.body)}."


def find_details_changed(change: Change, before: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """The details that a change sets, each with what it was: `before` is what the unit had, nothing of one that opens.

    >>> change = Change("contact", "desk", "CEE007", "change", date(2026, 3, 9), {"phone": "555-0102", "hours": None})
    >>> find_details_changed(change, {"phone": "555-0101"})
    [('phone', '555-0101', '555-0102')]
    """
    return [(name, before.get(name), now) for name, now in sorted(change.body.items()) if before.get(name) != now]


def is_told_in_public(kind: UnitKind) -> bool:
    """Whether changes of a unit of this kind are told to anybody who asked for them: not who works where, nor how many.

    >>> is_told_in_public("contact"), is_told_in_public("person")
    (True, False)
    """
    return kind not in {"person", "staffing"}


def _apply(units: dict[UnitKey, Unit], change: Change) -> None:
    known = units.get(change.key)
    if change.action == "open":
        unit = Unit(change.kind, change.code, change.center, change.effective_on, None, dict(change.body))
        units[change.key] = unit
        if change.kind == "center":
            units.update({UnitKey(item.kind, item.center, item.code): item for item in _first_units(unit)})
    elif known is not None:
        details = {**known.details, **change.body}
        if change.action == "close":
            units[change.key] = replace(known, closed_on=change.effective_on, details=details)
        else:
            units[change.key] = replace(known, details=details)


def _first_units(center: Unit) -> list[Unit]:
    """What a Center has from its first day: its managing office and its divisions."""
    office = {
        "name": "Managing office",
        "city": center.details.get("office_city"),
        "state": center.details.get("state"),
    }
    divisions = [
        Unit("division", code, center.code, center.opened_on, None, {"name": name}) for code, name in DIVISIONS.items()
    ]
    return [Unit("office", MANAGING_OFFICE, center.code, center.opened_on, None, office), *divisions]


def _check_day(change: Change, units: Mapping[UnitKey, Unit], today: date) -> Fault | None:
    if change.kind == "center":
        if change.code != change.center:
            return Fault(
                "center-mismatch",
                f"A Center belongs to itself: code {change.code}, center {change.center}.",
                "Give the Center's code in both.",
            )
        if change.action in {"open", "close"} and change.effective_on <= today:
            return Fault(
                "not-after-today",
                f"Centers open and close after today, {today}: decisions already made keep their Center; "
                f"{change.effective_on} is not after it.",
                "Give a later day.",
            )
        return None
    center = units.get(UnitKey("center", change.center, change.center))
    if center is None:
        return _unknown_center(change.center)
    if change.action == "open" and not center.is_open(change.effective_on):
        return Fault(
            "center-not-open",
            f"{change.center} is not open on {change.effective_on}, so no {change.kind} of it can open then.",
            "Give a day on which the Center is open, or another Center.",
        )
    return None


def _check_opening(change: Change, unit: Unit | None, units: Mapping[UnitKey, Unit]) -> Fault | None:
    if unit is not None and (change.kind == "center" or unit.closed_on is None):
        return Fault(
            "already-open",
            f"The {change.kind} {change.code} exists already.",
            "Give a Center that opens a new code, also where an earlier one closed."
            if change.kind == "center"
            else "Change it instead, or choose another code.",
        )
    if unit is not None and unit.closed_on is not None and change.effective_on < unit.closed_on:
        return Fault(
            "still-open",
            f"The {change.kind} {change.code} closes on {unit.closed_on} only.",
            "Open it again on that day or later.",
        )
    if missing := [name for name in DETAILS[change.kind].required if name not in change.body]:
        return Fault(
            "details-missing",
            f"A {change.kind} that opens needs: {', '.join(missing)}.",
            "Give them in `details`.",
        )
    return _check_details(change, unit, units, opens=True)


def _check_closing(change: Change, unit: Unit | None, units: Mapping[UnitKey, Unit]) -> Fault | None:
    if unit is None:
        return _unknown(change)
    if unit.closed_on is not None:
        return Fault(
            "already-closed",
            f"The {change.kind} {change.code} closes on {unit.closed_on} already.",
            "Withdraw that closing first with `stay-open` while its day has not come.",
        )
    if unit.opened_on is not None and change.effective_on < unit.opened_on:
        return Fault(
            "closed-before-open",
            f"{change.code} opens on {unit.opened_on}; it cannot close before, on {change.effective_on}.",
            "Give the opening day or a later one.",
        )
    if change.kind == "center":
        return _check_successor(change, units)
    return _check_names(change, frozenset())


def _check_successor(change: Change, units: Mapping[UnitKey, Unit]) -> Fault | None:
    if fault := _check_names(change, frozenset({"successor"})):
        return fault
    code = change.body.get("successor")
    if code is None:
        return Fault(
            "successor-missing",
            f"{change.code} cannot close without a Center that takes over its work.",
            "Name it in `details.successor`.",
        )
    successor = units.get(UnitKey("center", code, code))
    if successor is None:
        return _unknown_center(code)
    if code == change.code or not successor.is_open(change.effective_on):
        return Fault(
            "successor-not-open",
            f"{code} is not open on {change.effective_on}, so it cannot take over from {change.code} then.",
            "Name a Center that is open on that day, or open it first.",
        )
    return None


def _check_heirs(change: Change, changes: Sequence[Change]) -> Fault | None:
    """Two closings that were announced must not name each other's Center, or nobody would be left for the work."""
    if change.kind != "center":
        return None
    directory = build_directory([*changes, change])
    for day in sorted(directory.days_of_change()):
        if day < change.effective_on:
            continue
        for code, unit in directory.centers.items():
            if (unit.opened_on is None or unit.opened_on <= day) and directory.open_center(code, day) is None:
                return Fault(
                    "nobody-takes-over",
                    f"On {day} no Center would be left for the work of {code}: its successors have closed by then.",
                    "Name a successor that stays open.",
                )
    return None


def _check_staying(change: Change, unit: Unit | None, today: date) -> Fault | None:
    if unit is None:
        return _unknown(change)
    if unit.closed_on is None or unit.closed_on <= today:
        return Fault(
            "no-announced-closing",
            f"There is no closing of {change.code} to come that could be withdrawn.",
            "A Center that has closed stays closed; open a new one." if change.kind == "center" else "Open it again.",
        )
    return _check_names(change, frozenset())


def _check_details(
    change: Change, unit: Unit | None, units: Mapping[UnitKey, Unit], *, opens: bool = False
) -> Fault | None:
    if not opens:
        if unit is None:
            return _unknown(change)
        if not change.body:
            return Fault("details-missing", "The change names nothing that changes.", "Give it in `details`.")
        if not unit.is_open(change.effective_on):
            return Fault(
                "unit-not-open",
                f"The {change.kind} {change.code} does not exist on {change.effective_on}.",
                "Give a day on which it does.",
            )
    kinds = DETAILS[change.kind]
    if fault := _check_names(change, frozenset(kinds.required + kinds.optional)):
        return fault
    if emptied := [name for name in kinds.required if name in change.body and change.body[name] in {None, ""}]:
        return Fault(
            "details-missing",
            f"A {change.kind} is never without: {', '.join(emptied)}.",
            "Leave out what does not change.",
        )
    for kind in ("division", "team"):
        code = change.body.get(kind)
        if code is not None and UnitKey(kind, change.center, code) not in units:
            return Fault(
                f"unknown-{kind}",
                f"{change.center} has no {kind} {code}.",
                f"Take one from GET /centers/{change.center}.",
            )
    if change.kind == "center" and (number := change.body.get("numeric_code")) is not None:
        twins = [
            item.code
            for item in units.values()
            if item.kind == "center" and item.code != change.code and item.details.get("numeric_code") == number
        ]
        if twins:
            return Fault(
                "numeric-code-taken",
                f"The numeric code {number} belongs to {twins[0]}.",
                "Codes are never used again; take a new one.",
            )
    return None


def _check_names(change: Change, known: frozenset[str]) -> Fault | None:
    if unknown := sorted(change.body.keys() - known):
        fields = ", ".join(sorted(known)) or "nothing"
        return Fault(
            "details-unknown",
            f"A {change.kind} has no {', '.join(unknown)} to give with `{change.action}`.",
            f"It takes: {fields}.",
        )
    return None


def _unknown(change: Change) -> Fault:
    return Fault(
        "unknown-unit",
        f"There is no {change.kind} {change.code} in {change.center}.",
        "Take a code from the directory, or open the unit first.",
    )


def _unknown_center(code: str) -> Fault:
    return Fault("unknown-center", f"There is no Center {code}.", "Take a code from GET /centers.")


def _tell(details: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{name.replace('_', ' ')} {value}" for name, value in sorted(details.items()) if value is not None
    )
