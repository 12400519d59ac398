"""The clocks of notices and demands, penalties and prior disclosure, evasion cases, detention and forced labour."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Final

from services.liquidation.domain import detention_clocks, evasion_clocks, notice_clocks, penalty_clocks
from services.liquidation.domain.calculator.case import Case
from services.liquidation.domain.calculator.row import Row
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.rules.rule import Finding
from services.liquidation.domain.suspension import judge_evasion_measure
from shared.customs.calendar import Due


def _find_last_day_to_sue(case: Case) -> date | None:
    if case.facts.violated_on is None:
        return None
    return penalty_clocks.penalty_suit_until(case.facts.violated_on, case.facts.fraud_discovered_on, law=case.law)


def _may_keep_records(case: Case) -> bool:
    return case.entry_date is not None and case.kind.liquidates and not case.kind.drawback


def _is_under_order(case: Case) -> bool:
    return case.facts.forced_labor in ("wro", "finding")


def _protest_of_entry(case: Case) -> Due | None:
    return evasion_clocks.evasion_protest_window(
        case.day("investigation_initiated_on"), case.day("liquidated_on"), case.entry_date, case.law
    )


_NOTICES: Final = (
    Row(
        "cf28-reply",
        "request for information answered until",
        ("cf28_issued_on",),
        "private",
        lambda case: notice_clocks.information_reply_due(case.day("cf28_issued_on"), case.law),
        "CBP may decide on what it has: a proposed action, or an extension",
        lambda case: case.facts.cf28_issued_on is not None,
    ),
    Row(
        "cf29-proposed",
        "proposed notice of action answered until",
        ("cf29_mailed_on",),
        "private",
        lambda case: notice_clocks.proposed_action_reply_due(case.day("cf29_mailed_on"), case.law),
        "the action is taken",
        lambda case: case.facts.cf29_mailed_on is not None,
    ),
    Row(
        "records-demand",
        "demanded records produced until",
        ("record_demand_on",),
        "private",
        lambda case: notice_clocks.records_due(case.day("record_demand_on"), case.law),
        "penalties; without records of a special rate, reliquidation at the general one (reliq-1509g)",
        lambda case: case.facts.record_demand_on is not None,
    ),
    Row(
        "redelivery-demand",
        "CBP demands redelivery until",
        ("conditional_release_ended_on",),
        "government",
        lambda case: notice_clocks.redelivery_demand_due(case.day("conditional_release_ended_on"), case.law),
        "redelivery can no longer be demanded",
        lambda case: case.facts.conditional_release_ended_on is not None,
    ),
    Row(
        "redelivery-demand",
        "redelivered until",
        ("redelivery_demanded_on",),
        "none",
        lambda case: notice_clocks.redelivery_due(case.day("redelivery_demanded_on"), case.law),
        "liquidated damages",
        lambda case: case.facts.redelivery_demanded_on is not None,
    ),
    Row(
        "recordkeeping",
        "records of the entry kept until",
        ("entry_date",),
        "none",
        lambda case: notice_clocks.records_kept_until(case.day("entry_date")),
        "they may be destroyed",
        _may_keep_records,
    ),
    Row(
        "recordkeeping",
        "records of the drawback claim kept until",
        ("liquidated_on",),
        "none",
        lambda case: notice_clocks.drawback_records_kept_until(case.day("liquidated_on")),
        "they may be destroyed",
        lambda case: case.kind.drawback and case.is_liquidated,
    ),
)


def _answered_near_limitation(
    rule: str, what: str, mailed: str, reckon: Callable[[date, date | None, LawSettings], Due], effect: str
) -> tuple[Row, Row]:
    """A clock that may be shorter near the limitation: with the violation among its inputs once that is known."""

    def reckon_case(case: Case) -> Due:
        return reckon(case.day(mailed), _find_last_day_to_sue(case), case.law)

    def applies(case: Case, *, is_violation_known: bool) -> bool:
        return case.find(mailed) is not None and (case.facts.violated_on is not None) == is_violation_known

    return (
        Row(rule, what, (mailed,), "private", reckon_case, effect, partial(applies, is_violation_known=False)),
        Row(
            rule,
            what,
            (mailed, "violated_on"),
            "private",
            reckon_case,
            effect,
            partial(applies, is_violation_known=True),
        ),
    )


_PENALTIES: Final = (
    *_answered_near_limitation(
        "prepenalty-reply",
        "prepenalty notice answered until",
        "prepenalty_mailed_on",
        penalty_clocks.prepenalty_reply_due,
        "the penalty notice issues; with less than a year left to the limitation as few as 7 days may have been given",
    ),
    *_answered_near_limitation(
        "penalty-petition",
        "petition against the penalty until",
        "penalty_mailed_on",
        penalty_clocks.penalty_petition_due,
        "referred for collection; with less than 180 days left to the limitation as few as 7 working days may have "
        "been given",
    ),
    *_answered_near_limitation(
        "seizure-petition",
        "petition against the seizure until",
        "seizure_mailed_on",
        penalty_clocks.seizure_petition_due,
        "forfeiture proceeds; with less than 180 days left to the limitation as few as 7 working days may have been "
        "given",
    ),
    Row(
        "ld-petition",
        "petition against liquidated damages until",
        ("damages_mailed_on",),
        "private",
        lambda case: penalty_clocks.damages_petition_due(case.day("damages_mailed_on"), case.law),
        "demand on the surety, unless the time was extended",
        lambda case: case.facts.damages_mailed_on is not None,
    ),
    Row(
        "ld-decision-life",
        "decision on the petition paid, or petitioned again, until",
        ("petition_decided_on",),
        "private",
        lambda case: penalty_clocks.petition_decision_ends(case.day("petition_decided_on"), case.law),
        "the full amount revives",
        lambda case: case.facts.petition_decided_on is not None,
    ),
    Row(
        "pd-oral-confirm",
        "oral disclosure confirmed in writing until",
        ("disclosed_orally_on",),
        "private",
        lambda case: penalty_clocks.oral_disclosure_due(case.day("disclosed_orally_on"), case.law),
        "the disclosure may be refused",
        lambda case: case.facts.disclosed_orally_on is not None,
    ),
    Row(
        "pd-unknown-data",
        "data that the disclosure lacked given until",
        ("incomplete_disclosure_on",),
        "private",
        lambda case: penalty_clocks.disclosure_data_due(case.day("incomplete_disclosure_on"), case.law),
        "the disclosure is incomplete, unless the time was extended",
        lambda case: case.facts.incomplete_disclosure_on is not None,
    ),
    Row(
        "pd-tender",
        "loss of duty tendered until",
        ("loss_stated_on",),
        "private",
        lambda case: penalty_clocks.tender_due(case.day("loss_stated_on"), case.law),
        "the benefit of the disclosure is lost",
        lambda case: case.facts.loss_stated_on is not None,
    ),
    Row(
        "sol-1592",
        "suit for a penalty until",
        ("violated_on",),
        "none",
        _find_last_day_to_sue,
        "the suit is barred, unless the limit was waived",
        lambda case: case.facts.violated_on is not None,
    ),
)

_EVASION: Final = (
    Row(
        "eapa-initiate",
        "evasion investigation initiated, or decided not to be, until",
        ("allegation_received_on",),
        "government",
        lambda case: evasion_clocks.initiation_due(case.day("allegation_received_on"), case.law),
        "nothing by itself: the alleger is told within 5 business days when none is initiated",
        lambda case: case.facts.allegation_received_on is not None,
    ),
    Row(
        "eapa-initiate",
        "alleger told at the latest that none is initiated",
        ("allegation_received_on",),
        "government",
        lambda case: evasion_clocks.refusal_told_by(case.day("allegation_received_on"), case.law),
        "nothing by itself",
        lambda case: case.facts.allegation_received_on is not None and case.facts.investigation_initiated_on is None,
    ),
    Row(
        "eapa-interim",
        "reasonable suspicion and interim measures decided until",
        ("investigation_initiated_on",),
        "government",
        lambda case: evasion_clocks.interim_measures_due(case.day("investigation_initiated_on")),
        "with suspicion: entries since initiation are suspended, earlier ones extended (eapa-suspend)",
        lambda case: case.facts.investigation_initiated_on is not None,
    ),
    Row(
        "eapa-notice",
        "parties notified of the interim measures until",
        ("interim_measures_on",),
        "government",
        lambda case: evasion_clocks.parties_notified_by(case.day("interim_measures_on"), case.law),
        "nothing by itself",
        lambda case: case.facts.interim_measures_on is not None,
    ),
    Row(
        "eapa-facts",
        "facts submitted voluntarily until",
        ("investigation_initiated_on",),
        "private",
        lambda case: evasion_clocks.facts_close(case.day("investigation_initiated_on"), case.law),
        "no more facts are submitted voluntarily",
        lambda case: case.facts.investigation_initiated_on is not None,
    ),
    Row(
        "eapa-argument",
        "written arguments until",
        ("investigation_initiated_on",),
        "private",
        lambda case: evasion_clocks.arguments_close(case.day("investigation_initiated_on"), case.law),
        "arguments are closed, replies to them apart",
        lambda case: case.facts.investigation_initiated_on is not None,
    ),
    Row(
        "eapa-argument",
        "replies to arguments until",
        ("investigation_initiated_on",),
        "private",
        lambda case: evasion_clocks.replies_close(case.day("investigation_initiated_on"), case.law),
        "arguments are closed",
        lambda case: case.facts.investigation_initiated_on is not None,
    ),
    Row(
        "eapa-decide",
        "evasion determined until",
        ("investigation_initiated_on",),
        "government",
        lambda case: evasion_clocks.determination_due(
            case.day("investigation_initiated_on"), is_complicated=case.facts.is_extraordinarily_complicated
        ),
        "nothing by itself; the time stops while Commerce has a scope referral, which moves this day",
        lambda case: case.facts.investigation_initiated_on is not None,
    ),
    Row(
        "eapa-decide",
        "parties notified of the determination until",
        ("evasion_determined_on",),
        "government",
        lambda case: evasion_clocks.parties_notified_by(case.day("evasion_determined_on"), case.law),
        "nothing by itself",
        lambda case: case.facts.evasion_determined_on is not None,
    ),
    Row(
        "eapa-review-request",
        "review of the determination asked for until",
        ("evasion_determined_on",),
        "private",
        lambda case: evasion_clocks.review_request_due(case.day("evasion_determined_on"), case.law),
        "the determination is final at 11:59 p.m. Eastern of that day",
        lambda case: case.facts.evasion_determined_on is not None,
    ),
    Row(
        "eapa-review-decide",
        "review of the determination decided until",
        ("evasion_review_requested_on",),
        "government",
        lambda case: evasion_clocks.review_decision_due(case.day("evasion_review_requested_on"), case.law),
        "nothing by itself",
        lambda case: case.facts.evasion_review_requested_on is not None,
    ),
    Row(
        "eapa-suit",
        "suit on the review of the determination until",
        ("evasion_review_decided_on",),
        "court",
        lambda case: evasion_clocks.evasion_suit_due(case.day("evasion_review_decided_on"), case.law),
        "the action is barred",
        lambda case: case.facts.evasion_review_decided_on is not None,
    ),
    Row(
        "eapa-liq-still-protest",
        "protest, whatever the evasion case brings, until",
        ("investigation_initiated_on", "liquidated_on"),
        "private",
        _protest_of_entry,
        "final; the evasion case leaves no other remedy",
        lambda case: case.facts.investigation_initiated_on is not None and case.is_liquidated,
    ),
)

_DETENTION: Final = (
    Row(
        "detain-decide",
        "goods released or detained until",
        ("presented_for_examination_on",),
        "government",
        lambda case: detention_clocks.detention_decision_due(case.day("presented_for_examination_on"), case.law),
        "goods that are not released are taken as detained",
        lambda case: case.facts.presented_for_examination_on is not None,
    ),
    Row(
        "detain-notice",
        "notice of the detention until",
        ("detained_on",),
        "government",
        lambda case: detention_clocks.detention_notice_due(case.day("detained_on"), case.law),
        "it states the reason, the expected time and what is needed",
        lambda case: case.facts.detained_on is not None,
    ),
    Row(
        "detain-final",
        "goods excluded by law, when nothing is decided before",
        ("presented_for_examination_on",),
        "government",
        lambda case: detention_clocks.excluded_on(case.day("presented_for_examination_on")),
        "excluded at the end of the day: 180 days to protest begin",
        lambda case: case.facts.presented_for_examination_on is not None and case.facts.exclusion_advised_on is None,
    ),
    Row(
        "detain-protest",
        "exclusion protested until",
        ("exclusion_advised_on",),
        "private",
        lambda case: detention_clocks.exclusion_protest_due(case.day("exclusion_advised_on"), case.law),
        "the exclusion is final; a protest that is not decided is treated as denied on day 30 after its filing",
        lambda case: case.facts.exclusion_advised_on is not None,
    ),
    Row(
        "detain-protest",
        "exclusion by law protested until",
        ("presented_for_examination_on",),
        "private",
        lambda case: detention_clocks.exclusion_protest_due(
            detention_clocks.excluded_on(case.day("presented_for_examination_on")), case.law
        ),
        "the exclusion is final; a protest that is not decided is treated as denied on day 30 after its filing",
        lambda case: case.facts.presented_for_examination_on is not None and case.facts.exclusion_advised_on is None,
    ),
    Row(
        "wro-proof",
        "proof of admissibility until",
        ("imported_on",),
        "private",
        lambda case: detention_clocks.proof_due(case.day("imported_on"), case.law),
        "not exported, and the proof missing or rejected: excluded in writing",
        lambda case: case.facts.forced_labor == "wro",
    ),
    Row(
        "wro-finding",
        "proof of admissibility until",
        ("imported_on",),
        "private",
        lambda case: detention_clocks.proof_due(case.day("imported_on"), case.law),
        "seized and forfeited",
        lambda case: case.facts.forced_labor == "finding",
    ),
    Row(
        "wro-abandon",
        "exported, or the exclusion protested, until",
        ("exclusion_advised_on",),
        "none",
        lambda case: detention_clocks.abandoned_after(case.day("exclusion_advised_on")),
        "deemed abandoned and destroyed",
        _is_under_order,
    ),
)

ROWS: Final = (*_NOTICES, *_PENALTIES, *_EVASION, *_DETENTION)


def find(case: Case) -> Iterator[Finding]:
    """What the rules of enforcement say besides dates: what cannot be protested, which clocks forced labour has."""
    facts = case.facts
    initiated_on = facts.investigation_initiated_on
    if facts.interim_measures_on is not None and initiated_on is not None and case.entry_date is not None:
        yield judge_evasion_measure(case.entry_date, initiated_on, is_liquidated=case.is_liquidated)
    if facts.cf29_mailed_on is not None:
        yield notice_clocks.judge_action_taken(facts.cf29_mailed_on)
    if facts.petition_decided_on is not None:
        yield penalty_clocks.judge_petition_protest(facts.petition_decided_on)
    if facts.forced_labor is not None:
        yield detention_clocks.judge_forced_labor_clocks(facts.forced_labor)
