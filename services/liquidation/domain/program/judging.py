"""What becomes of one entry in a program: a pure function of the program, the record of the entry and what was asked.

The same facts give the same verdict, whatever came first. `store/program_verdicts.py` says the same in SQL for trials;
a property test holds the two together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, Literal, cast, get_args

from services.liquidation.domain.program.definition import Act, Cohort, Definition, Exclusion, Writer, contains
from shared.customs.entry_types import entry_type

RowCode = Literal["number-malformed", "digits-lost", "check-digit", "repeated"]
"""What is told of a row by itself, without looking at any entry."""
EntryCode = Literal[
    "unknown-entry",
    "not-yours",
    "already-declared",
    "entered-outside",
    "no-heading",
    "heading-out-of-dates",
    "entry-type",
    "protest-open",
    "drawback-designated",
    "reconciliation-filed",
    "lifted-pending",
    "surety-paid",
    "under-correction",
    "effects-overlap",
    "stacking-revives",
    "base-duty-missing",
    "not-the-product",
    "final-1501",
    "final-1514",
    "cohort-off",
    "too-near-day-90",
    "not-answered",
]
Note = Literal[
    "nothing-to-refund",
    "waits-suspension",
    "waits-warehouse",
    "waits-review",
    "waits-answer",
    "waits-contest",
    "money-open",
    "payee-not-ready",
    "payee-unknown",
]
Answer = Literal["accept", "contest"]
State = Literal["dropped", "withdrawn", "nothing", "waiting", "due", "posted"]
Readiness = Literal["ready", "not-ready", "unknown"]

ROW_CODES: Final = get_args(RowCode)
ENTRY_CODES: Final = get_args(EntryCode)
NOTES: Final = get_args(Note)
STATES: Final = get_args(State)
LASTING: Final[frozenset[str]] = frozenset(
    {"not-yours", "entered-outside", "entry-type", "final-1501", "final-1514", "too-near-day-90", "not-answered"}
)
"""What no fact that is still to come can mend for the day of receipt: such a request keeps no later one out."""

_WAITING: Final = frozenset({"waits-suspension", "waits-warehouse", "waits-review", "waits-answer", "waits-contest"})


@dataclass(frozen=True, slots=True)
class SpecialDuty:
    """Duty that a line asserts under one tariff number, in cents; its numbers that occur twice are one, summed.

    `goods` is the number of the goods on the line, `preference` what it claims, `base_duty_cents` what it asserts under
    all numbers of chapters 1 to 97, `base_owed_cents` what the general rate would come to (None: not known).
    """

    line_number: int
    hts: str
    duty_cents: int
    origin: str
    goods: str
    preference: str | None
    base_duty_cents: int
    base_owed_cents: int | None


@dataclass(frozen=True, slots=True)
class ProgramEntry:
    """What the record says of an entry as far as programs look at it, by the version that governs.

    `protest_by` is the last day to protest its liquidation. `standing` are the exclusions whose facts are there,
    whether the program excludes by them or not; `lifted_on` is the day of the notice that lifted its last suspension,
    None while it is suspended or never was; `deemed_on` is when it is liquidated by operation of law, unless it was
    before. `has_overlap`: a decision of a person lowers the additional duty too.
    `is_product` is what a person found of the goods, None when nobody looked.
    """

    entry_number: str
    importer_number: str
    entry_type: str
    entry_date: date
    is_suspended: bool
    is_informal: bool
    liquidated_on: date | None
    protest_by: date | None
    duties: tuple[SpecialDuty, ...]
    standing: frozenset[Exclusion] = frozenset()
    has_overlap: bool = False
    is_in_review: bool = False
    is_payment_known: bool = True
    readiness: Readiness = "unknown"
    is_product: bool | None = None
    lifted_on: date | None = None
    deemed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for one entry: when it was received, and for whom it was made.

    `importers` and `filer` are what the declarant speaks for; an importer declares its own entries, a filer those that
    it filed. `earlier` is the declaration that stands before it. What a program took by itself speaks for nobody:
    `offered_on` is the day on which it told the importer, `answer` what the importer said (None: nothing yet).
    """

    declaration_id: str
    received_at: datetime
    received_on: date
    importers: frozenset[str] = frozenset()
    filer: str | None = None
    earlier: str | None = None
    answer: Answer | None = None
    offered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of an entry; `code` None: it is accepted. `removed_cents` is the duty that the program removes.

    `last_day` is until when what the remedy names can be done.
    """

    code: EntryCode | None
    cohort: str | None = None
    act: Act | None = None
    by: Writer | None = None
    removed_cents: int = 0
    notes: tuple[Note, ...] = ()
    last_day: date | None = None

    @property
    def state(self) -> State:
        """In which state the request is, unless it was withdrawn or is posted."""
        if self.code is not None:
            return "dropped"
        if "nothing-to-refund" in self.notes:
            return "nothing"
        return "due" if _WAITING.isdisjoint(self.notes) else "waiting"

    @property
    def is_accepted(self) -> bool:
        """Whether corrections wait for it."""
        return self.code is None


def judge(program: Definition, entry: ProgramEntry | None, asked: Asked, today: date) -> Verdict:
    """What becomes of an entry that was asked for; None stands for one of which no summary has come.

    Of everything that stands against it the first is told, in the order of `EntryCode`. Windows count to the day of
    receipt; only a power that is over by `today` is over.
    """
    if not _is_entitled(program, entry, asked):
        return Verdict("not-yours")
    if entry is None:
        return Verdict("unknown-entry", last_day=asked.received_on + timedelta(days=program.unknown_days))
    if asked.earlier is not None:
        return Verdict("already-declared")
    code = _find_bar(program, entry, _list_exclusions(program, entry, asked))
    if code is not None:
        return Verdict(code, last_day=entry.protest_by if code in _PROTESTABLE else None)
    cohort = choose_cohort(program, entry, asked.received_on)
    removed = sum(each.duty_cents for each in list_removed(program, entry))
    if cohort is None:
        return _no_power(entry, asked)
    if not cohort.is_open(asked.received_on):
        return Verdict("cohort-off", cohort.name, last_day=None if cohort.act == "refuse" else entry.protest_by)
    if cohort.act == "refuse":
        return Verdict("entry-type", cohort.name)
    if _is_over(cohort, entry, today):
        return Verdict("too-near-day-90", cohort.name, last_day=entry.protest_by)
    if _is_unanswered(program, asked, today):
        return Verdict("not-answered", cohort.name, last_day=entry.protest_by)
    notes = _list_notes(program, entry, cohort, removed, asked, today)
    last_day = _answer_by(program, asked) if "waits-answer" in notes else None
    return Verdict(None, cohort.name, cohort.act, cohort.by, removed, notes, last_day)


def _answer_by(program: Definition, asked: Asked) -> date | None:
    return program.offering.answer_by(asked.offered_on) if asked.offered_on is not None else None


def _is_silent(program: Definition, asked: Asked, today: date) -> bool:
    """Whether an offer was not answered and cannot be any more."""
    last = _answer_by(program, asked)
    return program.intake == "offered" and asked.answer is None and last is not None and last < today


def _is_unanswered(program: Definition, asked: Asked, today: date) -> bool:
    """Whether an offer has ended because nobody answered it: a setting of the program says whether that accepts it."""
    return program.offering.silence == "drop" and _is_silent(program, asked, today)


def _is_over(cohort: Cohort, entry: ProgramEntry, today: date) -> bool:
    """Whether the power of a cohort over an entry is over."""
    if cohort.last_day is None or entry.liquidated_on is None:
        return False
    return today > entry.liquidated_on + timedelta(days=cohort.last_day)


def find_due_days(
    program: Definition, entry: ProgramEntry | None, verdict: Verdict, received_on: date
) -> tuple[date | None, date | None]:
    """From which day a request that is due is posted, and the last day of the law on which it can be; None: none known.

    The last day is that by which the cohort's writer has to act (19 USC 1501: day 90 for a Center), or the day on which
    an entry that is not liquidated is liquidated by operation of law (19 USC 1504). What is not due has neither.
    """
    cohort = next((each for each in program.cohorts if each.name == verdict.cohort), None)
    if verdict.state != "due" or entry is None or cohort is None:
        return None, None
    last: date | None = None
    if verdict.act == "reliquidate" and entry.liquidated_on is not None and cohort.last_day is not None:
        last = entry.liquidated_on + timedelta(days=cohort.last_day)
    elif verdict.act == "liquidate" and entry.liquidated_on is None:
        last = entry.deemed_on
    return received_on + timedelta(days=cohort.after_days or 0), last


_PROTESTABLE: Final = frozenset({"no-heading", "heading-out-of-dates", "entered-outside", "base-duty-missing"})


def _is_entitled(program: Definition, entry: ProgramEntry | None, asked: Asked) -> bool:
    if not program.is_asked_for:
        return True
    number_of_filer = asked.filer is not None and "filer-of-entry" in program.declaring.by
    if entry is None:
        # Whose it is will be known when its summary comes; the number says who filed it.
        return True
    if number_of_filer and entry.entry_number[:3] == asked.filer:
        return True
    return "importer" in program.declaring.by and entry.importer_number in asked.importers


def _find_bar(program: Definition, entry: ProgramEntry, excluded: Sequence[Exclusion]) -> EntryCode | None:
    if not program.covers(entry.entry_date):
        return "entered-outside"
    if code := _judge_headings(program, entry):
        return code
    if entry.entry_type in program.exclude_types:
        return "entry-type"
    if excluded:
        return excluded[0]
    if entry.has_overlap:
        return "effects-overlap"
    removed = list_removed(program, entry)
    if program.revives and _revives(program, entry, removed):
        return "stacking-revives"
    if program.money.base_check == "review" and any(map(_lacks_base_duty, removed)):
        return "base-duty-missing"
    return "not-the-product" if program.goods.product is not None and entry.is_product is False else None


def _list_exclusions(program: Definition, entry: ProgramEntry, asked: Asked) -> list[Exclusion]:
    """By which exclusions of the program an entry is out; one that was suspended when it was asked for stays taken."""
    was_suspended = entry.lifted_on is not None and entry.lifted_on > asked.received_on
    stands = entry.standing - {"lifted-pending"} if was_suspended else entry.standing
    return [each for each in program.excludes if each in stands]


def _judge_headings(program: Definition, entry: ProgramEntry) -> EntryCode | None:
    meant = [each for each in entry.duties if _is_of_goods(program, entry, each) and program.has_heading(each.hts)]
    if not meant:
        return "no-heading"
    is_on_a_day = any(program.removes_duty(each.hts, entry.entry_date) for each in meant)
    return None if is_on_a_day else "heading-out-of-dates"


def list_removed(program: Definition, entry: ProgramEntry) -> list[SpecialDuty]:
    """The duties of an entry that the program removes."""
    return [
        each
        for each in entry.duties
        if program.removes_duty(each.hts, entry.entry_date) and _is_of_goods(program, entry, each)
    ]


def _is_of_goods(program: Definition, entry: ProgramEntry, duty: SpecialDuty) -> bool:
    goods = program.goods
    return (
        (not goods.origins or duty.origin in goods.origins)
        and (not goods.importers or entry.importer_number in goods.importers)
        and (not goods.tariff_prefixes or duty.goods.startswith(goods.tariff_prefixes))
        and (not goods.preferences or duty.preference in goods.preferences)
    )


def _revives(program: Definition, entry: ProgramEntry, removed: Sequence[SpecialDuty]) -> bool:
    lines = {each.line_number for each in removed}
    return any(
        each.line_number in lines and any(contains(other, each.hts) for other in program.revives)
        for each in entry.duties
    )


def _lacks_base_duty(duty: SpecialDuty) -> bool:
    """Whether a line may have reported its ordinary duty under the heading: little stands under its own number."""
    owed = duty.base_owed_cents
    return duty.preference is None and owed is not None and duty.base_duty_cents < owed and duty.duty_cents > 0


def choose_cohort(program: Definition, entry: ProgramEntry, received_on: date) -> Cohort | None:
    """The first cohort whose conditions an entry meets; None when no power of the program reaches it."""
    return next((each for each in program.cohorts if _fits(each, entry, received_on)), None)


def _fits(cohort: Cohort, entry: ProgramEntry, received_on: date) -> bool:
    when = cohort.when
    return (
        (when.category is None or entry_type(entry.entry_type).category == when.category)
        and (not when.entry_types or entry.entry_type in when.entry_types)
        and (when.is_suspended is None or entry.is_suspended is when.is_suspended)
        and (when.is_liquidated is None or (entry.liquidated_on is not None) is when.is_liquidated)
        and (when.is_informal is None or entry.is_informal is when.is_informal)
        and (not cohort.importers or entry.importer_number in cohort.importers)
        and _is_in_days(when.liquidated_days, entry.liquidated_on, received_on)
    )


def _is_in_days(days: tuple[int, int | None] | None, liquidated_on: date | None, received_on: date) -> bool:
    if days is None:
        return True
    if liquidated_on is None:
        return False
    # Who asks before the liquidation asks within the days after it.
    passed = max((received_on - liquidated_on).days, 0)
    return days[0] <= passed and (days[1] is None or passed <= days[1])


def _no_power(entry: ProgramEntry, asked: Asked) -> Verdict:
    """No cohort reaches it: CBP's own power is over (1501), or everybody's (1514), or the program has none for it."""
    if entry.liquidated_on is None:
        return Verdict("cohort-off")
    if entry.protest_by is None or asked.received_on > entry.protest_by:
        return Verdict("final-1514")
    return Verdict("final-1501", last_day=entry.protest_by)


def _list_notes(
    program: Definition, entry: ProgramEntry, cohort: Cohort, removed: int, asked: Asked, today: date
) -> tuple[Note, ...]:
    is_unlooked = program.goods.product is not None and entry.is_product is None
    is_offered = program.intake == "offered" and asked.answer is None
    notes: tuple[tuple[Note, bool], ...] = (
        ("nothing-to-refund", removed == 0),
        ("waits-suspension", cohort.act == "at-cycle"),
        ("waits-warehouse", cohort.act == "with-warehouse-entry"),
        ("waits-review", entry.is_in_review or is_unlooked),
        ("waits-answer", is_offered and not _is_silent(program, asked, today)),
        ("waits-contest", asked.answer == "contest"),
        ("money-open", not entry.is_payment_known),
        ("payee-not-ready", entry.readiness == "not-ready"),
        ("payee-unknown", entry.readiness == "unknown"),
    )
    return tuple(note for note, holds in notes if holds)


@dataclass(frozen=True, slots=True)
class Request:
    """A request for an entry beside others for it; `withdrawn_at` None: it stands.

    `locks_since` is when somebody asked for the refund, from when corrections wait; None: nobody did. What is posted is
    not judged again, and stands before all others.
    """

    asked: Asked
    row_number: int
    withdrawn_at: datetime | None = None
    locks_since: datetime | None = None
    is_posted: bool = False

    @property
    def order(self) -> tuple[datetime, str, int]:
        """Of two requests the earlier stands."""
        return (self.asked.received_at, self.asked.declaration_id, self.row_number)


def judge_all(
    program: Definition, entry: ProgramEntry | None, requests: Sequence[Request], today: date
) -> list[tuple[Request, Verdict | None]]:
    """Every request for one entry in order of receipt; None for one that was withdrawn or is posted.

    The first that may be made stands, and those after it are told so. One that is dropped for good keeps nobody out.
    """
    judged: list[tuple[Request, Verdict | None]] = []
    standing = next((each.asked for each in requests if each.is_posted), None)
    for each in sorted(requests, key=lambda request: request.order):
        if each.withdrawn_at is not None or each.is_posted:
            judged.append((each, None))
            continue
        verdict = judge(program, entry, _behind(each.asked, standing), today)
        judged.append((each, verdict))
        if standing is None and verdict.code not in LASTING:
            standing = each.asked
    return judged


def _behind(asked: Asked, standing: Asked | None) -> Asked:
    if standing is None:
        return asked
    return replace(asked, earlier=standing.declaration_id)


AfterCode = Literal[
    "entered-outside",
    "no-heading",
    "heading-out-of-dates",
    "entry-type",
    "drawback-designated",
    "reconciliation-filed",
    "surety-paid",
    "under-correction",
    "effects-overlap",
    "stacking-revives",
    "base-duty-missing",
    "not-the-product",
    "amount-differs",
]
"""What is told of an entry after the fact: the code that would have stopped it, or that another amount stands."""
Team = Literal["drawback", "center"]
AFTER_CODES: Final = get_args(AfterCode)
_NO_FAULT: Final[frozenset[Exclusion]] = frozenset({"protest-open", "lifted-pending"})
"""A protest of what was posted is its remedy, and a suspension that is lifted what was waited for."""


@dataclass(frozen=True, slots=True)
class AfterFact:
    """A fact that came after the refund of an entry was posted: nothing is rewritten, a team is told.

    `removed_cents` is the duty that was removed, `owed_cents` what the program would remove by what is known now.
    """

    code: AfterCode
    team: Team
    removed_cents: int
    owed_cents: int

    @property
    def excess_cents(self) -> int:
        """How much more was removed than would be now; negative when it was less."""
        return self.removed_cents - self.owed_cents


def list_after_facts(program: Definition, entry: ProgramEntry, removed_cents: int) -> list[AfterFact]:
    """What stands against an entry of which so much duty was removed already.

    Each exclusion for itself, for each is another team's; then the first of what else is wrong, or another amount. Time
    and the posting itself change which power reaches the entry: that is no fact of after.
    """
    codes = [each for each in program.excludes if each not in _NO_FAULT and each in entry.standing]
    other = _find_bar(program, entry, ())
    found = [_after(cast("AfterCode", each), removed_cents, 0) for each in (*codes, other) if each is not None]
    owed = sum(each.duty_cents for each in list_removed(program, entry))
    if found or owed == removed_cents:
        return found
    return [_after("amount-differs", removed_cents, owed)]


def _after(code: AfterCode, removed_cents: int, owed_cents: int) -> AfterFact:
    return AfterFact(code, "drawback" if code == "drawback-designated" else "center", removed_cents, owed_cents)
