"""What follows from everything that is recorded of one entry: finality, corrections, what happened and what comes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, get_args

from services.liquidation.domain.clock_facts import NO_CLOCK_FACTS, ClockFacts, TimeOfEntry, weigh_entry_dates
from services.liquidation.domain.correction_window import (
    CorrectionBar,
    CorrectionOutlook,
    CorrectionWindow,
    describe_bar,
    foresee_correction,
)
from services.liquidation.domain.extension import ExtensionRequest
from services.liquidation.domain.facts import EntryFacts, Version
from services.liquidation.domain.grounds import filed_grounds, join_grounds
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.liquidation_acts import (
    JudgedLiquidation,
    LiquidationAct,
    ReliquidationAct,
    StandingLiquidation,
    judge_acts,
)
from services.liquidation.domain.liquidation_period import Period, reckon_period
from services.liquidation.domain.plan import find_start
from services.liquidation.domain.protest.timeliness import surety_window
from services.liquidation.domain.record import find_bars, find_correction_window, find_summary_filing
from services.liquidation.domain.reliquidation import FinalWriter, final_1501_on, judge_change_after_final
from services.liquidation.domain.special_timeline import SpecialFacts, list_special
from services.liquidation.domain.suspension import Suspension
from services.liquidation.domain.timeline import (
    Coming,
    ProtestFact,
    RequestFact,
    TimelineFacts,
    coming_dates,
    find_finality,
)
from services.liquidation.store.pictures import AskedExtension, EntryPicture, NotedContradiction, ProtestOnEntry
from services.liquidation.store.suspensions import SuspensionRow
from shared.customs.calendar import Due, legal_date
from shared.customs.entry_types import entry_type

REVIEW_LANES: Final = frozenset({"document-review", "enforcement"})
_START_FACTS: Final = {
    "liq-1yr-warehouse": "final_withdrawal_on",
    "liq-1yr-recon": "reconciliation_filed_or_due_on",
    "liq-1yr-drawback": "drawback_claimed_on",
    "liq-drawback-old": "drawback_claimed_on",
}


@dataclass(frozen=True, slots=True)
class Finality:
    """When a liquidation is final for CBP's own motion (1501) and for everyone (1514), and who may write all the same.

    `final_1514` is None while a protest, an allowance or a suit keeps it open. `writers` gives the rule of each.
    """

    final_1501_on: date
    final_1514: Due | None
    writers: dict[FinalWriter, str]

    def is_final_1501(self, today: date) -> bool:
        """Whether the Center's own power is over."""
        return today >= self.final_1501_on

    def is_final_1514(self, today: date) -> bool:
        """Whether it is final for everyone, by the last arguable day."""
        return self.final_1514 is not None and today >= self.final_1514.last_arguable


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened to an entry on a day, by which rule where there is one."""

    on: date
    what: str
    rule: str | None = None
    detail: str | None = None
    actor: str | None = None
    authority: str | None = None


def judge_finality(picture: EntryPicture, law: LawSettings) -> Finality | None:
    """When the liquidation of an entry is final; None while it is not liquidated."""
    liquidation = judge_liquidation_of(picture, law)
    if liquidation is None or liquidation.standing is None:
        return None
    standing = liquidation.standing
    judged = {writer: judge_change_after_final(writer) for writer in get_args(FinalWriter)}
    return Finality(
        final_1501_on(standing.on, standing.posted_on),
        _find_final_1514(picture, standing, law, demanded_on=_last_demand(picture)),
        {writer: finding.rule for writer, finding in judged.items() if finding.outcome != "refused"},
    )


def weigh_dates_of_entry(picture: EntryPicture) -> TimeOfEntry:
    """Which day is the time of entry, and every other that could have been (entry-date)."""
    row = picture.entry
    return weigh_entry_dates(
        [(each.version.number, each.version.entry_date) for each in picture.versions],
        row.version,
        _clock_facts(picture),
        released_on=legal_date(row.released_at) if row.released_at is not None else None,
        summary_filed_on=find_summary_filing([each.version for each in picture.versions]),
        imported_on=next((each.imported_on for each in picture.versions if each.version.number == row.version), None),
    )


def foresee_correction_of(
    picture: EntryPicture, today: date, law: LawSettings, *, may_know_of_review: bool
) -> CorrectionOutlook | None:
    """Whether the summary could be corrected today; None where no window is known: nothing runs or was filed."""
    row, window = picture.entry, _find_correction_window(picture, law)
    if window is None:
        return None
    is_decided = any(each.status in ("applied", "effective") for each in picture.decisions)
    return foresee_correction(
        window,
        today,
        paid_on=row.paid_on,
        is_under_review=row.lane in REVIEW_LANES and not is_decided if may_know_of_review else None,
        is_liquidated=row.liquidated_on is not None,
    )


def list_suspensions(picture: EntryPicture) -> list[SuspensionRow]:
    """The suspensions of an entry: those that follow from its summary and are not on record, then those that are."""
    governing, known = _find_governing(picture), {each.ground for each in picture.suspensions}
    filed = filed_grounds(governing) if governing is not None else ()
    number = picture.entry.entry_number
    return [
        *(
            SuspensionRow(number, each.ground, each.began_on, each.authority, is_filed=True)
            for each in filed
            if each.ground not in known
        ),
        *picture.suspensions,
    ]


def is_open_request(request: AskedExtension, picture: EntryPicture) -> bool:
    """Whether a request for an extension is open: until one names its day, or the entry is liquidated."""
    asked_on = legal_date(request.received_at)
    is_granted = any(each.requested_on == asked_on for each in picture.extensions)
    return picture.entry.liquidated_on is None and not is_granted


def list_barred(
    picture: EntryPicture, law: LawSettings, show_number: Callable[[str], str]
) -> dict[int, tuple[CorrectionBar, str]]:
    """The versions that cannot govern: the first bar of each, and everything that bars it in words.

    `show_number` gives an importer number as the reader may see it.
    """
    found = find_bars(facts_of(picture), law.cycle, law) if picture.versions else {}
    return {
        number: (bars[0], "; ".join(describe_bar(each, show_number) for each in bars)) for number, bars in found.items()
    }


def list_contradictions(
    picture: EntryPicture, barred: Mapping[int, tuple[CorrectionBar, str]]
) -> list[NotedContradiction]:
    """Events that contradict the record, and the versions that cannot govern, as `list_barred` gives them."""
    found = []
    for each in picture.versions:
        number, origin = each.version.number, each.version.origin
        if number in barred:
            bar, why = barred[number]
            detail = f"version {number} does not govern: {why}"
            found.append(NotedContradiction(bar.kind, bar.rule, detail, origin.source, origin.id))
    return [*picture.contradictions, *found]


def list_happened(picture: EntryPicture) -> list[Happened]:
    """What happened to an entry, by day."""
    return sorted(_happened(picture), key=lambda each: each.on)


def list_coming(picture: EntryPicture, law: LawSettings) -> list[Coming]:
    """Every clock of an entry, those of its bills and refunds last."""
    special = list_special(_special_facts(picture), law) if picture.versions else ()
    return [
        *coming_dates(_timeline_facts(picture, law), law),
        *_coming_of_surety(picture, law),
        *special,
        *_coming_of_money(picture),
    ]


def _find_governing(picture: EntryPicture) -> Version | None:
    """The version that stands, with the time of entry that governs."""
    row = picture.entry
    for each in picture.versions:
        if each.version.number == row.version and row.entry_date is not None:
            return replace(each.version, entry_date=row.entry_date)
    return None


def _clock_facts(picture: EntryPicture) -> ClockFacts:
    return picture.clock_facts[-1].facts if picture.clock_facts else NO_CLOCK_FACTS


def judge_liquidation_of(picture: EntryPicture, law: LawSettings) -> JudgedLiquidation | None:
    """What the liquidation on record is in law, with its reliquidations; None when there is none on record."""
    row = picture.entry
    if row.liquidated_on is None:
        return None
    # The notice of an informal liquidation is its payment or release, whenever the record posts it.
    posted_on = row.liquidated_on if row.is_informal else row.liquidation_posted_on
    return judge_acts(
        LiquidationAct(row.liquidated_on, posted_on, row.liquidation_kind == "deemed"),
        [ReliquidationAct(each.reliquidated_on, each.writer) for each in picture.reliquidations],
        _grounds_of(picture),
        _reckon_period_of(picture, law),
    )


def _grounds_of(picture: EntryPicture) -> Sequence[Suspension]:
    """The suspensions of an entry, once any is on record: those that its summary shows alone end with no notice."""
    governing = _find_governing(picture)
    recorded = [
        Suspension(each.ground, each.authority, each.began_on, each.lift_noticed_on) for each in picture.suspensions
    ]
    return join_grounds(governing, recorded) if governing is not None and recorded else ()


def _reckon_period_of(picture: EntryPicture, law: LawSettings) -> Period | None:
    """The period by everything that is recorded; None where its start, or how long a summary suspends, is not known."""
    row, governing = picture.entry, _find_governing(picture)
    if governing is None or row.is_informal or (filed_grounds(governing) and not picture.suspensions):
        return None
    start = find_start(governing, entry_type(governing.entry_type), _clock_facts(picture), law)
    if start.on is None:
        return None
    asked = [
        ExtensionRequest(each.reason, each.months, each.posted_on, each.requested_on) for each in picture.extensions
    ]
    return reckon_period(start, asked, _grounds_of(picture), law=law)


def find_first_finality(picture: EntryPicture, law: LawSettings) -> Due | None:
    """From when what was decided first is final, whatever a reliquidation opened later; None: it is not, or is void.

    Rules final-1514 [S], 19 USC 1514(a), (d), as in `find_finality`.
    """
    liquidation = judge_liquidation_of(picture, law)
    if liquidation is None or liquidation.standing is None:
        return None
    return _find_final_1514(picture, replace(liquidation.standing, reliquidated_on=()), law, demanded_on=None)


def find_last_finality(picture: EntryPicture, law: LawSettings) -> Due | None:
    """From when what the last reliquidation decided is final too; None: it is not, or is void.

    Rules final-1514 [S], 19 USC 1514(a), (d), as in `find_finality`.
    """
    liquidation = judge_liquidation_of(picture, law)
    if liquidation is None or liquidation.standing is None:
        return None
    return _find_final_1514(picture, liquidation.standing, law, demanded_on=None)


def _find_final_1514(
    picture: EntryPicture, standing: StandingLiquidation, law: LawSettings, *, demanded_on: date | None
) -> Due | None:
    row = picture.entry
    protests = [_read_protest(each) for each in picture.protests]
    law = law.at_port(row.port_of_entry)
    return find_finality(standing, protests, entered_on=row.entry_date, demanded_on=demanded_on, law=law)


def _last_demand(picture: EntryPicture) -> date | None:
    """The last demand on the surety, from which it has its own time to protest (protest-surety)."""
    return max((each.occurred_on for each in picture.money_acts if each.change == "surety-billed"), default=None)


def _read_protest(each: ProtestOnEntry) -> ProtestFact:
    return ProtestFact(
        each.filing.number,
        each.filing.received_on,
        each.decide_by,
        stage=each.stage,
        timeliness=each.timeliness or "unknown",
        outcome=each.outcome,
        denied_on=each.denied_on,
        is_against_exclusion=each.filing.decision == "exclusion-redelivery",
    )


def _find_correction_window(picture: EntryPicture, law: LawSettings) -> CorrectionWindow | None:
    """The window of the version that stands, by all that is recorded; None where none is known."""
    governing = _find_governing(picture)
    return find_correction_window(governing, facts_of(picture), law.cycle, law) if governing is not None else None


def facts_of(picture: EntryPicture) -> EntryFacts:
    """What the record of the entry is derived from."""
    row = picture.entry
    extensions = tuple(
        ExtensionRequest(each.reason, each.months, each.posted_on, each.requested_on) for each in picture.extensions
    )
    return EntryFacts(
        versions=tuple(each.version for each in picture.versions),
        released_on=legal_date(row.released_at) if row.released_at is not None else None,
        extended_months=sum(each.months for each in extensions),
        liquidated_version=row.version if row.liquidated_on is not None else None,
        extensions=extensions,
        suspensions=tuple(
            Suspension(each.ground, each.authority, each.began_on, each.lift_noticed_on) for each in picture.suspensions
        ),
        clock=_clock_facts(picture),
        liquidated_on=row.liquidated_on,
    )


def _special_facts(picture: EntryPicture) -> SpecialFacts:
    """What the version that stands says of a temporary importation or a reconciliation; the last where none does."""
    stands = next(
        (each for each in picture.versions if each.version.number == picture.entry.version), picture.versions[-1]
    )
    return SpecialFacts(
        stands.version.entry_type,
        stands.tariff_numbers,
        stands.imported_on,
        stands.issues,
        find_summary_filing([each.version for each in picture.versions]),
        _clock_facts(picture).reconciliation_due_on,
    )


def _timeline_facts(picture: EntryPicture, law: LawSettings) -> TimelineFacts:
    row, governing = picture.entry, _find_governing(picture)
    liquidation = judge_liquidation_of(picture, law)
    standing = liquidation.standing if liquidation is not None else None
    return TimelineFacts(
        state=row.state,
        rule=row.rule,
        why=row.why,
        released_on=legal_date(row.released_at) if row.released_at else None,
        entry_date=row.entry_date,
        is_informal=row.is_informal,
        extended_months=row.extended_months,
        correction_window=_find_correction_window(picture, law),
        final=_find_final_1514(picture, standing, law, demanded_on=_last_demand(picture))
        if standing is not None
        else None,
        port=row.port_of_entry,
        start=_find_other_start(governing, _clock_facts(picture), law) if governing is not None else None,
        scheduled_on=row.scheduled_on,
        deemed_on=row.deemed_on,
        deemed_rule=row.deemed_rule,
        period=_reckon_period_of(picture, law),
        liquidation=liquidation,
        protests=tuple(_read_protest(each) for each in picture.protests),
        requests=tuple(
            RequestFact(each.request_id, each.form, each.issued_on, each.due_on)
            for each in picture.requests
            if each.closed_on is None
        ),
    )


def _find_other_start(governing: Version, clock: ClockFacts, law: LawSettings) -> tuple[str, date] | None:
    """The fact and the day from which the year runs, where it is not the date of entry."""
    start = find_start(governing, entry_type(governing.entry_type), clock, law)
    fact = _START_FACTS.get(start.rule)
    return (fact, start.on) if fact is not None and start.on is not None else None


def _happened(picture: EntryPicture) -> Iterable[Happened]:
    row = picture.entry
    for act in picture.acts:
        yield Happened(act.occurred_on, act.change, act.rule, act.detail, act.actor, act.authority)
    if row.released_at is not None:
        detail = f"port {row.port_of_release}, {row.release_kind}"
        yield Happened(legal_date(row.released_at), "released", detail=detail)
    for review in picture.decisions:
        detail = f"{review.decision_id}: {review.status}"
        yield Happened(legal_date(review.decided_at), f"review decided: {review.outcome}", review.rule, detail)
    for protest in picture.protests:
        yield Happened(protest.filing.received_on, "protest filed", detail=protest.filing.number)
    for money in picture.money_acts:
        yield Happened(money.occurred_on, money.change, money.rule, money.detail, money.actor, money.authority)


def _coming_of_surety(picture: EntryPicture, law: LawSettings) -> Iterable[Coming]:
    """Rule protest-surety [S], 19 CFR 174.12(e)(3): its own time to protest, from the last demand on it."""
    demanded_on = _last_demand(picture)
    if demanded_on is not None:
        until = surety_window(demanded_on, picture.entry.entry_date, law.at_port(picture.entry.port_of_entry))
        inputs = {"demanded_on": str(demanded_on)}
        what, rule = "last day for the surety to protest", "protest-surety"
        yield Coming("protest-until-surety", what, rule, until.safe, until.last_arguable, inputs)


def _coming_of_money(picture: EntryPicture) -> Iterable[Coming]:
    """By when what is open is to be paid; after these days interest runs in blocks of 30 days."""
    for bill in picture.bills:
        if bill.open_cents:
            inputs = {"liquidated_on": str(bill.liquidated_on), "state": bill.state}
            what, of_bill = f"bill {bill.bill_number} to be paid", {"bill": bill.bill_number}
            yield Coming("bill-due", what, "bill-due", bill.due_on, bill.due_on, inputs, of_bill)
    for refund in picture.refunds:
        if refund.state not in ("paid", "replaced"):
            inputs = {"liquidated_on": str(refund.liquidated_on), "state": refund.state}
            what, of_refund = f"refund {refund.refund_number} to be paid", {"refund": refund.refund_number}
            yield Coming("refund-due", what, "refund-due", refund.due_on, refund.due_on, inputs, of_refund)
