"""Protest: who against what, until when, when it is decided or deemed denied, and until when to sue."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from services.liquidation.domain.clocks import PROTEST_DAYS
from services.liquidation.domain.counting import due_in_days
from services.liquidation.domain.law import LAW, LawSettings
from services.liquidation.domain.rules import Finding
from shared.customs.calendar import Due, add_days

Protestant = Literal[
    "importer",
    "consignee",
    "surety",
    "payer",
    "person-seeking-delivery",
    "drawback-claimant",
    "origin-certifier",
    "agent",
    "other",
]

LONGER_PROTEST_SINCE: Final = date(2004, 12, 18)
LEGACY_PROTEST_DAYS: Final = 90
DEEMED_DENIAL_DAYS: Final = 30
LEGACY_ACCELERATION_DAYS: Final = 90
PROTEST_REFUND_DAYS: Final = 30
SUIT_DAYS: Final = 180
PROTESTABLE: Final = frozenset(
    {
        "appraised-value",
        "classification-rate-duty",
        "charge-exaction",
        "exclusion-redelivery",
        "liquidation",
        "drawback-refusal",
        "preference-refusal-1520d",
    }
)
CONTENTS: Final = (
    "protestant",
    "importer-number",
    "entry",
    "decision-date",
    "goods",
    "objections",
)
"""What every protest states, 19 CFR 174.13; the rest of that section depends on the case."""


def judge_protested_decision(kind: str, *, is_section_337: bool = False) -> Finding:
    """Whether a kind of decision can be protested.

    Rule protest-decisions [S], 19 USC 1514(a)(1)-(7). Rates of Commerce, fines and petitions, a reconciliation flag
    and the refusal to void a denial cannot; nor an exclusion under section 337.

    >>> judge_protested_decision("liquidation").outcome, judge_protested_decision("commerce-rate").outcome
    ('protestable', 'not-protestable')
    """
    is_protestable = kind in PROTESTABLE and not (kind == "exclusion-redelivery" and is_section_337)
    return Finding("protest-decisions", "protestable" if is_protestable else "not-protestable", f"decision: {kind}")


def judge_protestant(who: Protestant, *, is_origin_decision: bool = False) -> Finding:
    """Whether someone may protest.

    Rule protest-parties [S, partly recalled], 19 USC 1514(c)(2); an exporter or producer who certified the origin only
    against a decision on origin.

    >>> judge_protestant("surety").outcome, judge_protestant("origin-certifier").outcome
    ('may-protest', 'no-standing')
    """
    may = who != "other" and (who != "origin-certifier" or is_origin_decision)
    return Finding("protest-parties", "may-protest" if may else "no-standing", f"protestant: {who}")


def find_missing_contents(given: Collection[str]) -> Finding | None:
    """What a protest does not state; None when it is complete. It may be repaired only while time remains.

    Rule protest-contents [S], 19 CFR 174.13.

    >>> find_missing_contents(CONTENTS) is None
    True
    """
    missing = [each for each in CONTENTS if each not in given]
    return Finding("protest-contents", "incomplete", f"missing: {', '.join(missing)}") if missing else None


def protest_days(entered_on: date | None) -> int:
    """How many days there are to protest; an entry of unknown day is taken as one of present law.

    Rules protest-180 [S], 19 USC 1514(c)(3); protest-90-legacy [S], 19 CFR 174.12(e): entries before 18 December 2004.

    >>> protest_days(date(2004, 12, 17)), protest_days(date(2004, 12, 18))
    (90, 180)
    """
    return LEGACY_PROTEST_DAYS if entered_on is not None and entered_on < LONGER_PROTEST_SINCE else PROTEST_DAYS


def protest_window(decided_on: date, entered_on: date | None = None, law: LawSettings = LAW) -> Due:
    """Until when a liquidation, reliquidation or other decision is protested; nothing done by Commerce later moves it.

    Rules protest-180, protest-90-legacy [S], 19 USC 1514(c)(3), roll-private-filing [S]; protest-commerce-no-reset [S],
    Acquisition 362 (Fed. Cir. 2023).

    >>> protest_window(date(2026, 1, 5))
    Due(safe=datetime.date(2026, 7, 4), last_arguable=datetime.date(2026, 7, 6))
    """
    return due_in_days(decided_on, protest_days(entered_on), "private", law)


def judge_timeliness(window: Due, decided_on: date, received_on: date) -> Finding:
    """Whether a protest is in time; a late one is untimely and not denied on its merits.

    Rule protest-180 [S], 19 USC 1514(c)(3): not before the decision, not after the last day; between the safe and the
    last arguable day the outcome is `arguable`.

    >>> judge_timeliness(protest_window(date(2026, 1, 5)), date(2026, 1, 5), date(2026, 7, 7)).outcome
    'untimely'
    """
    if received_on < decided_on:
        outcome = "too-early"
    elif received_on <= window.safe:
        outcome = "timely"
    else:
        outcome = "arguable" if received_on <= window.last_arguable else "untimely"
    why = f"decided {decided_on}, received {received_on}, last day {window.safe}, arguable {window.last_arguable}"
    return Finding("protest-180", outcome, why)


def judge_protest_after_commerce(
    liquidated_on: date, commerce_acted_on: date, received_on: date, law: LawSettings = LAW
) -> Finding:
    """Whether a protest is in time that was filed because Commerce amended its results or instructed CBP later.

    Rule protest-commerce-no-reset [S], 19 USC 1514(c)(3), Acquisition 362 (Fed. Cir. 2023): counted from the
    liquidation all the same.

    >>> judge_protest_after_commerce(date(2026, 1, 5), date(2026, 3, 9), date(2026, 7, 7)).outcome
    'untimely'
    """
    timeliness = judge_timeliness(protest_window(liquidated_on, None, law), liquidated_on, received_on)
    return Finding("protest-commerce-no-reset", timeliness.outcome, f"Commerce: {commerce_acted_on}; {timeliness.why}")


def surety_window(demanded_on: date, law: LawSettings = LAW) -> Due:
    """Until when a surety protests.

    Rule protest-surety [S], 19 USC 1514(c)(3), 19 CFR 174.12(e)(3): 180 days after the demand was mailed.

    >>> surety_window(date(2026, 9, 1)).safe
    datetime.date(2027, 2, 28)
    """
    return due_in_days(demanded_on, PROTEST_DAYS, "private", law)


def judge_reliquidation_issue(issue: str, decided_by_reliquidation: Collection[str]) -> Finding:
    """Whether an issue can be protested against a reliquidation.

    Rule protest-reliq-scope [M], 19 USC 1514(d), 19 CFR 174.16.

    >>> judge_reliquidation_issue("value", {"classification"}).outcome
    'stays-final'
    """
    outcome = "protestable" if issue in decided_by_reliquidation else "stays-final"
    return Finding("protest-reliq-scope", outcome, f"issue: {issue}")


def judge_further_protest(*, is_same_party: bool, is_same_category: bool) -> Finding:
    """What becomes of a protest when one on the same entry is on file.

    Rule protest-one-per-category [S], 19 USC 1514(c)(1), 19 CFR 174.15: a second one of the same party on a category is
    rejected, those of different parties are consolidated.

    >>> judge_further_protest(is_same_party=False, is_same_category=True).outcome
    'consolidate'
    """
    if not is_same_category:
        return Finding("protest-one-per-category", "accept", "another category of goods")
    outcome = "reject" if is_same_party else "consolidate"
    return Finding("protest-one-per-category", outcome, "the category is under protest")


@dataclass(frozen=True, slots=True)
class ProtestedEntry:
    """One of the entries that a protest names."""

    is_liquidated: bool
    protestant: str
    category: str
    decision: str
    center: str


def judge_protested_entries(entries: Sequence[ProtestedEntry]) -> Finding:
    """Whether one protest can cover these entries.

    Rule protest-multi-entry [P, U for several ports], 19 CFR 174.13(b).

    >>> one = ProtestedEntry(True, "importer", "computers", "classification", "CEE007")
    >>> judge_protested_entries([one, one]).outcome
    'one-protest'
    """
    if not all(entry.is_liquidated for entry in entries):
        return Finding("protest-multi-entry", "split", "an entry is not liquidated")
    if len({(entry.protestant, entry.category, entry.decision, entry.center) for entry in entries}) > 1:
        return Finding("protest-multi-entry", "split", "party, category, decision or Center differ")
    return Finding("protest-multi-entry", "one-protest", f"{len(entries)} entries with one decision in common")


def judge_amendment(
    window: Due, amended_on: date, *, adds_decision_or_category: bool, disposed_on: date | None = None
) -> Finding:
    """Whether an amendment of a protest is taken.

    Rules protest-amend [S], 19 USC 1514(c)(1), 19 CFR 174.14: a further decision or category within the original time;
    protest-new-grounds [S], 19 CFR 174.28: a new argument until the protest is decided.

    >>> judge_amendment(protest_window(date(2026, 1, 2)), date(2026, 7, 2), adds_decision_or_category=True).outcome
    'refused'
    """
    if adds_decision_or_category:
        if amended_on <= window.safe:
            outcome = "taken"
        else:
            outcome = "arguable" if amended_on <= window.last_arguable else "refused"
        return Finding("protest-amend", outcome, f"amended {amended_on}, time to protest ends {window.safe}")
    is_open = disposed_on is None or amended_on < disposed_on
    return Finding("protest-new-grounds", "taken" if is_open else "refused", f"disposed of: {disposed_on or 'not yet'}")


def judge_two_years(decide_by: date, on: date) -> Finding:
    """What follows when a protest is undecided after two years: a line of a report, and nothing in law.

    Rule protest-decide-2y [S], 19 USC 1515(a), Hitachi (Fed. Cir. 2011).

    >>> judge_two_years(date(2028, 9, 1), date(2028, 9, 2)).outcome
    'report-overdue'
    """
    return Finding("protest-decide-2y", "report-overdue" if on > decide_by else "in-time", f"to be decided {decide_by}")


def exclusion_denied_on(received_on: date) -> date:
    """The day at whose end a protest against exclusion is treated as denied.

    Rule protest-exclusion-30 [S], 19 CFR 174.21(b), 19 USC 1499(c)(5): day 30, no roll.

    >>> exclusion_denied_on(date(2026, 3, 2))
    datetime.date(2026, 4, 1)
    """
    return add_days(received_on, DEEMED_DENIAL_DAYS)


def acceleration_from(received_on: date, entered_on: date | None = None) -> date:
    """From which day accelerated disposition can be asked for.

    Rule protest-accel-request [P], 19 USC 1515(b), 19 CFR 174.22(a): with the protest; for entries before 18 December
    2004 90 days after it.

    >>> acceleration_from(date(2026, 3, 2))
    datetime.date(2026, 3, 2)
    """
    is_legacy = entered_on is not None and entered_on < LONGER_PROTEST_SINCE
    return add_days(received_on, LEGACY_ACCELERATION_DAYS) if is_legacy else received_on


def accelerated_denied_on(request_mailed_on: date) -> date:
    """The day at whose end a protest is deemed denied after a request for accelerated disposition.

    Rule protest-accel-30 [P], 19 USC 1515(b), 19 CFR 174.22(c)-(d): day 30 after the mailing, which may be a Sunday;
    nobody can decide it afterwards.

    >>> accelerated_denied_on(date(2026, 2, 6))
    datetime.date(2026, 3, 8)
    """
    return add_days(request_mailed_on, DEEMED_DENIAL_DAYS)


def judge_decision_on_protest(
    on: date, *, deemed_denied_on: date | None = None, denied_on: date | None = None, summoned_on: date | None = None
) -> Finding:
    """Whether CBP can decide a protest on a day.

    Rules action-ends-admin [M], 19 USC 1515(c): not once a suit is begun; inv-deemed-denial [S], 19 USC 1515(b): not
    after a deemed denial; protest-no-rescind [S], San Francisco Newspaper (CIT 1985): nor again after a denial.

    >>> judge_decision_on_protest(date(2026, 3, 9), deemed_denied_on=date(2026, 3, 8)).outcome
    'blocked'
    """
    if summoned_on is not None and on >= summoned_on:
        return Finding("action-ends-admin", "blocked", f"suit begun on {summoned_on}")
    if deemed_denied_on is not None and on > deemed_denied_on:
        return Finding("inv-deemed-denial", "blocked", f"deemed denied on {deemed_denied_on}")
    if denied_on is not None:
        return Finding("protest-no-rescind", "blocked", f"denied on {denied_on}: only 1515(c) or (d) is left")
    return Finding("protest-decide-2y", "may-decide", "the protest is undecided")


def protest_refund_due(reliquidated_on: date) -> date:
    """By when an allowed protest is refunded.

    Rule protest-allow [P], 19 USC 1515(a), 19 CFR 174.29: 30 days after the reliquidation.

    >>> protest_refund_due(date(2026, 9, 1))
    datetime.date(2026, 10, 1)
    """
    return add_days(reliquidated_on, PROTEST_REFUND_DAYS)


def find_denial_defect(*, states_reasons: bool, states_right_to_sue: bool) -> Finding | None:
    """What a notice of denial lacks; None when it is complete.

    Rule protest-denial-notice [S], 19 USC 1515(a), 19 CFR 174.30.

    >>> find_denial_defect(states_reasons=True, states_right_to_sue=False).outcome
    'no-right-to-sue'
    """
    if not states_reasons:
        return Finding("protest-denial-notice", "no-reasons", "the notice gives no reasons")
    if not states_right_to_sue:
        return Finding("protest-denial-notice", "no-right-to-sue", "the notice does not state the right to sue")
    return None


def suit_due(denied_on: date, law: LawSettings = LAW) -> Due:
    """Until when a suit on a denied protest is begun; `denied_on` is the mailing or the deemed denial.

    Rules summons-180 [S], 28 USC 2636(a), 19 CFR 174.31; roll-court [M]; void-no-toll [S], Sears Holdings (CIT 2012): a
    request to void or to set aside does not stop it.

    >>> suit_due(date(2026, 3, 8)).safe
    datetime.date(2026, 9, 4)
    """
    return due_in_days(denied_on, SUIT_DAYS, "court", law)


def judge_suit(*, are_duties_paid: bool) -> Finding:
    """Whether the court can take a suit.

    Rule summons-paydues [M], 28 USC 2637(a): all liquidated duties, charges and exactions are paid before.

    >>> judge_suit(are_duties_paid=False).outcome
    'no-jurisdiction'
    """
    outcome = "may-sue" if are_duties_paid else "no-jurisdiction"
    return Finding("summons-paydues", outcome, "paid" if are_duties_paid else "duties or charges are unpaid")
