"""What follows from everything that is recorded of one entry: finality, corrections, what happened and what comes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, get_args

from services.liquidation.domain.clock_facts import NO_CLOCK_FACTS, ClockFacts, TimeOfEntry, weigh_entry_dates
from services.liquidation.domain.correction_window import (
    CorrectionOutlook,
    CorrectionWindow,
    correction_window,
    foresee_correction,
)
from services.liquidation.domain.facts import Version
from services.liquidation.domain.grounds import filed_grounds, find_suspension_basis
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.plan import find_start
from services.liquidation.domain.record import find_summary_filing, has_correction_window
from services.liquidation.domain.reliquidation import FinalWriter, final_1501_on, judge_change_after_final
from services.liquidation.domain.rules.table import RULES
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
_BAR_RULES: Final = {"correction-after-liquidation": "psc-preconditions", "correction-outside-window": "psc-window"}


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


def judge_finality(picture: EntryPicture, law: LawSettings) -> Finality | None:
    """When the liquidation of an entry is final; None while it is not liquidated."""
    liquidated_on = picture.entry.liquidated_on
    if liquidated_on is None:
        return None
    judged = {writer: judge_change_after_final(writer) for writer in get_args(FinalWriter)}
    return Finality(
        final_1501_on(liquidated_on),
        _find_final_1514(picture, law),
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


def foresee_correction_of(picture: EntryPicture, today: date, *, may_know_of_review: bool) -> CorrectionOutlook | None:
    """Whether the summary could be corrected today; None where no window is known: nothing runs or was filed."""
    row, window = picture.entry, _find_correction_window(picture)
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


def list_contradictions(picture: EntryPicture) -> list[NotedContradiction]:
    """Events that contradict the record, and the versions that cannot govern."""
    barred = []
    for each in picture.versions:
        if each.barred_as is not None:
            rule, origin = _BAR_RULES.get(each.barred_as, "psc-cannot"), each.version.origin
            detail = f"version {each.version.number} does not govern: {RULES[rule].text}"
            barred.append(NotedContradiction(each.barred_as, rule, detail, origin.source, origin.id))
    return [*picture.contradictions, *barred]


def list_happened(picture: EntryPicture) -> list[Happened]:
    """What happened to an entry, by day."""
    return sorted(_happened(picture), key=lambda each: each.on)


def list_coming(picture: EntryPicture, law: LawSettings) -> list[Coming]:
    """Every clock of an entry, those of its bills and refunds last."""
    return [*coming_dates(_timeline_facts(picture, law), law), *_coming_of_money(picture)]


def _find_governing(picture: EntryPicture) -> Version | None:
    """The version that stands, with the time of entry that governs."""
    row = picture.entry
    for each in picture.versions:
        if each.version.number == row.version and row.entry_date is not None:
            return replace(each.version, entry_date=row.entry_date)
    return None


def _clock_facts(picture: EntryPicture) -> ClockFacts:
    return picture.clock_facts[-1].facts if picture.clock_facts else NO_CLOCK_FACTS


def _find_final_1514(picture: EntryPicture, law: LawSettings) -> Due | None:
    row = picture.entry
    if row.liquidated_on is None:
        return None
    posted_on = row.liquidation_posted_on if row.liquidation_kind == "deemed" else None
    protests = [_read_protest(each) for each in picture.protests]
    return find_finality(row.liquidated_on, protests, posted_on=posted_on, entered_on=row.entry_date, law=law)


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


def _find_correction_window(picture: EntryPicture) -> CorrectionWindow | None:
    """The window of the suspended or scheduled entry; None where none is known."""
    row, governing = picture.entry, _find_governing(picture)
    window = _find_suspended_window(picture)
    if window is not None or governing is None:
        return window
    if row.scheduled_on is None or not has_correction_window(governing.entry_type):
        return None
    return correction_window(
        governing.entry_type,
        governing.entry_date,
        row.scheduled_on,
        is_extended_on_request=_is_extended_on_request(picture),
        has_case=governing.case is not None,
    )


def _find_suspended_window(picture: EntryPicture) -> CorrectionWindow | None:
    governing = _find_governing(picture)
    if governing is None or not picture.entry.is_suspended:
        return None
    recorded = [
        Suspension(each.ground, each.authority, each.began_on, each.lift_noticed_on) for each in picture.suspensions
    ]
    basis = find_suspension_basis(governing, recorded)
    if basis is None:
        return None
    has_case = governing.case is not None
    return correction_window(governing.entry_type, governing.entry_date, None, has_case=has_case, suspended_for=basis)


def _is_extended_on_request(picture: EntryPicture) -> bool:
    return any(each.reason == "importer-request" for each in picture.extensions)


def _timeline_facts(picture: EntryPicture, law: LawSettings) -> TimelineFacts:
    row, governing = picture.entry, _find_governing(picture)
    return TimelineFacts(
        state=row.state,
        rule=row.rule,
        why=row.why,
        released_on=legal_date(row.released_at) if row.released_at else None,
        entry_date=row.entry_date,
        is_informal=row.is_informal,
        extended_months=row.extended_months,
        is_extended_on_request=_is_extended_on_request(picture),
        suspended_window=_find_suspended_window(picture),
        final=_find_final_1514(picture, law),
        start=_find_other_start(governing, _clock_facts(picture), law) if governing is not None else None,
        has_correction_window=governing is not None and has_correction_window(governing.entry_type),
        scheduled_on=row.scheduled_on,
        deemed_on=row.deemed_on,
        deemed_rule=row.deemed_rule,
        liquidated_on=row.liquidated_on,
        posted_on=row.liquidation_posted_on,
        is_deemed=row.liquidation_kind == "deemed",
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
        yield Happened(act.occurred_on, act.change, act.rule, act.detail, act.actor)
    if row.released_at is not None:
        detail = f"port {row.port_of_release}, {row.release_kind}"
        yield Happened(legal_date(row.released_at), "released", detail=detail)
    for review in picture.decisions:
        detail = f"{review.decision_id}: {review.status}"
        yield Happened(legal_date(review.decided_at), f"review decided: {review.outcome}", review.rule, detail)
    for protest in picture.protests:
        yield Happened(protest.filing.received_on, "protest filed", detail=protest.filing.number)
    for money in picture.money_acts:
        yield Happened(money.occurred_on, money.change, money.rule, money.detail, money.actor)


def _coming_of_money(picture: EntryPicture) -> Iterable[Coming]:
    """By when what is open is to be paid; after these days interest runs in blocks of 30 days."""
    for bill in picture.bills:
        if bill.open_cents:
            inputs = {"liquidated_on": str(bill.liquidated_on), "state": bill.state}
            yield Coming(f"bill {bill.bill_number} to be paid", "bill-due", bill.due_on, bill.due_on, inputs)
    for refund in picture.refunds:
        if refund.state not in ("paid", "replaced"):
            inputs = {"liquidated_on": str(refund.liquidated_on), "state": refund.state}
            what = f"refund {refund.refund_number} to be paid"
            yield Coming(what, "refund-due", refund.due_on, refund.due_on, inputs)
