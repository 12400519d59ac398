"""Further review of a protest, setting aside its refusal, and voiding a denial."""

from collections.abc import Collection
from datetime import date
from typing import Final, Literal

from services.liquidation.domain.counting import due_in_days
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.protest.decision import suit_due
from services.liquidation.domain.protest.timeliness import protest_window
from services.liquidation.domain.rules.rule import Finding
from shared.customs.calendar import Due, add_days

Criterion = Literal["conflicts-with-decision", "not-ruled-on", "new-facts-or-arguments", "advice-declined"]
LocalAct = Literal["allow-in-full", "deny", "deny-in-part"]

SET_ASIDE_DAYS: Final = 60


def further_review_window(decided_on: date, entered_on: date | None, law: LawSettings) -> Due:
    """Until when further review is applied for: as long as a protest may be filed.

    Rule afr-file [S], 19 CFR 174.25(b).

    >>> further_review_window(date(2026, 1, 2), None, LawSettings()).safe
    datetime.date(2026, 7, 1)
    """
    return protest_window(decided_on, entered_on, law)


def judge_application(window: Due, applied_on: date, denied_on: date | None = None) -> Finding:
    """Whether an application for further review comes in time.

    Rule afr-file [S], 19 CFR 174.25(b): within the time to protest, and not after the denial.

    >>> window = further_review_window(date(2026, 1, 2), None, LawSettings())
    >>> judge_application(window, date(2026, 5, 4), denied_on=date(2026, 5, 1)).outcome
    'refused'
    """
    if denied_on is not None and applied_on >= denied_on:
        return Finding("afr-file", "refused", f"the protest was denied on {denied_on}")
    if applied_on <= window.safe:
        return Finding("afr-file", "taken", f"the time to protest ends on {window.safe}")
    outcome = "arguable" if applied_on <= window.last_arguable else "refused"
    return Finding("afr-file", outcome, f"the time to protest ended on {window.safe}")


def judge_criteria(met: Collection[Criterion]) -> Finding:
    """Whether further review is granted.

    Rule afr-criteria [M], 19 CFR 174.24: one of four is enough.

    >>> judge_criteria(["not-ruled-on"]).outcome, judge_criteria([]).outcome
    ('grant', 'decide-locally')
    """
    return Finding("afr-criteria", "grant" if met else "decide-locally", f"met: {', '.join(sorted(met)) or 'none'}")


def judge_local_act(act: LocalAct, *, is_application_considered: bool) -> Finding:
    """Whether the Center may decide a protest itself on which further review was asked for.

    Rule afr-local-first [S], 19 CFR 174.26(a): it may allow in full; it may not deny any part before it considered the
    application.

    >>> judge_local_act("deny-in-part", is_application_considered=False).outcome
    'consider-first'
    """
    may = act == "allow-in-full" or is_application_considered
    return Finding("afr-local-first", "may-decide" if may else "consider-first", f"act: {act}")


def forwarding_target(received_on: date, law: LawSettings) -> date:
    """By when a protest that qualifies is believed to be forwarded: an alert only.

    Rule afr-forward [U], 19 CFR 174.26.

    >>> forwarding_target(date(2026, 3, 2), LawSettings())
    datetime.date(2026, 5, 1)
    """
    return add_days(received_on, law.forward_days)


def set_aside_request_due(refusal_noticed_on: date, law: LawSettings) -> Due:
    """Until when the Commissioner is asked to set aside a refusal of further review.

    Rule afr-complaint-1515c [S], 19 USC 1515(c), HQ H008849: 60 days; the safe date is not rolled.

    >>> set_aside_request_due(date(2026, 3, 2), LawSettings()).safe
    datetime.date(2026, 5, 1)
    """
    return due_in_days(refusal_noticed_on, SET_ASIDE_DAYS, "private", law)


def set_aside_denied_on(requested_on: date, law: LawSettings) -> date:
    """The day at whose end such a request, unanswered, is treated as denied.

    Rule afr-complaint-answer [M], 19 USC 1515(c): 60 days, no roll.

    >>> set_aside_denied_on(date(2026, 3, 5), LawSettings())
    datetime.date(2026, 5, 4)
    """
    return add_days(requested_on, law.set_aside_answer_days)


def void_request_due(denied_on: date, law: LawSettings) -> Due:
    """Until when a filer asks to void a denial that was contrary to proper instructions; CBP itself has no such day.

    Rule void-1515d [M], 19 USC 1515(d): 90 days after the denial.

    >>> void_request_due(date(2026, 3, 2), LawSettings()).safe
    datetime.date(2026, 5, 31)
    """
    return due_in_days(denied_on, law.void_request_days, "private", law)


def judge_void_request(denied_on: date, requested_on: date, law: LawSettings, *, is_deemed: bool = False) -> Finding:
    """Whether a denial can be voided on a request.

    Rule void-1515d [M], 19 USC 1515(d): within 90 days of the denial. The law denies without instructions, so a deemed
    denial cannot have been contrary to any. A refusal of further review is no bar: it is set aside by another request,
    under 1515(c).

    >>> judge_void_request(date(2026, 3, 2), date(2026, 5, 31), LawSettings()).outcome
    'taken'
    """
    if is_deemed:
        return Finding("void-1515d", "not-open", f"denied by law on {denied_on}, against no instructions")
    due = void_request_due(denied_on, law)
    outcome = "taken" if requested_on <= due.safe else "arguable" if requested_on <= due.last_arguable else "too-late"
    return Finding("void-1515d", outcome, f"denied {denied_on}, requested {requested_on}: asked until {due.safe}")


def judge_set_aside_request(refused_on: date, requested_on: date | None, law: LawSettings) -> Finding:
    """Whether the refusal of further review can be set aside; `requested_on` None: nobody has asked for it.

    Rule afr-complaint-1515c [S], 19 USC 1515(c): only on a request within 60 days of the notice of the refusal. A
    request to void the denial under 1515(d) is not one.

    >>> judge_set_aside_request(date(2026, 3, 2), None, LawSettings()).outcome
    'not-asked'
    """
    due = set_aside_request_due(refused_on, law)
    if requested_on is None:
        why = f"further review was refused on {refused_on}: ask until {due.safe}, apart from any request to void"
        return Finding("afr-complaint-1515c", "not-asked", why)
    outcome = "taken" if requested_on <= due.safe else "arguable" if requested_on <= due.last_arguable else "too-late"
    return Finding("afr-complaint-1515c", outcome, f"refused {refused_on}, requested {requested_on}: until {due.safe}")


def suit_due_despite_request(denied_on: date, requested_on: date, law: LawSettings) -> Finding:
    """What a request to set aside or to void does to the time to sue: nothing.

    Rule void-no-toll [S], 19 USC 1515(c), Sears Holdings (CIT 2012): the 180 days run from the original denial.

    >>> suit_due_despite_request(date(2026, 3, 8), date(2026, 5, 4), LawSettings()).outcome
    '2026-09-04'
    """
    return Finding("void-no-toll", str(suit_due(denied_on, law).safe), f"denied {denied_on}, requested {requested_on}")
