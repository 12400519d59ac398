"""What comes for an entry: each date with the rule that sets it, what it was computed from, and both readings of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from services.liquidation.domain.clocks import four_year_cap
from services.liquidation.domain.correction_window import CorrectionWindow
from services.liquidation.domain.information_request import REPLY_RULES, Form
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.liquidation_acts import JudgedLiquidation, StandingLiquidation
from services.liquidation.domain.liquidation_period import Period
from services.liquidation.domain.protest.decision import suit_due
from services.liquidation.domain.protest.stages import DENIED, OPEN, Stage
from services.liquidation.domain.protest.timeliness import liquidation_window, protest_window, window_rule
from services.liquidation.domain.reliquidation import Contest, final_1501_on, final_1514_on, own_motion_until
from services.liquidation.domain.summary_clocks import summary_due
from services.liquidation.domain.timeline_code import CODE_OF_PROTEST_RULE
from shared.customs.calendar import Due, due

REPLY_CODES: Final[Mapping[Form, str]] = {"CBP-28": "cf28-reply-due", "CBP-29": "cf29-reply-due"}


@dataclass(frozen=True, slots=True)
class ProtestFact:
    """A protest on the entry.

    `timeliness` and `outcome` are those of this entry (the outcome None until it is decided, or as the stage says);
    `denied_on` stays when a denial is voided.
    """

    number: str
    received_on: date
    decide_by: date
    stage: Stage = "filed"
    timeliness: str = "unknown"
    outcome: str | None = None
    denied_on: date | None = None
    is_against_exclusion: bool = False


def find_contest(protest: ProtestFact) -> Contest | None:
    """How a protest keeps a liquidation from becoming final; None when it does not.

    Rules final-1514 [S], 19 USC 1514(a): a protest in time does, and one that is out of time, withdrawn, rejected or
    against an exclusion does not; final-two-meanings [S]: once it is denied until the time to sue has passed, so that a
    denial that was voided counts no more, nor one of other entries of the same protest. One whose time is not known
    does: finality is never guessed.

    >>> find_contest(ProtestFact("P-1", date(2026, 3, 2), date(2028, 3, 2), "denied", denied_on=date(2026, 6, 1)))
    Contest(denied_on=datetime.date(2026, 6, 1), is_sued_on=False)
    """
    if protest.stage == "in-court":
        return Contest(protest.denied_on, is_sued_on=True)
    is_out_of_time = protest.timeliness in ("untimely", "too-early")
    if protest.stage in ("withdrawn", "rejected") or is_out_of_time or protest.is_against_exclusion:
        return None
    is_denied = protest.stage in DENIED and protest.outcome != "allowed"
    return Contest(protest.denied_on) if is_denied else Contest()


def find_finality(
    standing: StandingLiquidation,
    protests: Iterable[ProtestFact],
    *,
    entered_on: date | None,
    demanded_on: date | None = None,
    law: LawSettings,
) -> Due | None:
    """From which day a liquidation is final for everyone; None while a protest, an allowance or a suit keeps it open.

    Rules final-1514, final-two-meanings as in `final_1514_on`; `demanded_on` is the last demand on the surety.

    >>> denied = ProtestFact("P-1", date(2026, 2, 2), date(2028, 2, 2), "denied", denied_on=date(2026, 6, 1))
    >>> liquidated = StandingLiquidation(date(2026, 1, 2), date(2026, 1, 2), is_deemed=False)
    >>> find_finality(liquidated, [denied], entered_on=None, law=LAW).safe
    datetime.date(2026, 11, 29)
    """
    return final_1514_on(
        standing.on,
        [each for each in map(find_contest, protests) if each is not None],
        posted_on=standing.latest_start,
        reliquidated_on=standing.reliquidated_on,
        demanded_on=demanded_on,
        entered_on=entered_on,
        law=law,
    )


@dataclass(frozen=True, slots=True)
class RequestFact:
    """A request for information (CBP 28) or a proposed notice of action (CBP 29) that is open."""

    request_id: str
    form: Form
    issued_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class TimelineFacts:
    """The record of an entry as far as its coming dates depend on it.

    `correction_window` is the window for corrections (None: none is known to close), `final` from when a
    liquidation is final for everyone (None while a protest, an allowance or a suit keeps it open). `start` names the
    fact and the day from which the year runs where it is not the entry date. `liquidation` is what stands in law of the
    acts on record, None before there are any.
    """

    state: str
    rule: str | None
    why: str | None
    released_on: date | None = None
    entry_date: date | None = None
    is_informal: bool = False
    extended_months: int = 0
    scheduled_on: date | None = None
    deemed_on: date | None = None
    deemed_rule: str | None = None
    period: Period | None = None
    liquidation: JudgedLiquidation | None = None
    protests: tuple[ProtestFact, ...] = ()
    requests: tuple[RequestFact, ...] = ()
    correction_window: CorrectionWindow | None = None
    final: Due | None = None
    port: str | None = None
    start: tuple[str, date] | None = None

    @property
    def standing(self) -> StandingLiquidation | None:
        """The liquidation that stands; None: none does."""
        return self.liquidation.standing if self.liquidation is not None else None


@dataclass(frozen=True, slots=True)
class Coming:
    """A date ahead (or one that passed): warn by `safe`, refuse only after `last_arguable`; None: no date is known.

    `code` is that of the catalogue (`TIMELINE_CODES`), `references` name the bill, refund, protest or request it is of.
    """

    code: str
    what: str
    rule: str
    safe: date | None
    last_arguable: date | None
    inputs: Mapping[str, str] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)


def coming_dates(facts: TimelineFacts, law: LawSettings) -> tuple[Coming, ...]:
    """Every clock of the entry, in the order in which the law comes to them."""
    law = law.at_port(facts.port)
    return (
        *_of_requests(facts),
        *_before_liquidation(facts, law),
        *_of_acts(facts),
        *_after_liquidation(facts, law),
        *_of_protests(facts, law),
    )


def _of_requests(facts: TimelineFacts) -> Iterator[Coming]:
    """Rules cf28-reply [S], practice; cf29-proposed [S], 19 CFR 152.2: the day on the form governs, as it is."""
    if facts.liquidation is not None:
        return
    for request in facts.requests:
        what = f"reply to {request.form.replace('-', ' ')} due"
        inputs = {"request": request.request_id, "issued_on": str(request.issued_on)}
        yield Coming(
            REPLY_CODES[request.form],
            what,
            REPLY_RULES[request.form].rule,
            request.due_on,
            request.due_on,
            inputs,
            {"request": request.request_id},
        )


def _before_liquidation(facts: TimelineFacts, law: LawSettings) -> Iterator[Coming]:
    if facts.liquidation is not None or facts.rule is None:
        return
    if facts.state == "clock-unknown":
        if facts.rule == "es-file" and facts.released_on is not None:
            # Working days: the last is one itself, so there is nothing to roll.
            until = summary_due(facts.released_on, law)
            yield Coming(
                "summary-due", "entry summary due", "es-file", until, until, {"released_on": str(facts.released_on)}
            )
        yield Coming(
            "clock-unknown", "liquidation: the clock is not known", facts.rule, None, None, {"missing": facts.why or ""}
        )
        return
    if facts.state == "not-liquidating":
        yield Coming("not-liquidating", "no liquidation", facts.rule, None, None, {"fact": facts.why or ""})
        yield from _of_correction(facts, {"entry_date": str(facts.entry_date)})
        return
    if facts.entry_date is None:
        return
    if facts.state == "suspended":
        yield Coming(
            "liquidation-suspended", "liquidation suspended", facts.rule, None, None, {"fact": facts.why or ""}
        )
        yield from _of_correction(facts, {"entry_date": str(facts.entry_date)})
        return
    if facts.scheduled_on is None or facts.deemed_on is None:
        return
    from_fact, from_day = facts.start or ("entry_date", facts.entry_date)
    inputs = {from_fact: str(from_day)}
    if facts.extended_months:
        inputs["extended_months"] = str(facts.extended_months)
    yield from _of_correction(facts, inputs | {"scheduled_on": str(facts.scheduled_on)})
    how = {"fact": facts.why or ""} if facts.is_informal else {"policy": law.cycle.version}
    code = "informal-liquidation" if facts.is_informal else "liquidation-planned"
    yield Coming(code, "scheduled liquidation", facts.rule, facts.scheduled_on, facts.scheduled_on, inputs | how)
    safe, last = _read_end(facts, facts.deemed_on)
    yield Coming("period-ends", "deemed liquidated", facts.deemed_rule or "liq-1yr-entry", safe, last, inputs)
    if facts.extended_months:
        cap = four_year_cap(from_day)
        yield Coming("extension-cap", "no extension reaches beyond", "liq-4yr-cap", cap, cap, inputs)


def _of_correction(facts: TimelineFacts, inputs: Mapping[str, str]) -> Iterator[Coming]:
    """Rules psc-window, psc-window-extended, psc-window-suspended [S], as the one window of the entry has them."""
    window = facts.correction_window
    if window is not None and window.closes_on is None:
        yield Coming("correction-until", "correction possible while suspended", window.rule, None, None)
    elif window is not None:
        yield Coming(
            "correction-until", "last day for a correction", window.rule, window.closes_on, window.closes_on, inputs
        )


def _read_end(facts: TimelineFacts, deemed_on: date) -> tuple[date, date]:
    """Both readings of the end of the period; the day on record where they are not known."""
    period = facts.period
    if period is None or period.safe is None or period.last_arguable is None:
        return deemed_on, deemed_on
    return min(period.safe, deemed_on), max(period.last_arguable, deemed_on)


def _of_acts(facts: TimelineFacts) -> Iterator[Coming]:
    """What the rules say of the acts on record: of no effect in law, too late, by another reading deemed."""
    for each in facts.liquidation.findings if facts.liquidation is not None else ():
        if each.outcome != "stands":
            yield Coming("act-judged", f"an act on record: {each.outcome}", each.rule, None, None, {"fact": each.why})


def _after_liquidation(facts: TimelineFacts, law: LawSettings) -> Iterator[Coming]:
    standing = facts.standing
    if standing is None:
        return
    inputs = {"liquidated_on": str(standing.on)}
    noticed = inputs | ({"posted_on": str(standing.posted_on)} if standing.posted_on is not None else {})
    until = own_motion_until(standing.on, standing.posted_on)
    rule = "liq-after-deemed" if standing.is_deemed else "reliq-1501"
    yield Coming("reliquidation-until", "CBP may reliquidate until", rule, until, until, inputs)
    closed = final_1501_on(standing.on, standing.posted_on)
    yield Coming("final-for-cbp", "final for CBP itself", "final-two-meanings", closed, closed, inputs)
    final = facts.final
    if final is None:
        why = _say_open(facts.protests)
        yield Coming("final-for-everyone", f"final for everyone: not while {why}", "final-1514", None, None, inputs)
    else:
        denied = {f"denied_on of {each.number}": str(each.denied_on) for each in facts.protests if _runs_to_suit(each)}
        yield Coming(
            "final-for-everyone", "final for everyone", "final-1514", final.safe, final.last_arguable, inputs | denied
        )
    window = liquidation_window(standing.on, standing.latest_start, facts.entry_date, law)
    rule = window_rule(standing.on, facts.entry_date, is_deemed=standing.is_deemed)
    yield Coming("protest-until", "last day to protest", rule, window.safe, window.last_arguable, noticed)
    for again_on in standing.reliquidated_on:
        window = protest_window(again_on, facts.entry_date, law)
        what = f"last day to protest what the reliquidation of {again_on} decided"
        again = {"reliquidated_on": str(again_on)}
        yield Coming(
            "protest-until-reliquidation", what, "protest-reliq-scope", window.safe, window.last_arguable, again
        )


def _say_open(protests: Iterable[ProtestFact]) -> str:
    stages = {each.stage for each in protests if find_contest(each) is not None}
    if "in-court" in stages:
        return "a suit is pending"
    return "a protest is open" if stages.intersection(OPEN) or not stages else "what was allowed is carried out"


def _runs_to_suit(protest: ProtestFact) -> bool:
    contest = find_contest(protest)
    return contest is not None and contest.denied_on is not None and not contest.is_sued_on


def _of_protests(facts: TimelineFacts, law: LawSettings) -> Iterator[Coming]:
    for protest in facts.protests:
        if protest.stage in OPEN:
            until: Due = due(protest.decide_by, rolls=False, closures=law.closures)
            inputs = {"protest": protest.number, "received_on": str(protest.received_on)}
            what, rule = "protest to be decided", "protest-decide-2y"
        elif _runs_to_suit(protest) and protest.denied_on is not None:
            until = suit_due(protest.denied_on, law)
            inputs = {"protest": protest.number, "denied_on": str(protest.denied_on)}
            what, rule = "last day to sue", "summons-180"
        else:
            continue
        of_protest = {"protest": protest.number}
        yield Coming(CODE_OF_PROTEST_RULE[rule], what, rule, until.safe, until.last_arguable, inputs, of_protest)
