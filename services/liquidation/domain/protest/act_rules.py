"""Whether an act on a protest may be done: by its stage, its further review, its day and the person."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.protest.decision import acceleration_from, judge_decision_on_protest
from services.liquidation.domain.protest.further_review import (
    LocalAct,
    judge_application,
    judge_criteria,
    judge_local_act,
    judge_set_aside_request,
    judge_void_request,
)
from services.liquidation.domain.protest.record import Act, ProtestRecord
from services.liquidation.domain.protest.stages import (
    FURTHER_REVIEW,
    REJECTABLE,
    SIGNED,
    TRANSITIONS,
    ActKind,
    FurtherReview,
    Outcome,
)
from services.liquidation.domain.protest.timeliness import Verdict, open_window
from services.liquidation.domain.rules.rule import Finding
from shared.customs.calendar import Due

RULE_OF_ACT: Final[Mapping[ActKind, str]] = {
    "begin-review": "protest-decide-2y",
    "ask-party": "protest-decide-2y",
    "party-answered": "protest-decide-2y",
    "suspend": "protest-decide-2y",
    "resume": "protest-decide-2y",
    "amend": "protest-amend",
    "add-grounds": "protest-new-grounds",
    "request-acceleration": "protest-accel-request",
    "apply-further-review": "afr-file",
    "grant-further-review": "afr-criteria",
    "refuse-further-review": "afr-criteria",
    "forward": "afr-forward",
    "answer-further-review": "afr-local-first",
    "request-set-aside": "afr-complaint-1515c",
    "set-aside": "afr-complaint-1515c",
    "refuse-set-aside": "afr-complaint-1515c",
    "recommend": "protest-decide-2y",
    "return": "protest-decide-2y",
    "allow": "protest-allow",
    "allow-in-part": "protest-allow",
    "deny": "protest-denial-notice",
    "reject": "protest-contents",
    "withdraw": "protest-decide-2y",
    "deem-denied": "protest-accel-30",
    "request-void": "void-1515d",
    "void-denial": "void-1515d",
    "summon": "action-ends-admin",
}
_LOCAL_ACTS: Final[Mapping[Outcome, LocalAct]] = {
    "allowed": "allow-in-full",
    "allowed-in-part": "deny-in-part",
    "denied": "deny",
}
_FAVOUR: Final[Mapping[Outcome, int]] = {"denied": 0, "allowed-in-part": 1, "allowed": 2}
_UNCONSIDERED: Final[tuple[FurtherReview, ...]] = ("requested", "granted")
_DECISIONS: Final = frozenset({*SIGNED.values(), "recommend", "reject", "withdraw"})


def rule_of_act(act: Act) -> str:
    """The rule that an act is done by; a rejection names that of the defect for which it is."""
    return REJECTABLE[act.details["ground"]] if act.kind == "reject" else RULE_OF_ACT[act.kind]


def judge_act(record: ProtestRecord, verdicts: Sequence[Verdict], act: Act, law: LawSettings) -> Finding | None:  # noqa: PLR0912 - one branch for each act
    """Why an act may not be done on its day; None when it may. The acts of law up to that day are done before.

    Rules, beside the tables of stages: inv-deemed-denial and protest-no-rescind [S] (nobody decides what is denied),
    action-ends-admin [M] (a suit locks the record), protest-amend, protest-new-grounds, protest-accel-request,
    afr-file, afr-criteria, afr-local-first, afr-complaint-1515c, void-1515d, protest-contents.
    """
    if (finding := judge_stage(record, act.kind, act.on)) is not None:
        return finding
    match act.kind:
        case "amend" | "add-grounds":
            return _judge_addition(record, verdicts, act)
        case "request-acceleration":
            return _judge_acceleration(record, verdicts, act)
        case "apply-further-review":
            return _judge_application(record, verdicts, act)
        case "grant-further-review":
            finding = judge_criteria(tuple(act.details.get("criteria", ())))
            return finding if finding.outcome != "grant" else None
        case "refuse-further-review" | "answer-further-review" | "deny" | "reject" if not act.details.get("reasons"):
            return Finding("protest-denial-notice", "no-reasons", "the reasons are not stated")
        case "deny":
            return _judge_local_act(record, "deny")
        case "allow-in-part":
            return _judge_local_act(record, "deny-in-part")
        case "recommend":
            outcome: Outcome = act.details["outcome"]
            return _judge_local_act(record, _LOCAL_ACTS[outcome]) or _judge_instruction(record, outcome)
        case "reject":
            return _judge_rejection(verdicts, act)
        case "request-set-aside":
            return _judge_set_aside_request(record, act, law)
        case "request-void":
            return _judge_void_request(record, act, law)
        case _:
            return None


TWO_PEOPLE: Final = "two-people"
"""The rule id of the separation of duties, which is not one of the statute."""


def judge_second_person(record: ProtestRecord, act: Act, decided_entry: frozenset[str]) -> Finding | None:
    """Why this person may not do the act; None when they may. `decided_entry`: who decided the protested entries.

    An import specialist other than the one who decided the entry reviews the protest, and somebody else signs: the
    separation of duties of the Centers (two-people), not a rule of the statute.
    """
    if act.kind in ("recommend", "refuse-further-review", "grant-further-review") and act.people & decided_entry:
        return Finding(TWO_PEOPLE, "decided-the-entry", f"{act.actor} decided a protested entry")
    if act.kind in SIGNED.values() and record.recommendation is not None and act.people & record.recommendation.by:
        return Finding(TWO_PEOPLE, "recommended-it", f"{act.actor} recommended the decision")
    return None


def judge_amendment(
    window: Due, amended_on: date, *, adds_decision_or_category: bool, disposed_on: date | None = None
) -> Finding:
    """Whether an amendment of a protest is taken.

    Rules protest-amend [S], 19 USC 1514(c)(1), 19 CFR 174.14: a further decision or category within the original time;
    protest-new-grounds [S], 19 CFR 174.28: a new argument until the protest is decided.

    >>> window = Due(date(2026, 7, 1), date(2026, 7, 1))
    >>> judge_amendment(window, date(2026, 7, 2), adds_decision_or_category=True).outcome
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


def judge_stage(record: ProtestRecord, kind: ActKind, on: date) -> Finding | None:
    """Why an act of this kind is not possible where the protest and its further review stand; None when it is."""
    if record.summoned_on is not None or record.stage not in TRANSITIONS[kind]:
        return _explain_stage(record, kind, on)
    if kind in FURTHER_REVIEW and record.further_review not in FURTHER_REVIEW[kind]:
        wants = " or ".join(FURTHER_REVIEW[kind])
        why = f"further review is {record.further_review}, not {wants}"
        return Finding("afr-criteria", "further-review-state", why)
    return None


def _explain_stage(record: ProtestRecord, kind: ActKind, on: date) -> Finding:
    """Why an act is not possible in the stage of the protest, by the rule of law when one says so."""
    if record.summoned_on is not None or record.stage == "in-court":
        return Finding("action-ends-admin", "locked", f"suit begun on {record.summoned_on}")
    if kind in _DECISIONS and record.denied_on is not None and not record.is_open:
        if record.stage == "deemed-denied":
            finding = judge_decision_on_protest(on, deemed_denied_on=record.denied_on)
        else:
            finding = judge_decision_on_protest(on, denied_on=record.denied_on)
        if finding.outcome == "blocked":
            return finding
    possible = ", ".join(TRANSITIONS[kind]) or "no stage"
    return Finding("protest-stage", "wrong-stage", f"the protest is {record.stage}; the act is possible in: {possible}")


def _judge_addition(record: ProtestRecord, verdicts: Sequence[Verdict], act: Act) -> Finding | None:
    """Whether categories or grounds are added in time; categories at any time while none is known."""
    window, adds_category = open_window(verdicts), act.kind == "amend"
    if window is None and adds_category:
        return None
    finding = judge_amendment(
        window or Due(act.on, act.on),
        act.on,
        adds_decision_or_category=adds_category,
        disposed_on=record.settled_on,
    )
    return finding if finding.outcome == "refused" else None


def _judge_acceleration(record: ProtestRecord, verdicts: Sequence[Verdict], act: Act) -> Finding | None:
    """Whether accelerated disposition is asked for once, not before it can be and not in the future.

    Rule protest-accel-request [P], 19 CFR 174.22(a).
    """
    mailed_on = date.fromisoformat(act.details["mailed_on"])
    is_older_law = any(each.rule == "protest-90-legacy" for each in verdicts)
    first = acceleration_from(record.filing.received_on, is_older_law=is_older_law)
    if not first <= mailed_on <= act.on:
        why = f"mailed {mailed_on}: it can be mailed from {first} and not after {act.on}, when it is recorded"
        return Finding("protest-accel-request", "too-early" if mailed_on < first else "not-yet", why)
    if record.acceleration_mailed_on is not None:
        why = f"asked for already, mailed {record.acceleration_mailed_on}"
        return Finding("protest-accel-request", "asked-before", why)
    return None


def _judge_application(record: ProtestRecord, verdicts: Sequence[Verdict], act: Act) -> Finding | None:
    """Whether further review is applied for in time, which is at any time while no window is known."""
    window = open_window(verdicts)
    if window is None:
        return None
    finding = judge_application(window, act.on, record.denied_on)
    return finding if finding.outcome == "refused" else None


def _judge_local_act(record: ProtestRecord, local: LocalAct) -> Finding | None:
    """Nothing is denied before an application is considered, also one that came after the recommendation."""
    finding = judge_local_act(local, is_application_considered=record.further_review not in _UNCONSIDERED)
    return finding if finding.outcome != "may-decide" else None


def _judge_instruction(record: ProtestRecord, outcome: Outcome) -> Finding | None:
    """Headquarters' answer is followed: a denial contrary to proper instructions is void when it is found.

    Rule void-1515d [M], 19 USC 1515(d).
    """
    if record.headquarters_answer is None or _FAVOUR[outcome] >= _FAVOUR[record.headquarters_answer]:
        return None
    why = f"headquarters answered {record.headquarters_answer}, recommended is {outcome}"
    return Finding("void-1515d", "contrary-to-instructions", why)


def _judge_rejection(verdicts: Sequence[Verdict], act: Act) -> Finding | None:
    """Rejected only for what stands on record against it; an incomplete one while it can still be repaired.

    Rule protest-contents [S], 19 CFR 174.13: rejected for repair only while time remains.
    """
    ground = str(act.details.get("ground"))
    rule = REJECTABLE.get(ground, "protest-contents")
    if ground not in act.details.get("defects", ()):
        return Finding(rule, "no-such-defect", f"{ground} is not on record against the protest")
    window = open_window(verdicts)
    if ground == "incomplete" and window is not None and act.on > window.last_arguable:
        return Finding(rule, "no-time-to-repair", f"the time to protest ended on {window.safe}: decide it as it is")
    return None


def _judge_set_aside_request(record: ProtestRecord, act: Act, law: LawSettings) -> Finding | None:
    """Whether the setting aside of a refused further review is asked for in time."""
    if record.further_review_refused_on is None:
        return None
    finding = judge_set_aside_request(record.further_review_refused_on, act.on, law)
    return finding if finding.outcome == "too-late" else None


def _judge_void_request(record: ProtestRecord, act: Act, law: LawSettings) -> Finding | None:
    """Whether the voiding of a denial is asked for in time."""
    if record.denied_on is None:
        return None
    finding = judge_void_request(record.denied_on, act.on, law, is_deemed=record.stage == "deemed-denied")
    return finding if finding.outcome in ("too-late", "not-open") else None
