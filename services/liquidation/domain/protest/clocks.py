"""The clocks of a protest that run, and what the law does by itself when one has run out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.protest.decision import (
    Denial,
    deemed_denial,
    protest_refund_due,
    suit_due,
)
from services.liquidation.domain.protest.further_review import (
    forwarding_target,
    set_aside_denied_on,
    set_aside_request_due,
    void_request_due,
)
from services.liquidation.domain.protest.record import ProtestRecord
from services.liquidation.domain.protest.stages import TRANSITIONS, ActKind
from services.liquidation.domain.protest.timeliness import Timeliness, Verdict, join_known, open_window
from shared.customs.calendar import Due


class ActOfLaw(NamedTuple):
    """What the law does by itself, on the last day of a period that has passed."""

    kind: ActKind
    on: date
    rule: str


def find_deemed_denial(record: ProtestRecord, timeliness: Timeliness) -> Denial | None:
    """The day at whose end an open protest is treated as denied, and its rule; None when no such clock runs.

    Rules protest-accel-30 [P], 19 USC 1515(b): day 30 after the request was mailed; protest-exclusion-30 [S], 19 CFR
    174.21(b): day 30 after a protest against exclusion. A protest out of time for every entry is none that the law
    decides, and one of which no entry is known to be in time waits until it is: the day stays the same (`join_known`).
    """
    if not record.is_open or timeliness in ("unknown", "untimely", "too-early"):
        return None
    filing = record.filing
    is_against_exclusion = filing.decision == "exclusion-redelivery" and not filing.is_redelivery
    return deemed_denial(
        filing.received_on,
        record.acceleration_mailed_on,
        is_against_exclusion=is_against_exclusion and record.denied_on is None,
    )


def find_act_of_law(record: ProtestRecord, timeliness: Timeliness, today: date, law: LawSettings) -> ActOfLaw | None:
    """The next act that the law itself does because a day before `today` has passed; None: nothing.

    Rules protest-accel-30, protest-exclusion-30, and afr-complaint-answer [M], 19 USC 1515(c): a request to set aside
    that is not answered in 60 days is treated as denied. Each is dated on the last day of its period.
    """
    found: list[ActOfLaw] = []
    if (denial := find_deemed_denial(record, timeliness)) is not None:
        found.append(ActOfLaw("deem-denied", denial.on, denial.rule))
    asked_on = record.set_aside_requested_on if record.further_review == "set-aside-requested" else None
    if asked_on is not None and record.stage in TRANSITIONS["refuse-set-aside"]:
        found.append(ActOfLaw("refuse-set-aside", set_aside_denied_on(asked_on, law), "afr-complaint-answer"))
    first = min(found, key=lambda each: (each.on, each.kind), default=None)
    return first if first is not None and first.on < today else None


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
    record: ProtestRecord, verdicts: Sequence[Verdict], decide_by: date, law: LawSettings
) -> tuple[ProtestClock, ...]:
    """Every clock of a protest that runs, in order of its safe day."""
    clocks = [*_further_review_clocks(record, law), *_settled_clocks(record, law)]
    if record.is_open:
        clocks += _open_clocks(record, verdicts, decide_by, law)
    return tuple(sorted(clocks, key=lambda each: (each.safe, each.rule)))


def next_due(clocks: Sequence[ProtestClock]) -> ProtestClock | None:
    """What CBP has to do first; None when it has to do nothing."""
    return next((each for each in clocks if each.binds == "cbp"), None)


def _open_clocks(
    record: ProtestRecord, verdicts: Sequence[Verdict], decide_by: date, law: LawSettings
) -> list[ProtestClock]:
    """What may be added to an undecided protest, and until when it is decided, denied by law or forwarded."""
    clocks = []
    if (window := open_window(verdicts)) is not None:
        clocks.append(_filer("further decision or category attacked", "protest-amend", window))
        if record.further_review == "none":
            clocks.append(_filer("further review applied for", "afr-file", window))
    clocks.append(_cbp("to be decided; nothing follows by law", "protest-decide-2y", decide_by))
    if (denial := find_deemed_denial(record, join_known(verdicts))) is not None:
        mailed_on = record.acceleration_mailed_on
        clocks.append(_cbp("deemed denied at its end", denial.rule, denial.on, mailed_on=mailed_on))
    if record.further_review in ("requested", "granted") and record.forwarded_on is None:
        received_on = record.filing.received_on
        target = forwarding_target(received_on, law)
        clocks.append(_cbp("to be forwarded; an alert only", "afr-forward", target, received=received_on))
    return clocks


def _further_review_clocks(record: ProtestRecord, law: LawSettings) -> list[ProtestClock]:
    """Until when the setting aside of a refusal is asked for, and answered."""
    refused_on, asked_on = record.further_review_refused_on, record.set_aside_requested_on
    if record.further_review == "refused" and refused_on is not None and record.stage != "in-court":
        due = set_aside_request_due(refused_on, law)
        return [_filer("set-aside of the refusal asked for", "afr-complaint-1515c", due, refused_on=refused_on)]
    if record.further_review == "set-aside-requested" and asked_on is not None:
        return [_cbp("set-aside treated as refused", "afr-complaint-answer", set_aside_denied_on(asked_on, law))]
    return []


def _settled_clocks(record: ProtestRecord, law: LawSettings) -> list[ProtestClock]:
    """Until when an allowance is refunded, and a denial sued or voided; a voided denial is sued in its time as well."""
    clocks = []
    if record.stage in ("allowed", "allowed-in-part") and record.settled_on is not None:
        refund_by = protest_refund_due(record.settled_on)
        clocks.append(_cbp("refund of what was allowed", "protest-allow", refund_by, decided=record.settled_on))
    if (denied_on := record.denied_on) is not None and record.summoned_on is None:
        clocks.append(_filer("suit begun", "summons-180", suit_due(denied_on, law), denied_on=denied_on))
        if record.stage in TRANSITIONS["request-void"]:
            due = void_request_due(denied_on, law)
            clocks.append(_filer("voiding of the denial asked for", "void-1515d", due, denied_on=denied_on))
    return clocks


def _filer(what: str, rule: str, due: Due, **inputs: date) -> ProtestClock:
    return ProtestClock(what, rule, due.safe, due.last_arguable, _written(inputs), "filer")


def _cbp(what: str, rule: str, on: date, **inputs: date | None) -> ProtestClock:
    return ProtestClock(what, rule, on, on, _written(inputs), "cbp")


def _written(inputs: Mapping[str, date | None]) -> Mapping[str, str]:
    return {name: str(on) for name, on in inputs.items()}
