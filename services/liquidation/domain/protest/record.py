"""Where a protest stands after its acts: what each act makes of the record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, assert_never

from services.liquidation.domain.protest.filing import Filing, amend
from services.liquidation.domain.protest.stages import (
    FURTHER_REVIEW,
    OPEN,
    TRANSITIONS,
    ActKind,
    EntryOutcome,
    FurtherReview,
    LineOutcome,
    Outcome,
    Stage,
)
from shared.customs.money import to_cents


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
class LineDecision:
    """What is decided on an entry (line 0) or a line of it, and the change in cents, of which negative is a refund."""

    entry_number: str
    line_number: int
    outcome: LineOutcome
    reasons: str
    change_duty_cents: int
    change_fees_cents: int


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What a specialist recommends, for a director to sign: the outcome in all, and on each entry or line."""

    by: frozenset[str]
    outcome: Outcome
    reasons: str
    lines: tuple[LineDecision, ...]


def read_recommendation(act: Act) -> Recommendation:
    """The recommendation that an act states."""
    return Recommendation(
        act.people, act.details["outcome"], act.details["reasons"], tuple(map(_read_line, act.details["items"]))
    )


@dataclass(frozen=True, slots=True)
class ProtestRecord:
    """A protest after its acts. `denied_on` stays when a denial is voided: the time to sue runs on (void-no-toll)."""

    filing: Filing
    stage: Stage
    further_review: FurtherReview
    acceleration_mailed_on: date | None
    acts: int = 0
    further_review_refused_on: date | None = None
    set_aside_requested_on: date | None = None
    forwarded_on: date | None = None
    recommendation: Recommendation | None = None
    headquarters_answer: Outcome | None = None
    lead: str | None = None
    denied_on: date | None = None
    settled_on: date | None = None
    summoned_on: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether the protest waits for its decision."""
        return self.stage in OPEN

    @property
    def is_dropped(self) -> bool:
        """Whether the protest was withdrawn or rejected, so that it stands in nobody's way."""
        return self.stage in ("withdrawn", "rejected")


def receive(filing: Filing) -> ProtestRecord:
    """A protest when it is received, with the requests that came with it."""
    return ProtestRecord(
        filing,
        "filed",
        "requested" if filing.asks_further_review else "none",
        filing.acceleration_mailed_on,
    )


def apply_act(record: ProtestRecord, act: Act) -> ProtestRecord:  # noqa: PLR0912 - one branch for each act
    """The protest after an act that may be done; raises KeyError for one that is possible in other stages only."""
    stage = TRANSITIONS[act.kind][record.stage]
    # An act that was done stands, also when an earlier filing of the same number, without the application, came later.
    review = FURTHER_REVIEW.get(act.kind, {}).get(record.further_review, record.further_review)
    lead = record.lead if stage == "suspended" else None
    after = replace(record, stage=stage, further_review=review, acts=record.acts + 1, lead=lead)
    if record.is_open and stage not in OPEN:
        after = replace(after, settled_on=act.on)
    match act.kind:
        case "suspend":
            return replace(after, lead=act.details.get("lead"))
        case "amend":
            return replace(after, filing=amend(record.filing, act.details.get("categories", ())))
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
            return replace(after, recommendation=read_recommendation(act))
        case "return":
            return replace(after, recommendation=None)
        case "deny" | "allow-in-part":
            return replace(after, denied_on=act.on)
        case "deem-denied":
            fell = "fell-away" if after.further_review in ("requested", "granted") else after.further_review
            return replace(after, denied_on=act.on, further_review=fell)
        case "void-denial":
            return replace(after, settled_on=None, recommendation=None, acceleration_mailed_on=None)
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
            | "request-void"
        ):
            return after
        case _:
            assert_never(act.kind)


def replay_acts(filing: Filing, acts: Sequence[Act]) -> ProtestRecord:
    """The record of a protest after all its acts, in their order."""
    record = receive(filing)
    for act in acts:
        record = apply_act(record, act)
    return record


@dataclass(frozen=True, slots=True)
class NumberedAct:
    """An act in the history of a protest: its number, by which rule it is done, from which stage to which it leads."""

    filing_number: str
    number: int
    act: Act
    acted_at: datetime
    rule: str
    from_stage: Stage
    to_stage: Stage
    authority: str | None = None


def number_act(record: ProtestRecord, act: Act, at: datetime, rule: str, authority: str | None = None) -> NumberedAct:
    """An act that may be done as the next one on the protest; a person's rests on a row of the table of authority."""
    after = apply_act(record, act)
    return NumberedAct(record.filing.number, record.acts + 1, act, at, rule, record.stage, after.stage, authority)


def list_outcomes(record: ProtestRecord) -> dict[str, EntryOutcome]:
    """What was decided on each protested entry: allowed, denied, in part; empty while nothing is."""
    if record.stage == "deemed-denied" or (record.stage == "in-court" and record.recommendation is None):
        return dict.fromkeys(record.filing.entries, "deemed-denied")
    if record.stage not in ("allowed", "allowed-in-part", "denied", "in-court") or record.recommendation is None:
        return {}
    found: dict[str, set[LineOutcome]] = {}
    for line in record.recommendation.lines:
        found.setdefault(line.entry_number, set()).add(line.outcome)
    return {number: each.pop() if len(each) == 1 else "allowed-in-part" for number, each in found.items()}


def _read_line(item: Mapping[str, Any]) -> LineDecision:
    return LineDecision(
        item["entry_number"],
        item.get("line_number") or 0,
        item["outcome"],
        item["reasons"],
        to_cents(item["change_duty_usd"]),
        to_cents(item["change_fees_usd"]),
    )
