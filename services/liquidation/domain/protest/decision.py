"""The decision on a protest: until when it is taken, when the law denies by itself, and until when one sues."""

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from services.liquidation.domain.clocks import protest_decision_due
from services.liquidation.domain.counting import due_in_days, protest_filed_on
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.protest.filing import Filing
from services.liquidation.domain.protest.other_protests import OtherProtest
from services.liquidation.domain.rules.rule import Finding
from shared.customs.calendar import Due, add_days

DEEMED_DENIAL_DAYS: Final = 30
LEGACY_ACCELERATION_DAYS: Final = 90
PROTEST_REFUND_DAYS: Final = 30
SUIT_DAYS: Final = 180


def decide_by(filing: Filing, joined: Sequence[OtherProtest]) -> date:
    """By when the protest is to be decided: two years after it, or after the last of those taken together with it.

    Rule protest-decide-2y [S], 19 USC 1515(a), 19 CFR 174.21(a); nothing happens by law when it is not.
    """
    received = [filing.received_on, *(protest_filed_on(each.received_at) for each in joined)]
    return protest_decision_due(max(received))


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


def acceleration_from(received_on: date, *, is_older_law: bool) -> date:
    """From which day accelerated disposition can be asked for.

    Rule protest-accel-request [P], 19 USC 1515(b), 19 CFR 174.22(a): with the protest; for entries before 18 December
    2004 90 days after it.

    >>> acceleration_from(date(2026, 3, 2), is_older_law=False)
    datetime.date(2026, 3, 2)
    """
    return add_days(received_on, LEGACY_ACCELERATION_DAYS) if is_older_law else received_on


def accelerated_denied_on(request_mailed_on: date) -> date:
    """The day at whose end a protest is deemed denied after a request for accelerated disposition.

    Rule protest-accel-30 [P], 19 USC 1515(b), 19 CFR 174.22(c)-(d): day 30 after the mailing, which may be a Sunday;
    nobody can decide it afterwards.

    >>> accelerated_denied_on(date(2026, 2, 6))
    datetime.date(2026, 3, 8)
    """
    return add_days(request_mailed_on, DEEMED_DENIAL_DAYS)


class Denial(NamedTuple):
    """The day of a denial, by notice or at whose end the law denies, and by which rule."""

    on: date
    rule: str


def deemed_denial(
    received_on: date | None, acceleration_mailed_on: date | None, *, is_against_exclusion: bool
) -> Denial | None:
    """The day at whose end an undecided protest is treated as denied; None when no such clock runs.

    Rules protest-accel-30 [P], 19 USC 1515(b): day 30 after the request was mailed; protest-exclusion-30 [S], 19 CFR
    174.21(b): day 30 after a protest against exclusion; the earlier of both.

    >>> str(deemed_denial(date(2026, 1, 30), None, is_against_exclusion=True).on)
    '2026-03-01'
    """
    denials = []
    if acceleration_mailed_on is not None:
        denials.append(Denial(accelerated_denied_on(acceleration_mailed_on), "protest-accel-30"))
    if is_against_exclusion and received_on is not None:
        denials.append(Denial(exclusion_denied_on(received_on), "protest-exclusion-30"))
    return min(denials, default=None)


def governing_denial(deemed: Denial | None, noticed_on: date | None) -> Denial | None:
    """Which denial starts the time to sue: the notice, unless the law had denied before; None: neither.

    Rules inv-deemed-denial [S], 19 USC 1515(b): nothing decides a protest that the law has denied;
    protest-denial-notice [S], 19 CFR 174.30.

    >>> governing_denial(Denial(date(2026, 3, 1), "protest-exclusion-30"), date(2026, 4, 10)).rule
    'protest-exclusion-30'
    """
    noticed = Denial(noticed_on, "protest-denial-notice") if noticed_on is not None else None
    if deemed is None or noticed is None:
        return deemed or noticed
    return noticed if noticed.on <= deemed.on else deemed


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


def suit_due(denied_on: date, law: LawSettings) -> Due:
    """Until when a suit on a denied protest is begun; `denied_on` is the mailing or the deemed denial.

    Rules summons-180 [S], 28 USC 2636(a), 19 CFR 174.31; roll-court [M]; void-no-toll [S], Sears Holdings (CIT 2012): a
    request to void or to set aside does not stop it.

    >>> suit_due(date(2026, 3, 8), LawSettings()).safe
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


def judge_summons(
    denied_on: date | None, filed_on: date, law: LawSettings, *, are_duties_paid: bool
) -> tuple[Finding, ...]:
    """What the court will find against a suit; it is noted all the same, because the court decides it.

    Rules summons-180 [S], 28 USC 2636(a): 180 days after the denial; summons-paydues [M], 28 USC 2637(a).
    """
    found = []
    if denied_on is not None and filed_on > (due := suit_due(denied_on, law)).last_arguable:
        found.append(Finding("summons-180", "too-late", f"denied {denied_on}, last day {due.safe}"))
    if (paid := judge_suit(are_duties_paid=are_duties_paid)).outcome != "may-sue":
        found.append(paid)
    return tuple(found)
