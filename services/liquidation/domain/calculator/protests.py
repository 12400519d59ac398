"""The clocks of protests, of further review and of suits."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from services.liquidation.domain.calculator.case import Case
from services.liquidation.domain.calculator.row import Row
from services.liquidation.domain.clocks import protest_decision_due
from services.liquidation.domain.protest import decision as protest_decision
from services.liquidation.domain.protest import further_review, timeliness
from services.liquidation.domain.rules.rule import Finding
from shared.customs.calendar import Due


def _window(case: Case) -> Due:
    standing = case.standing
    assert standing is not None
    return timeliness.liquidation_window(standing.on, standing.latest_start, case.entered_by, case.law)


def _review_window(case: Case) -> Due:
    """As long as the protest may be filed that is given, else one of the liquidation."""
    given = case.verdict.window if case.verdict is not None else None
    return given or _window(case)


def _window_rule(case: Case) -> str | None:
    if case.standing is None:
        return None
    return timeliness.window_rule(case.standing.on, case.entered_by, is_deemed=case.is_deemed)


def reliquidation_rows(case: Case) -> Iterator[Row]:
    """Until when what each reliquidation decided is protested, and further review of it applied for."""
    for again_on in case.standing.reliquidated_on if case.standing is not None else ():
        window = timeliness.protest_window(again_on, case.entered_by, case.law)
        what, effect = (
            f"what the reliquidation of {again_on} decided",
            "what it decided is final; older issues stay final",
        )
        yield _of_reliquidation("protest-reliq-scope", f"protest {what} until", again_on, window, effect)
        if case.denial is None or case.deemed_denial == case.denial:
            effect = "it cannot be added, nor after the denial"
            yield _of_reliquidation("afr-file", f"further review of {what} applied for until", again_on, window, effect)


def _of_reliquidation(rule: str, what: str, again_on: date, window: Due, effect: str) -> Row:
    return Row(
        rule,
        what,
        (),
        "private",
        lambda _: window,
        effect,
        lambda _: True,
        {"reliquidated_on": str(again_on)},
        again_on,
    )


ROWS: Final = (
    Row(
        "protest-180",
        "protest until",
        ("liquidated_on",),
        "private",
        _window,
        "final; a late protest is untimely, not denied on its merits",
        lambda case: _window_rule(case) == "protest-180",
    ),
    Row(
        "protest-90-legacy",
        "protest until",
        ("liquidated_on",),
        "private",
        _window,
        "final; a late protest is untimely, not denied on its merits",
        lambda case: _window_rule(case) == "protest-90-legacy",
    ),
    Row(
        "protest-deemed",
        "protest until",
        ("liquidated_on",),
        "private",
        _window,
        "final; a late protest is untimely, not denied on its merits",
        lambda case: _window_rule(case) == "protest-deemed",
    ),
    Row(
        "protest-deemed",
        "arguably protest until, from its posting",
        ("posted_on",),
        "private",
        _window,
        "final; a late protest is untimely, not denied on its merits",
        lambda case: case.facts.is_deemed and case.is_liquidated and case.facts.posted_on is None,
    ),
    Row(
        "protest-180",
        "protest that decision until",
        ("decision_on",),
        "private",
        lambda case: timeliness.protest_window(case.day("decision_on"), case.entered_by, case.law),
        "that decision is final",
        lambda case: case.facts.protested == "other-decision",
    ),
    Row(
        "protest-surety",
        "the surety protests until",
        ("surety_demanded_on",),
        "private",
        lambda case: timeliness.surety_window(case.day("surety_demanded_on"), case.entered_by, case.law),
        "the surety is barred",
        lambda case: case.facts.surety_demanded_on is not None,
    ),
    Row(
        "afr-file",
        "further review applied for until",
        ("liquidated_on",),
        "private",
        _review_window,
        "it cannot be added, nor after the denial",
        lambda case: case.is_liquidated and case.facts.denied_on is None and not case.is_allowed,
    ),
    Row(
        "protest-decide-2y",
        "protest to be decided",
        ("protest_received_on",),
        "none",
        lambda case: protest_decision_due(case.day("protest_received_on")),
        "nothing by law: neither allowed nor denied",
        lambda case: (
            case.is_protest_open and not case.facts.is_exclusion_protest and case.facts.protested != "exclusion"
        ),
    ),
    Row(
        "protest-exclusion-30",
        "protest against exclusion treated as denied",
        ("protest_received_on",),
        "government",
        lambda case: protest_decision.exclusion_denied_on(case.day("protest_received_on")),
        "denied at the end of the day: the time to sue begins",
        lambda case: (
            (case.facts.is_exclusion_protest or case.facts.protested == "exclusion")
            and (case.deemed_denial is not None or case.facts.protest_received_on is None)
        ),
    ),
    Row(
        "protest-accel-request",
        "accelerated disposition can be asked for from",
        ("protest_received_on",),
        "none",
        lambda case: protest_decision.acceleration_from(
            case.day("protest_received_on"), is_older_law=case.is_older_law
        ),
        "its mailing starts 30 days",
        lambda case: case.is_protest_open,
    ),
    Row(
        "protest-accel-30",
        "protest deemed denied after the request",
        ("acceleration_mailed_on",),
        "government",
        lambda case: protest_decision.accelerated_denied_on(case.day("acceleration_mailed_on")),
        "denied at the end of the day: the Center cannot decide it afterwards, further review falls away",
        lambda case: case.facts.acceleration_mailed_on is not None and case.deemed_denial is not None,
    ),
    Row(
        "afr-forward",
        "forwarding to headquarters expected until",
        ("protest_received_on",),
        "none",
        lambda case: further_review.forwarding_target(case.day("protest_received_on"), case.law),
        "an alert only",
        lambda case: case.facts.asks_further_review,
    ),
    Row(
        "afr-complaint-1515c",
        "ask to set aside the refusal of further review until",
        ("further_review_refused_on",),
        "private",
        lambda case: further_review.set_aside_request_due(case.day("further_review_refused_on"), case.law),
        "no review of the refusal",
        lambda case: case.facts.further_review_refused_on is not None,
    ),
    Row(
        "afr-complaint-answer",
        "unanswered request to set aside treated as denied",
        ("set_aside_requested_on",),
        "government",
        lambda case: further_review.set_aside_denied_on(case.day("set_aside_requested_on"), case.law),
        "treated as denied; the time to sue was never stopped",
        lambda case: case.facts.set_aside_requested_on is not None,
    ),
    Row(
        "void-1515d",
        "ask to void the denial until",
        ("denied_on",),
        "private",
        lambda case: further_review.void_request_due(case.day("denied_on"), case.law),
        "only CBP itself can void it",
        lambda case: case.is_denied_by_notice,
    ),
    Row(
        "summons-180",
        "sue until",
        ("denied_on",),
        "court",
        lambda case: protest_decision.suit_due(case.day("denied_on"), case.law),
        "the action is barred; no request stops this clock",
        lambda case: (
            (case.is_protest_open or case.denial is not None) and not case.is_allowed and not case.facts.is_sued_on
        ),
    ),
    Row(
        "protest-allow",
        "refund on the allowed protest until",
        ("reliquidated_on",),
        "none",
        lambda case: protest_decision.protest_refund_due(case.day("reliquidated_on")),
        "interest runs against CBP",
        lambda case: case.is_allowed,
    ),
)


def find(case: Case) -> Iterator[Finding]:
    """Whether the protest is in time, what follows a deemed denial, and what can be set aside or voided."""
    facts = case.facts
    if case.verdict is not None:
        yield Finding(case.verdict.rule, case.verdict.timeliness, case.verdict.why)
    yield from _find_acts_after_denial(case)
    mailed_on, received_on = facts.acceleration_mailed_on, facts.protest_received_on
    if mailed_on is not None and received_on is not None:
        first = protest_decision.acceleration_from(received_on, is_older_law=case.is_older_law)
        if mailed_on < first:
            why = f"mailed {mailed_on}: it can be asked for from {first}, and starts nothing before"
            yield Finding("protest-accel-request", "too-early", why)
    if facts.void_requested_on is not None and case.denial is not None:
        yield further_review.judge_void_request(
            case.denial.on, facts.void_requested_on, case.law, is_deemed=case.denial == case.deemed_denial
        )
    is_asked = facts.set_aside_requested_on is not None or facts.void_requested_on is not None
    if facts.further_review_refused_on is not None and is_asked:
        refused_on, asked_on = facts.further_review_refused_on, facts.set_aside_requested_on
        yield further_review.judge_set_aside_request(refused_on, asked_on, case.law)


def _find_acts_after_denial(case: Case) -> Iterator[Finding]:
    """Rules inv-deemed-denial [S], 19 USC 1515(b), protest-no-rescind [S]: no decision follows a denial."""
    deemed, facts = case.deemed_denial, case.facts
    if case.denial is not None and case.denial != deemed and facts.allowed_on is not None:
        yield protest_decision.judge_decision_on_protest(facts.allowed_on, denied_on=case.denial.on)
    if deemed is None:
        return
    for decided_on in (facts.denied_on, facts.allowed_on):
        if decided_on is not None and decided_on > deemed.on:
            yield protest_decision.judge_decision_on_protest(decided_on, deemed_denied_on=deemed.on)
    if facts.is_protest_allowed and facts.allowed_on is None:
        why = f"deemed denied on {deemed.on} unless allowed by then: the day of the allowance is not given (allowed_on)"
        yield Finding("inv-deemed-denial", "allowance-undated", why)
