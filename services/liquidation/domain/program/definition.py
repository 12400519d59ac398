"""A program of mass change as dated data: what an order removes, from which entries, by whose power and from when."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal, get_args

from services.liquidation.domain.clocks import PROTEST_DAYS, RELIQUIDATION_DAYS
from services.liquidation.domain.money.amounts import ClassCode, duty_class
from services.liquidation.domain.predicate import HeadingRange, HeadingSet, read_heading_range
from shared.customs.entry_types import entry_types

Intake = Literal["declared", "automatic", "offered"]
Act = Literal["refuse", "with-warehouse-entry", "at-cycle", "liquidate", "reliquidate"]
Writer = Literal["center", "court-judgment"]
Declarer = Literal["importer", "filer-of-entry"]
Silence = Literal["accept", "drop"]
Exclusion = Literal[
    "protest-open", "drawback-designated", "reconciliation-filed", "lifted-pending", "surety-paid", "under-correction"
]
Finality = Literal["in-suit", "by-statute"]
"""Why what is final is reached: its importer sued, or a statute says so notwithstanding 19 USC 1514."""
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Mark = Literal["k", "j", "U"]
"""How well a value is known: recalled, judged by the authors of the program, unsettled. What was read has no mark."""

EXCLUSIONS: Final = get_args(Exclusion)
WEEKDAYS: Final = get_args(Weekday)


@dataclass(frozen=True, slots=True)
class Removal:
    """Tariff numbers whose duty is removed from entries of these days; None leaves that side open."""

    headings: HeadingRange
    entered_from: date | None = None
    entered_to: date | None = None

    def holds(self, entered_on: date) -> bool:
        """Whether it removes duty from goods entered on a day."""
        return _is_within(entered_on, self.entered_from, self.entered_to)


@dataclass(frozen=True, slots=True)
class Goods:
    """Of which lines the duty is removed; what is empty says nothing.

    `product` is text of the order that no field of a line can say: a person has to find that the goods are meant.
    """

    origins: tuple[str, ...] = ()
    importers: tuple[str, ...] = ()
    tariff_prefixes: tuple[str, ...] = ()
    preferences: tuple[str, ...] = ()
    product: str | None = None


@dataclass(frozen=True, slots=True)
class When:
    """Which entries a cohort takes; None or empty says nothing.

    `liquidated_days` are days from the liquidation in law to the receipt of the declaration, both counted; None leaves
    the last one open.
    """

    category: str | None = None
    entry_types: tuple[str, ...] = ()
    is_suspended: bool | None = None
    is_liquidated: bool | None = None
    is_informal: bool | None = None
    liquidated_days: tuple[int, int | None] | None = None


@dataclass(frozen=True, slots=True)
class Cohort:
    """Entries that one power of the law reaches: the first whose conditions are met decides of an entry.

    `on` and `until` are the first and last day of receipt on which it is open; `on` None: not yet. `last_day` is the
    day from the liquidation by which its writer has to act, `after_days` how long it waits. With `importers` it takes
    theirs alone. `code` is what an entry is told that it refuses. `finality` says why it reaches what is final.
    """

    name: str
    when: When
    act: Act
    on: date | None
    until: date | None = None
    by: Writer | None = None
    code: str | None = None
    after_days: int | None = None
    last_day: int | None = None
    importers: tuple[str, ...] = ()
    finality: Finality | None = None

    def is_open(self, on: date) -> bool:
        """Whether it takes what is received on a day."""
        return self.on is not None and _is_within(on, self.on, self.until)


@dataclass(frozen=True, slots=True)
class Money:
    """How the refund is reckoned: interest by statute, none, or at a rate that the order names.

    `base_check` sends a line to review whose heading may have carried the ordinary duty too; the general rate that it
    compares with is of 2024, so it only ever asks a person.
    """

    interest: Literal["1505c", "none", "ordered"]
    small: Literal["by-writer", "disregard", "refund"]
    fees: Literal["as-asserted"]
    base_check: Literal["review", "none"]
    ordered_rate_pct: str | None = None
    ordered_from: date | None = None


@dataclass(frozen=True, slots=True)
class Declaring:
    """Who may ask, from when to when, and how many entries at a time."""

    since: date
    until: date | None
    max_rows: int
    by: tuple[Declarer, ...]

    def is_open(self, on: date) -> bool:
        """Whether declarations are taken on a day."""
        return _is_within(on, self.since, self.until)


@dataclass(frozen=True, slots=True)
class Offering:
    """How long importers may answer what a program offers them, and what it means when they do not.

    `answer_days` are days after that of the offer; None: an answer is waited for without end.
    """

    answer_days: int | None = None
    silence: Silence = "drop"

    def answer_by(self, offered_on: date) -> date | None:
        """The last day on which an offer of a day is answered; None: there is no last one.

        >>> Offering(120, "accept").answer_by(date(2026, 4, 20))
        datetime.date(2026, 8, 18)
        """
        return offered_on + timedelta(days=self.answer_days) if self.answer_days is not None else None


@dataclass(frozen=True, slots=True)
class Posting:
    """On which days of the week it posts, how many entries a day at most, and when it waits or warns.

    It waits while more than `pause_outbox` events are still to be published, and while the oldest of them waits for
    longer than `pause_lag_seconds`. Of entries whose legal day comes within
    `alarm_days` the program is alarmed.
    """

    days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu")
    max_per_day: int | None = None
    pause_outbox: int = 2_000_000
    pause_lag_seconds: int = 600
    alarm_days: int = 5

    def posts_on(self, on: date) -> bool:
        """Whether it posts on a day.

        >>> Posting().posts_on(date(2026, 5, 4)), Posting().posts_on(date(2026, 5, 8))
        (True, False)
        """
        return WEEKDAYS[on.weekday()] in self.days

    def waits_for(self, events: int, oldest_seconds: int) -> bool:
        """Whether it waits until more is published: how many events wait, and the oldest of them for how long."""
        return events > self.pause_outbox or oldest_seconds > self.pause_lag_seconds


@dataclass(frozen=True, slots=True)
class Corrections:
    """Whether corrections wait while a refund is requested, and of which types not while they are suspended."""

    lock: bool
    free_while_suspended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule of the program was read, and on which day."""

    title: str
    citation: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Assumption:
    """A value of the program that no source settles: the field, how it is known, and what is assumed."""

    field: str
    mark: Mark
    says: str


@dataclass(frozen=True, slots=True)
class Definition:
    """One revision of a program, whole. Days are legal days, both ends counted."""

    program: str
    title: str
    order: str
    citation: str
    sources: tuple[Source, ...]
    assumptions: tuple[Assumption, ...]
    removes: tuple[Removal, ...]
    exceptions: tuple[HeadingRange, ...]
    goods: Goods
    entered_from: date | None
    entered_to: date | None
    intake: Intake
    money: Money
    declaring: Declaring
    cohorts: tuple[Cohort, ...]
    excludes: tuple[Exclusion, ...]
    exclude_types: tuple[str, ...]
    corrections: Corrections
    revives: tuple[HeadingRange, ...] = ()
    unknown_days: int = 30
    offering: Offering = Offering()
    posting: Posting = Posting()

    @property
    def is_asked_for(self) -> bool:
        """Whether importers and filers ask for entries; else the program takes all that it reaches by itself."""
        return self.intake == "declared"

    @property
    def headings(self) -> HeadingSet:
        """The tariff numbers whose duty is removed, on whatever day."""
        return HeadingSet(tuple(each.headings for each in self.removes), self.exceptions)

    @property
    def classes(self) -> tuple[ClassCode, ...]:
        """The accounting classes of the duty that it removes."""
        found = {duty_class(hts) for each in self.removes for hts in (each.headings.first, each.headings.last)}
        return tuple(sorted(found))

    def covers(self, entered_on: date) -> bool:
        """Whether goods entered on a day are within the program."""
        return _is_within(entered_on, self.entered_from, self.entered_to)

    def has_heading(self, hts: str) -> bool:
        """Whether duty under a tariff number is removed on some day."""
        return any(contains(each.headings, hts) for each in self.removes) and not self._is_excepted(hts)

    def removes_duty(self, hts: str, entered_on: date) -> bool:
        """Whether duty under a tariff number is removed from goods entered on a day."""
        is_meant = any(contains(each.headings, hts) and each.holds(entered_on) for each in self.removes)
        return is_meant and not self._is_excepted(hts)

    def _is_excepted(self, hts: str) -> bool:
        return any(contains(each, hts) for each in self.exceptions)


def contains(headings: HeadingRange, hts: str) -> bool:
    """Whether a tariff number is within a range, in the order of its digits, as `store/predicates.py` compiles it.

    >>> contains(HeadingRange("99030120", "99030124"), "99030124"), contains(HeadingRange("9903", "9903"), "99040000")
    (True, False)
    """
    return headings.first <= hts < headings.last + ":"


def _is_within(on: date, first: date | None, last: date | None) -> bool:
    return (first is None or first <= on) and (last is None or on <= last)


def find_faults(definition: Definition) -> list[tuple[str, str]]:
    """What is wrong between the fields of a definition, each with its field; none when it can be stored."""
    return [*_faults_of_days(definition), *_faults_of_cohorts(definition), *_faults_of_the_rest(definition)]


def _faults_of_days(given: Definition) -> Iterator[tuple[str, str]]:
    spans: list[tuple[str, date | None, date | None]] = [
        ("entered", given.entered_from, given.entered_to),
        ("declaring", given.declaring.since, given.declaring.until),
    ]
    spans += [(f"removes[{n}]", each.entered_from, each.entered_to) for n, each in enumerate(given.removes, 1)]
    spans += [(f"cohorts[{n}]", each.on, each.until) for n, each in enumerate(given.cohorts, 1)]
    for field, first, last in spans:
        if first is not None and last is not None and last < first:
            yield field, f"ends on {last}, before it begins on {first}"
    for number, each in enumerate(given.removes, 1):
        if each.entered_from is not None and not given.covers(each.entered_from):
            yield f"removes[{number}].entered_from", f"{each.entered_from} is outside the days of the program"


def _faults_of_cohorts(given: Definition) -> Iterator[tuple[str, str]]:
    names: set[str] = set()
    for number, each in enumerate(given.cohorts, 1):
        field = f"cohorts[{number}]"
        if each.name in names:
            yield f"{field}.name", f"{each.name!r} is the name of another cohort"
        names.add(each.name)
        if each.act in ("liquidate", "reliquidate") and each.by is None:
            yield f"{field}.by", f"whose power it is to {each.act}: center or court-judgment"
        if each.act == "reliquidate" and each.when.is_liquidated is False:
            yield f"{field}.act", "what is not liquidated cannot be reliquidated"
        days = each.when.liquidated_days
        if days is not None and days[1] is not None and days[1] < days[0]:
            yield f"{field}.when.liquidated_days", f"the last, {days[1]}, comes before the first, {days[0]}"
        if each.act == "reliquidate" and each.by == "center" and each.last_day is None:
            yield f"{field}.last_day", "by which day from the liquidation a Center reliquidates (19 USC 1501: 90)"
        if each.act == "reliquidate" and each.by == "center" and (each.last_day or 0) > RELIQUIDATION_DAYS:
            yield f"{field}.last_day", f"a Center reliquidates until day {RELIQUIDATION_DAYS} (19 USC 1501)"
        if _reaches_what_is_final(each):
            yield (
                f"{field}.finality",
                f"past day {PROTEST_DAYS} a liquidation is final (19 USC 1514): end with last_day, name the importers"
                " who sued, or say why it is reached",
            )
        if each.when.category is not None and each.when.category not in _categories():
            yield f"{field}.when.category", f"one of {', '.join(sorted(_categories()))}"
        yield from _unknown_types(f"{field}.when.entry_types", each.when.entry_types)


def _reaches_what_is_final(cohort: Cohort) -> bool:
    """Whether a court's cohort goes on after finality and does not say why (rules final-1514, reliq-court)."""
    is_courts = cohort.act == "reliquidate" and cohort.by == "court-judgment"
    is_ended = cohort.last_day is not None and cohort.last_day <= PROTEST_DAYS
    return is_courts and not is_ended and not cohort.importers and cohort.finality is None


def _faults_of_the_rest(given: Definition) -> Iterator[tuple[str, str]]:
    money = given.money
    if money.interest == "ordered" and (money.ordered_rate_pct is None or money.ordered_from is None):
        yield "money.interest", "ordered interest needs ordered_rate_pct and ordered_from"
    for number, each in enumerate(given.exceptions, 1):
        if not any(
            each.first < other.headings.last + ":" and other.headings.first < each.last + ":" for other in given.removes
        ):
            yield f"except_removes[{number}]", f"{each} leaves out of removes, and none of these has it"
    if given.intake == "automatic" and given.corrections.lock:
        yield "corrections.lock", "nobody asks for what is taken automatically, so no correction waits for it"
    if given.intake != "offered" and given.offering != Offering():
        yield "offering", "only a program whose intake is offered waits for answers"
    yield from _unknown_types("exclude_types", given.exclude_types)
    yield from _unknown_types("corrections.free_while_suspended", given.corrections.free_while_suspended)


def _unknown_types(field: str, codes: Iterable[str]) -> Iterator[tuple[str, str]]:
    for code in codes:
        if code not in entry_types():
            yield field, f"{code!r} is no entry type"


def _categories() -> set[str]:
    return {each.category for each in entry_types().values()}


def definition_from_json(stored: Mapping[str, Any]) -> Definition:
    """A definition as `POST /programs` takes it and as it is stored; the fields are checked by whoever took it."""
    basis, entered, declaring, goods = (stored.get(each) or {} for each in ("basis", "entered", "declaring", "goods"))
    money, corrections, offering = stored["money"], stored["corrections"], stored.get("offering") or {}
    posting = stored.get("posting") or {}
    usual = Posting()
    return Definition(
        program=stored["program"],
        title=stored["title"],
        order=basis["order"],
        citation=basis["citation"],
        sources=tuple(Source(each["title"], each["citation"], each.get("url")) for each in basis.get("sources", ())),
        assumptions=tuple(
            Assumption(each["field"], each["mark"], each["says"]) for each in stored.get("assumptions", ())
        ),
        removes=tuple(
            Removal(read_heading_range(each["headings"]), _day(each.get("entered_from")), _day(each.get("entered_to")))
            for each in stored["removes"]
        ),
        exceptions=tuple(map(read_heading_range, stored.get("except_removes", ()))),
        goods=Goods(
            tuple(goods.get("origins", ())),
            tuple(goods.get("importers", ())),
            tuple(goods.get("tariff_prefixes", ())),
            tuple(goods.get("preferences", ())),
            goods.get("product"),
        ),
        entered_from=_day(entered.get("from")),
        entered_to=_day(entered.get("to")),
        intake=stored["intake"],
        money=Money(
            money["interest"],
            money["small"],
            money["fees"],
            money["base_check"],
            money.get("ordered_rate_pct"),
            _day(money.get("ordered_from")),
        ),
        declaring=Declaring(
            date.fromisoformat(declaring["from"]),
            _day(declaring.get("until")),
            declaring["max_rows"],
            tuple(declaring["by"]),
        ),
        cohorts=tuple(map(_read_cohort, stored["cohorts"])),
        excludes=tuple(stored.get("excludes", ())),
        exclude_types=tuple(stored.get("exclude_types", ())),
        corrections=Corrections(corrections["lock"], tuple(corrections.get("free_while_suspended", ()))),
        revives=tuple(map(read_heading_range, stored.get("revives", ()))),
        unknown_days=stored.get("unknown_days", 30),
        offering=Offering(offering.get("answer_days"), offering.get("silence", "drop")),
        posting=Posting(
            tuple(posting.get("days", usual.days)),
            posting.get("max_per_day"),
            posting.get("pause_outbox", usual.pause_outbox),
            posting.get("pause_lag_seconds", usual.pause_lag_seconds),
            posting.get("alarm_days", usual.alarm_days),
        ),
    )


def _read_cohort(stored: Mapping[str, Any]) -> Cohort:
    when = stored.get("when") or {}
    days = when.get("liquidated_days")
    return Cohort(
        name=stored["name"],
        when=When(
            when.get("category"),
            tuple(when.get("entry_types", ())),
            when.get("suspended"),
            when.get("liquidated"),
            when.get("informal"),
            (days[0], days[1]) if days else None,
        ),
        act=stored["act"],
        on=_day(stored.get("on")),
        until=_day(stored.get("until")),
        by=stored.get("by"),
        code=stored.get("code"),
        after_days=stored.get("after_days"),
        last_day=stored.get("last_day"),
        importers=tuple(stored.get("importers", ())),
        finality=stored.get("finality"),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
