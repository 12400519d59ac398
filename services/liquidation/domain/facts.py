"""What the record of an entry is derived from."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.liquidation.domain.clock_facts import NO_CLOCK_FACTS, ClockFacts
from services.liquidation.domain.extension import ExtensionRequest
from services.liquidation.domain.suspension import Suspension


@dataclass(frozen=True, slots=True)
class Origin:
    """Which event a fact rests on; of two that contradict each other the earlier origin stands."""

    at: datetime
    source: str
    id: str

    @property
    def order(self) -> tuple[datetime, str, str]:
        """What decides which is earlier: the event's time, then its source and id."""
        return (self.at, self.source, self.id)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an entry summary as far as liquidation looks at it. Money in cents.

    `case` is the first on its lines, `cases` all of them, each with the maker of its line and the
    exporter where one is reported: `A570012000/CNSYNTH123SHE`.
    `is_flagged` says that issues are left to a reconciliation.
    """

    number: int
    entry_type: str
    importer_number: str
    surety_code: str | None
    port_of_entry: str
    entry_date: date
    paid_on: date | None
    duty_cents: int
    fees_cents: int
    case: str | None
    digest: UUID
    origin: Origin
    cases: tuple[str, ...] = ()
    is_flagged: bool = False


@dataclass(frozen=True, slots=True)
class RefundLock:
    """A refund that was requested from a program whose definition lets corrections wait; `until` None: it stands.

    A correction of before `since` governs even if it comes later.
    """

    program: str
    declaration_id: str
    since: datetime
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether a correction of this moment waits."""
        return self.since < at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """All that is known of an entry; versions in rising order, at most one of a number.

    `released_on` is the legal day of the earliest release, `extended_months` the sum of its extensions,
    `liquidated_version` the version that was liquidated (None: not liquidated) and `liquidated_on` when, `extensions`
    what makes up the months, `suspensions` those on record besides what the summary itself shows, `clock` what people
    recorded of days that no summary carries, `locks` the refunds that programs of mass change are asked for.
    """

    versions: tuple[Version, ...]
    released_on: date | None = None
    extended_months: int = 0
    liquidated_version: int | None = None
    extensions: tuple[ExtensionRequest, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    clock: ClockFacts = NO_CLOCK_FACTS
    liquidated_on: date | None = None
    locks: tuple[RefundLock, ...] = ()
