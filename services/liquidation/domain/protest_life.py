"""The life of a protest: its stages, the acts that move it, and the rule that forbids an act on a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any, Final, Literal, assert_never

from services.liquidation.domain.further_review import (
    Criterion,
    LocalAct,
    forwarding_target,
    judge_application,
    judge_criteria,
    judge_local_act,
    set_aside_denied_on,
    set_aside_request_due,
    void_request_due,
)
from services.liquidation.domain.law import LAW, LawSettings
from services.liquidation.domain.protest import Filing, Timeliness, Verdict, amend, join_known, open_window
from services.liquidation.domain.protest_clocks import (
    accelerated_denied_on,
    acceleration_from,
    exclusion_denied_on,
    judge_amendment,
    judge_decision_on_protest,
    judge_suit,
    protest_refund_due,
    suit_due,
)
from services.liquidation.domain.rules import Finding
from shared.customs.calendar import Due

Stage = Literal[
    "filed",
    "in-review",
    "waiting-party",
    "suspended",
    "at-headquarters",
    "headquarters-decided",
    "awaiting-signature",
    "allowed",
    "allowed-in-part",
    "denied",
    "deemed-denied",
    "rejected",
    "withdrawn",
    "in-court",
]
FurtherReview = Literal[
    "none", "requested", "granted", "answered", "refused", "set-aside-requested", "set-aside-refused", "fell-away"
]
ActKind = Literal[
    "begin-review",
    "ask-party",
    "party-answered",
    "suspend",
    "resume",
    "amend",
    "add-grounds",
    "request-acceleration",
    "apply-further-review",
    "grant-further-review",
    "refuse-further-review",
    "forward",
    "answer-further-review",
    "request-set-aside",
    "set-aside",
    "refuse-set-aside",
    "recommend",
    "return",
    "allow",
    "allow-in-part",
    "deny",
    "reject",
    "withdraw",
    "deem-denied",
    "request-void",
    "void-denial",
    "summon",
]
Outcome = Literal["allowed", "allowed-in-part", "denied"]

OPEN: Final[tuple[Stage, ...]] = (
    "filed",
    "in-review",
    "waiting-party",
    "suspended",
    "at-headquarters",
    "headquarters-decided",
    "awaiting-signature",
)
DENIED: Final[tuple[Stage, ...]] = ("denied", "allowed-in-part", "deemed-denied")
REJECTABLE: Final = MappingProxyType(
    {
        "untimely": "protest-180",
        "too-early": "protest-180",
        "incomplete": "protest-contents",
        "no-standing": "protest-parties",
        "not-protestable": "protest-decisions",
        "second-protest": "protest-one-per-category",
        "split": "protest-multi-entry",
    }
)
"""For what a protest is rejected without a decision on its merits, and by which rule."""


def _from(stages: Sequence[Stage], to: Stage) -> Mapping[Stage, Stage]:
    return dict.fromkeys(stages, to)


def _staying(stages: Sequence[Stage]) -> Mapping[Stage, Stage]:
    return {stage: stage for stage in stages}


TRANSITIONS: Final[Mapping[ActKind, Mapping[Stage, Stage]]] = MappingProxyType(
    {
        "begin-review": _from(("filed",), "in-review"),
        "ask-party": _from(("in-review",), "waiting-party"),
        "party-answered": _from(("waiting-party",), "in-review"),
        "suspend": _from(("filed", "in-review"), "suspended"),
        "resume": _from(("suspended",), "in-review"),
        "amend": _staying(OPEN),
        "add-grounds": _staying(OPEN),
        "request-acceleration": _staying(OPEN),
        "apply-further-review": _staying(OPEN),
        "grant-further-review": _staying(("filed", "in-review")),
        "refuse-further-review": _staying(("filed", "in-review")),
        "forward": _from(("filed", "in-review"), "at-headquarters"),
        "answer-further-review": _from(("at-headquarters",), "headquarters-decided"),
        "request-set-aside": _staying((*OPEN, *DENIED)),
        "set-aside": _staying((*OPEN, *DENIED)),
        "refuse-set-aside": _staying((*OPEN, *DENIED)),
        "recommend": _from(("in-review", "headquarters-decided"), "awaiting-signature"),
        "return": _from(("awaiting-signature",), "in-review"),
        "allow": _from(("awaiting-signature",), "allowed"),
        "allow-in-part": _from(("awaiting-signature",), "allowed-in-part"),
        "deny": _from(("awaiting-signature",), "denied"),
        "reject": _from(("filed", "in-review"), "rejected"),
        "withdraw": _from(OPEN, "withdrawn"),
        "deem-denied": _from(OPEN, "deemed-denied"),
        "request-void": _staying(("denied", "allowed-in-part")),
        "void-denial": _from(("denied", "allowed-in-part"), "in-review"),
        "summon": _from(DENIED, "in-court"),
    }
)
"""Where each act leads from each stage in which it is possible; processes of a protest under 19 CFR part 174."""

FURTHER_REVIEW: Final[Mapping[ActKind, Mapping[FurtherReview, FurtherReview]]] = MappingProxyType(
    {
        "apply-further-review": {"none": "requested"},
        "grant-further-review": {"requested": "granted"},
        "refuse-further-review": {"requested": "refused"},
        "forward": {"granted": "granted"},
        "answer-further-review": {"granted": "answered"},
        "request-set-aside": {"refused": "set-aside-requested"},
        "set-aside": {"set-aside-requested": "granted"},
        "refuse-set-aside": {"set-aside-requested": "set-aside-refused"},
    }
)
"""Where further review goes by the acts that concern it; no other act needs it to stand anywhere."""

SIGNED: Final[Mapping[Outcome, ActKind]] = MappingProxyType(
    {"allowed": "allow", "allowed-in-part": "allow-in-part", "denied": "deny"}
)
"""The act by which a recommendation is signed."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act on a protest: on a legal day, by a person (or the law), with what it states."""

    kind: ActKind
    on: date
    actor: str
    acting_for: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def people(self) -> frozenset[str]:
        """Who stands behind the act: the actor, and the one acted for."""
        return frozenset({self.actor, self.acting_for or self.actor})


@dataclass(frozen=True, slots=True)
class Life:
    """A protest after some acts. `denied_on` stays when a denial is voided: the time to sue runs on (void-no-toll)."""

    filing: Filing
    stage: Stage
    further_review: FurtherReview
    acceleration_mailed_on: date | None
    acts: int = 0
    further_review_refused_on: date | None = None
    set_aside_requested_on: date | None = None
    forwarded_on: date | None = None
    recommended_by: frozenset[str] = frozenset()
    recommendation: Mapping[str, Any] | None = None
    headquarters_answer: Outcome | None = None
    lead: str | None = None
    denied_on: date | None = None
    settled_on: date | None = None
    void_requested_on: date | None = None
    summoned_on: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether the protest waits for its decision."""
        return self.stage in OPEN


def begin(filing: Filing) -> Life:
    """A protest when it is received, with the requests that came with it."""
    return Life(
        filing,
        "filed",
        "requested" if filing.asks_further_review else "none",
        filing.acceleration_mailed_on,
    )


def advance(life: Life, act: Act) -> Life:  # noqa: PLR0912 - one branch for each act
    """The protest after an act that may be done; raises KeyError for one that is possible in other stages only."""
    stage = TRANSITIONS[act.kind][life.stage]
    # An act that was done stands, also when an earlier filing of the same number, without the application, came later.
    review = FURTHER_REVIEW.get(act.kind, {}).get(life.further_review, life.further_review)
    lead = life.lead if stage == "suspended" else None
    after = replace(life, stage=stage, further_review=review, acts=life.acts + 1, lead=lead)
    if life.is_open and stage not in OPEN:
        after = replace(after, settled_on=act.on)
    match act.kind:
        case "suspend":
            return replace(after, lead=act.details.get("lead"))
        case "amend":
            return replace(after, filing=amend(life.filing, act.details.get("categories", ())))
        case "request-acceleration":
            return replace(after, acceleration_mailed_on=date.fromisoformat(act.details["mailed_on"]))
        case "refuse-further-review":
            return replace(after, further_review_refused_on=act.on)
        case "request-set-aside":
            return replace(after, set_aside_requested_on=act.on)
        case "forward":
            return replace(after, forwarded_on=act.on)
        case "answer-further-review":
            return replace(after, headquarters_answer=act.details["outcome"])
        case "recommend":
            return replace(after, recommended_by=act.people, recommendation=act.details)
        case "return":
            return replace(after, recommended_by=frozenset(), recommendation=None)
        case "deny" | "allow-in-part":
            return replace(after, denied_on=act.on)
        case "deem-denied":
            fell = "fell-away" if after.further_review in ("requested", "granted") else after.further_review
            return replace(after, denied_on=act.on, further_review=fell)
        case "request-void":
            return replace(after, void_requested_on=act.on)
        case "void-denial":
            return replace(
                after,
                settled_on=None,
                recommended_by=frozenset(),
                recommendation=None,
                acceleration_mailed_on=None,
            )
        case "summon":
            return replace(after, summoned_on=act.on)
        case (
            "begin-review"
            | "ask-party"
            | "party-answered"
            | "resume"
            | "add-grounds"
            | "apply-further-review"
            | "grant-further-review"
            | "set-aside"
            | "refuse-set-aside"
            | "allow"
            | "reject"
            | "withdraw"
        ):
            return after
        case _:
            assert_never(act.kind)


def relive(filing: Filing, acts: Sequence[Act]) -> Life:
    """The protest after all its acts, in their order."""
    life = begin(filing)
    for act in acts:
        life = advance(life, act)
    return life


def deemed_denied_on(life: Life, timeliness: Timeliness) -> tuple[date, str] | None:
    """The day at whose end an open protest is treated as denied, and its rule; None when no such clock runs.

    Rules protest-accel-30 [P], 19 USC 1515(b): day 30 after the request was mailed; protest-exclusion-30 [S], 19 CFR
    174.21(b): day 30 after a protest against exclusion. A protest out of time for every entry is none that the law
    decides, and one of which no entry is known to be in time waits until it is: the day stays the same (`join_known`).
    """
    if not life.is_open or timeliness in ("unknown", "untimely", "too-early"):
        return None
    clocks = []
    if life.acceleration_mailed_on is not None:
        clocks.append((accelerated_denied_on(life.acceleration_mailed_on), "protest-accel-30"))
    if life.filing.decision == "exclusion-redelivery" and not life.filing.is_redelivery and life.denied_on is None:
        clocks.append((exclusion_denied_on(life.filing.received_on), "protest-exclusion-30"))
    return min(clocks, default=None)


def find_act_of_law(
    life: Life, timeliness: Timeliness, today: date, law: LawSettings = LAW
) -> tuple[ActKind, date, str] | None:
    """The next act that the law itself does because a day has passed: its kind, its day, its rule; None: nothing.

    Rules protest-accel-30, protest-exclusion-30, and afr-complaint-answer [M], 19 USC 1515(c): a request to set aside
    that is not answered in 60 days is treated as denied. Each is dated on the last day of its period.
    """
    found: list[tuple[date, ActKind, str]] = []
    if (denial := deemed_denied_on(life, timeliness)) is not None:
        found.append((denial[0], "deem-denied", denial[1]))
    asked_on = life.set_aside_requested_on if life.further_review == "set-aside-requested" else None
    if asked_on is not None and life.stage in TRANSITIONS["refuse-set-aside"]:
        found.append((set_aside_denied_on(asked_on, law), "refuse-set-aside", "afr-complaint-answer"))
    on, kind, rule = min(found, default=(today, None, ""))
    return (kind, on, rule) if kind is not None and on < today else None


def judge_act(life: Life, verdicts: Sequence[Verdict], act: Act, law: LawSettings = LAW) -> Finding | None:  # noqa: PLR0912 - one branch for each act
    """Why an act may not be done on its day; None when it may. The acts of law up to that day are done before.

    Rules, beside the tables of stages: inv-deemed-denial and protest-no-rescind [S] (nobody decides what is denied),
    action-ends-admin [M] (a suit locks the record), protest-amend, protest-new-grounds, protest-accel-request,
    afr-file, afr-criteria, afr-local-first, afr-complaint-1515c, void-1515d, protest-contents.
    """
    if life.summoned_on is not None or act.kind not in TRANSITIONS or life.stage not in TRANSITIONS[act.kind]:
        return _misplaced(life, act)
    if act.kind in FURTHER_REVIEW and life.further_review not in FURTHER_REVIEW[act.kind]:
        wants = " or ".join(FURTHER_REVIEW[act.kind])
        return Finding("afr-criteria", "further-review-state", f"further review is {life.further_review}, not {wants}")
    window = open_window(verdicts)
    match act.kind:
        case "amend" | "add-grounds" if window is not None or act.kind == "add-grounds":
            adds = act.kind == "amend"
            finding = judge_amendment(
                window or Due(act.on, act.on),
                act.on,
                adds_decision_or_category=adds,
                disposed_on=life.settled_on,
            )
            return finding if finding.outcome == "refused" else None
        case "request-acceleration":
            mailed_on = date.fromisoformat(act.details["mailed_on"])
            first = acceleration_from(life.filing.received_on)
            if not first <= mailed_on <= act.on:
                why = f"mailed {mailed_on}: it can be mailed from {first} and not after {act.on}, when it is recorded"
                return Finding("protest-accel-request", "too-early" if mailed_on < first else "not-yet", why)
            if life.acceleration_mailed_on is not None:
                why = f"asked for already, mailed {life.acceleration_mailed_on}"
                return Finding("protest-accel-request", "asked-before", why)
            return None
        case "apply-further-review" if window is not None:
            finding = judge_application(window, act.on, life.denied_on)
            return finding if finding.outcome == "refused" else None
        case "grant-further-review":
            finding = judge_criteria(_criteria(act))
            return finding if finding.outcome != "grant" else None
        case "refuse-further-review" | "answer-further-review" | "deny" | "reject" if not act.details.get("reasons"):
            return Finding("protest-denial-notice", "no-reasons", "the reasons are not stated")
        case "deny" | "allow-in-part":
            # The application may have come after the recommendation.
            finding = judge_local_act(
                "deny" if act.kind == "deny" else "deny-in-part",
                is_application_considered=life.further_review not in _UNCONSIDERED,
            )
            return finding if finding.outcome != "may-decide" else None
        case "request-set-aside" if life.further_review_refused_on is not None:
            due = set_aside_request_due(life.further_review_refused_on, law)
            if act.on > due.last_arguable:
                why = f"further review was refused on {life.further_review_refused_on}: asked until {due.safe}"
                return Finding("afr-complaint-1515c", "too-late", why)
            return None
        case "recommend":
            local: LocalAct = _LOCAL[act.details["outcome"]]
            finding = judge_local_act(local, is_application_considered=life.further_review not in _UNCONSIDERED)
            if finding.outcome != "may-decide":
                return finding
            return _judge_instruction(life, act.details["outcome"])
        case "reject":
            return _judge_rejection(verdicts, act)
        case "request-void" if life.denied_on is not None:
            due = void_request_due(life.denied_on, law)
            if act.on > due.last_arguable:
                return Finding("void-1515d", "too-late", f"denied {life.denied_on}: asked until {due.safe}")
            return None
        case _:
            return None


def judge_second_person(life: Life, act: Act, decided_entry: frozenset[str]) -> Finding | None:
    """Why this person may not do the act; None when they may. `decided_entry`: who decided the protested entries.

    An import specialist other than the one who decided the entry reviews the protest, and somebody else signs: the
    separation of duties of the Centers (four-eyes), not a rule of the statute.
    """
    if act.kind in ("recommend", "refuse-further-review", "grant-further-review") and act.people & decided_entry:
        return Finding("four-eyes", "decided-the-entry", f"{act.actor} decided a protested entry")
    if act.kind in SIGNED.values() and act.people & life.recommended_by:
        return Finding("four-eyes", "recommended-it", f"{act.actor} recommended the decision")
    return None


@dataclass(frozen=True, slots=True)
class ProtestClock:
    """A day that matters to a protest: warn by `safe`, hold against somebody only after `last_arguable`."""

    what: str
    rule: str
    safe: date
    last_arguable: date
    inputs: Mapping[str, str]
    binds: Literal["cbp", "filer"]


def list_clocks(
    life: Life, verdicts: Sequence[Verdict], decide_by: date, law: LawSettings = LAW
) -> tuple[ProtestClock, ...]:
    """Every clock of a protest that runs, in order of its safe day."""
    filing, clocks = life.filing, []

    def add(what: str, rule: str, due: Due, binds: Literal["cbp", "filer"], **inputs: object) -> None:
        facts = {name: str(value) for name, value in inputs.items()}
        clocks.append(ProtestClock(what, rule, due.safe, due.last_arguable, facts, binds))

    if life.is_open:
        if (window := open_window(verdicts)) is not None:
            add("further decision or category attacked", "protest-amend", window, "filer")
            if life.further_review == "none":
                add("further review applied for", "afr-file", window, "filer")
        add("to be decided; nothing follows by law", "protest-decide-2y", Due(decide_by, decide_by), "cbp")
        denial = deemed_denied_on(life, join_known(verdicts))
        if denial is not None:
            mailed = life.acceleration_mailed_on
            add("deemed denied at its end", denial[1], Due(denial[0], denial[0]), "cbp", mailed_on=mailed)
        if life.further_review in ("requested", "granted") and life.forwarded_on is None:
            target = forwarding_target(filing.received_on, law)
            add(
                "to be forwarded; an alert only", "afr-forward", Due(target, target), "cbp", received=filing.received_on
            )
    if life.further_review == "refused" and life.further_review_refused_on is not None and life.stage != "in-court":
        refused_on = life.further_review_refused_on
        due = set_aside_request_due(refused_on, law)
        add("set-aside of the refusal asked for", "afr-complaint-1515c", due, "filer", refused_on=refused_on)
    if life.further_review == "set-aside-requested" and life.set_aside_requested_on is not None:
        answer_by = set_aside_denied_on(life.set_aside_requested_on, law)
        add("set-aside treated as refused", "afr-complaint-answer", Due(answer_by, answer_by), "cbp")
    if life.stage in ("allowed", "allowed-in-part") and life.settled_on is not None:
        refund_by = protest_refund_due(life.settled_on)
        add("refund of what was allowed", "protest-allow", Due(refund_by, refund_by), "cbp", decided=life.settled_on)
    if life.denied_on is not None and life.summoned_on is None:
        add("suit begun", "summons-180", suit_due(life.denied_on, law), "filer", denied_on=life.denied_on)
        if life.stage in TRANSITIONS["request-void"]:
            due = void_request_due(life.denied_on, law)
            add("voiding of the denial asked for", "void-1515d", due, "filer", denied_on=life.denied_on)
    return tuple(sorted(clocks, key=lambda each: (each.safe, each.rule)))


def next_due(clocks: Sequence[ProtestClock]) -> ProtestClock | None:
    """What CBP has to do first; None when it has to do nothing."""
    return next((each for each in clocks if each.binds == "cbp"), None)


def list_outcomes(life: Life) -> dict[str, str]:
    """What was decided on each protested entry: allowed, denied, in part; empty while nothing is."""
    if life.stage == "deemed-denied" or (life.stage == "in-court" and life.recommendation is None):
        return dict.fromkeys(life.filing.entries, "deemed-denied")
    if life.stage not in ("allowed", "allowed-in-part", "denied", "in-court") or life.recommendation is None:
        return {}
    found: dict[str, set[str]] = {}
    for item in life.recommendation["items"]:
        found.setdefault(item["entry_number"], set()).add(item["outcome"])
    return {number: each.pop() if len(each) == 1 else "allowed-in-part" for number, each in found.items()}


def judge_summons(life: Life, filed_on: date, *, are_duties_paid: bool, law: LawSettings = LAW) -> tuple[Finding, ...]:
    """What the court will find against a suit; it is noted all the same, because the court decides it.

    Rules summons-180 [S], 28 USC 2636(a): 180 days after the denial; summons-paydues [M], 28 USC 2637(a).
    """
    found = []
    if life.denied_on is not None and filed_on > (due := suit_due(life.denied_on, law)).last_arguable:
        found.append(Finding("summons-180", "too-late", f"denied {life.denied_on}, last day {due.safe}"))
    if (paid := judge_suit(are_duties_paid=are_duties_paid)).outcome != "may-sue":
        found.append(paid)
    return tuple(found)


_LOCAL: Final[Mapping[Outcome, LocalAct]] = {
    "allowed": "allow-in-full",
    "allowed-in-part": "deny-in-part",
    "denied": "deny",
}
_FAVOUR: Final[Mapping[Outcome, int]] = {"denied": 0, "allowed-in-part": 1, "allowed": 2}
_UNCONSIDERED: Final[tuple[FurtherReview, ...]] = ("requested", "granted")
_DECISIONS: Final = frozenset({*SIGNED.values(), "recommend", "reject", "withdraw"})


def _misplaced(life: Life, act: Act) -> Finding:
    """Why an act is not possible in the stage of the protest, by the rule of law when one says so."""
    if life.summoned_on is not None or life.stage == "in-court":
        return Finding("action-ends-admin", "locked", f"suit begun on {life.summoned_on}")
    if act.kind in _DECISIONS and life.denied_on is not None and not life.is_open:
        if life.stage == "deemed-denied":
            finding = judge_decision_on_protest(act.on, deemed_denied_on=life.denied_on)
        else:
            finding = judge_decision_on_protest(act.on, denied_on=life.denied_on)
        if finding.outcome == "blocked":
            return finding
    possible = ", ".join(TRANSITIONS.get(act.kind, {})) or "no stage"
    return Finding("protest-stage", "wrong-stage", f"the protest is {life.stage}; the act is possible in: {possible}")


def _judge_instruction(life: Life, outcome: Outcome) -> Finding | None:
    """Headquarters' answer is followed: a denial contrary to proper instructions is void when it is found.

    Rule void-1515d [M], 19 USC 1515(d).
    """
    if life.headquarters_answer is None or _FAVOUR[outcome] >= _FAVOUR[life.headquarters_answer]:
        return None
    why = f"headquarters answered {life.headquarters_answer}, recommended is {outcome}"
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


def _criteria(act: Act) -> tuple[Criterion, ...]:
    return tuple(act.details.get("criteria", ()))
