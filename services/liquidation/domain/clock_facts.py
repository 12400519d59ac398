"""Days that start a clock and that no summary carries, and which of several days is the time of entry."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.liquidation.domain.history_order import NamedDay, name_days
from services.liquidation.domain.liquidation_period import DesignatedImport
from services.liquidation.domain.rules.rule import Finding
from services.liquidation.domain.start_dates import EntryBasis, EntryDates, entry_date
from shared.customs.entry_types import entry_type


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """What people recorded of one entry; None: not known.

    `final_withdrawal_on` is of a warehouse entry, `reconciliation_due_on` of a reconciliation; `designated_imports`,
    `deposited_on` and `waived_on` are of a drawback claim. `entry_basis` says which day is the time of entry;
    `entry_filed_on`, `presented_on` and `withdrawn_on` are days that it may name.
    """

    final_withdrawal_on: date | None = None
    reconciliation_due_on: date | None = None
    designated_imports: tuple[DesignatedImport, ...] = ()
    deposited_on: date | None = None
    waived_on: date | None = None
    entry_basis: EntryBasis | None = None
    entry_filed_on: date | None = None
    presented_on: date | None = None
    withdrawn_on: date | None = None


NO_CLOCK_FACTS: Final = ClockFacts()


@dataclass(frozen=True, slots=True)
class EntryDateCandidate:
    """A day that could be the time of entry, and where it comes from; one of an entry's governs."""

    source: str
    on: date
    governs: bool


@dataclass(frozen=True, slots=True)
class TimeOfEntry:
    """Which day is the time of entry and what else could have been.

    `differs`: the governing version asserts another day than the recorded basis gives. `is_day_missing`: a basis was
    recorded, and the day that it names is not known yet, so that the asserted one governs.
    """

    basis: EntryBasis | None
    governs_on: date | None
    asserted_on: date | None
    differs: bool
    is_day_missing: bool
    candidates: tuple[EntryDateCandidate, ...]


def find_time_of_entry(
    asserted: date, clock: ClockFacts, released_on: date | None, summary_filed_on: date | None
) -> date:
    """The day from which the year runs: by the basis that was recorded, if its day is known, else as asserted.

    Rule entry-date [P], 19 CFR 101.1, 141.68.

    >>> quota = ClockFacts(entry_basis="quota", presented_on=date(2026, 3, 5))
    >>> find_time_of_entry(date(2026, 3, 2), quota, None, None)
    datetime.date(2026, 3, 5)
    >>> find_time_of_entry(date(2026, 3, 2), ClockFacts(entry_basis="quota"), None, None)
    datetime.date(2026, 3, 2)
    """
    if clock.entry_basis is None:
        return asserted
    return entry_date(clock.entry_basis, _days(clock, released_on, summary_filed_on)) or asserted


def weigh_entry_dates(
    asserted: Iterable[tuple[int, date]],
    governing: int | None,
    clock: ClockFacts,
    *,
    released_on: date | None = None,
    summary_filed_on: date | None = None,
    imported_on: date | None = None,
) -> TimeOfEntry:
    """Every day that could be the time of entry, in order, and which governs.

    Rule entry-date [P], 19 CFR 101.1, 141.68: all are kept. The importation is shown beside them and governs nothing
    here (importation-date). `asserted` are the versions with their dates of entry, `governing` the number of the one
    that stands, whose date governs unless a basis was recorded whose day is known.

    >>> found = weigh_entry_dates([(1, date(2026, 3, 2))], 1, ClockFacts(), released_on=date(2026, 3, 1))
    >>> [(each.source, each.on.day, each.governs) for each in found.candidates], found.differs
    ([('release', 1, False), ('version 1', 2, True)], False)
    """
    versions = dict(asserted)
    days = _days(clock, released_on, summary_filed_on)
    recorded_on = entry_date(clock.entry_basis, days) if clock.entry_basis is not None else None
    asserted_on = versions[governing] if governing is not None else None
    known = (
        ("release", days.released_on, clock.entry_basis == "release"),
        ("entry-filed", days.entry_filed_on, clock.entry_basis == "filing-elected"),
        ("summary-filed", days.summary_filed_on, clock.entry_basis == "immediate-delivery"),
        ("presentation", days.presented_on, clock.entry_basis == "quota"),
        ("withdrawal", days.withdrawn_on, clock.entry_basis == "withdrawal"),
        ("importation", imported_on, False),
        *((f"version {number}", on, recorded_on is None and number == governing) for number, on in versions.items()),
    )
    found = [EntryDateCandidate(source, on, governs) for source, on, governs in known if on is not None]
    return TimeOfEntry(
        basis=clock.entry_basis,
        governs_on=recorded_on or asserted_on,
        asserted_on=asserted_on,
        differs=recorded_on is not None and asserted_on is not None and recorded_on != asserted_on,
        is_day_missing=clock.entry_basis is not None and recorded_on is None,
        candidates=tuple(sorted(found, key=lambda each: (each.on, each.source))),
    )


def find_unfit(facts: ClockFacts, code: str, today: date) -> Finding | None:
    """Why facts cannot be those of an entry of this type; None when they can. Their order is judged by `find_disorder`.

    Rules by which each day counts: entry-date [P], 19 CFR 141.68; liq-1yr-warehouse, liq-1yr-recon, liq-1yr-drawback,
    liq-drawback-unliquidated [S], 19 USC 1504(a). What has not happened starts no clock; only a reconciliation can be
    due on a day to come.

    >>> find_unfit(ClockFacts(final_withdrawal_on=date(2026, 9, 1)), "01", date(2026, 9, 2)).outcome
    'not-of-this-type'
    """
    kind = entry_type(code)
    is_warehouse = kind.category == "warehouse" and kind.liquidates
    claim = (facts.deposited_on, facts.waived_on, *facts.designated_imports)
    for rule, is_given, fits in (
        ("liq-1yr-warehouse", facts.final_withdrawal_on is not None, is_warehouse),
        ("liq-1yr-recon", facts.reconciliation_due_on is not None, kind.reconciliation),
        ("liq-1yr-drawback", any(each is not None for each in claim), kind.drawback),
    ):
        if is_given and not fits:
            return Finding(rule, "not-of-this-type", f"it is of another kind than entry type {code}: {kind.name}")
    for rule, on in _happened(facts):
        if on is not None and on > today:
            return Finding(rule, "in-the-future", f"{on} has not come")
    if any(each.final_1514_on is not None and each.liquidated_on is None for each in facts.designated_imports):
        return Finding("liq-1yr-drawback", "contradiction", "an import is final that is not liquidated")
    needed = _DAY_OF_BASIS.get(facts.entry_basis) if facts.entry_basis is not None else None
    if needed is not None and getattr(facts, needed) is None:
        return Finding("entry-date", "missing-fact", f"the basis {facts.entry_basis} needs {needed}")
    return None


def list_days(facts: ClockFacts, entered_on: date) -> list[NamedDay]:
    """The recorded days and the time of entry as the table of orders knows them, by the fields of clock facts.

    >>> [each.field for each in list_days(ClockFacts(final_withdrawal_on=date(2026, 9, 1)), date(2026, 3, 2))]
    ['entry_date', 'final_withdrawal_on']
    """
    known = name_days(
        {
            "entry_date": entered_on,
            "final_withdrawal_on": facts.final_withdrawal_on,
            "reconciliation_due_on": facts.reconciliation_due_on,
            "withdrawn_on": facts.withdrawn_on,
        }
    )
    for number, each in enumerate(facts.designated_imports):
        group = f"designated_imports.{number}"
        days = {"liquidated_on": each.liquidated_on, "final_1514_on": each.final_1514_on}
        facts_of = {"liquidated_on": "import_liquidated_on", "final_1514_on": "import_final_on"}
        known += [NamedDay(facts_of[name], on, f"{group}.{name}", group) for name, on in days.items() if on is not None]
    return known


_DAY_OF_BASIS: Final[Mapping[EntryBasis, str]] = {
    "filing-elected": "entry_filed_on",
    "withdrawal": "withdrawn_on",
    "quota": "presented_on",
}
"""The recorded day that a basis names; the release and the filing of the summary come by themselves."""


def _happened(facts: ClockFacts) -> Iterator[tuple[str, date | None]]:
    yield "liq-1yr-warehouse", facts.final_withdrawal_on
    for each in facts.designated_imports:
        yield "liq-1yr-drawback", each.liquidated_on
        yield "liq-1yr-drawback", each.final_1514_on
    yield "liq-drawback-unliquidated", facts.deposited_on
    yield "liq-drawback-unliquidated", facts.waived_on
    yield "entry-date", facts.entry_filed_on
    yield "entry-date", facts.presented_on
    yield "entry-date", facts.withdrawn_on


def _days(clock: ClockFacts, released_on: date | None, summary_filed_on: date | None) -> EntryDates:
    return EntryDates(released_on, clock.entry_filed_on, summary_filed_on, clock.withdrawn_on, clock.presented_on)
