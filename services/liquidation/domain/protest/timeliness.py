"""Whether a protest comes in time: the window for each decision, and the verdict for each entry."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, Protocol

from services.liquidation.domain.clocks import PROTEST_DAYS
from services.liquidation.domain.counting import due_in_days
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.protest.filing import Protestant
from services.liquidation.domain.rules.rule import Finding
from shared.customs.calendar import Due, add_days

Timeliness = Literal["unknown", "timely", "arguable", "untimely", "too-early", "mixed"]

LIQUIDATED_DECISIONS: Final = frozenset({"appraised-value", "classification-rate-duty", "liquidation"})
"""Decisions that merge in the liquidation, so that the time to protest them runs from it; others have their own day."""

LONGER_PROTEST_SINCE: Final = date(2004, 12, 18)
LEGACY_PROTEST_DAYS: Final = 90


def is_older_law(entered_on: date | None, decided_on: date | None) -> bool:
    """Whether the 90 days of the older law hold: by the day of entry, which is never after that of its liquidation.

    Rule protest-90-legacy [S], 19 CFR 174.12(e): entries before 18 December 2004. Of an entry of unknown day whose
    decision came later it is not known; it is taken as one of present law.

    >>> is_older_law(date(2004, 12, 17), date(2005, 10, 28)), is_older_law(None, date(2004, 12, 17))
    (True, True)
    """
    known = entered_on or decided_on
    return known is not None and known < LONGER_PROTEST_SINCE


def protest_days(entered_on: date | None, decided_on: date | None = None) -> int:
    """How many days there are to protest.

    Rules protest-180 [S], 19 USC 1514(c)(3); protest-90-legacy [S], 19 CFR 174.12(e), as in `is_older_law`.

    >>> protest_days(date(2004, 12, 17)), protest_days(date(2004, 12, 18))
    (90, 180)
    """
    return LEGACY_PROTEST_DAYS if is_older_law(entered_on, decided_on) else PROTEST_DAYS


def protest_window(decided_on: date, entered_on: date | None, law: LawSettings) -> Due:
    """Until when a reliquidation or other decision is protested; nothing done by Commerce later moves it.

    Rules protest-180, protest-90-legacy [S], 19 USC 1514(c)(3), roll-private-filing [S]; protest-commerce-no-reset [S],
    Acquisition 362 (Fed. Cir. 2023).

    >>> protest_window(date(2026, 1, 5), None, LawSettings())
    Due(safe=datetime.date(2026, 7, 4), last_arguable=datetime.date(2026, 7, 6))
    """
    return due_in_days(decided_on, protest_days(entered_on, decided_on), "private", law)


def safe_protest_day(decided_on: date, entered_on: date | None) -> date:
    """The safe last day to protest a decision, as notices say it; it is never rolled, so no setting moves it.

    Rules protest-180 [S], 19 USC 1514(c)(3); protest-90-legacy [S], 19 CFR 174.12(e); protest-deemed [U]: a deemed
    liquidation counts from its day in law, whenever it was posted.

    >>> safe_protest_day(date(2027, 1, 25), date(2026, 3, 2))
    datetime.date(2027, 7, 24)
    """
    return add_days(decided_on, protest_days(entered_on, decided_on))


def liquidation_window(liquidated_on: date, posted_on: date | None, entered_on: date | None, law: LawSettings) -> Due:
    """Until when a liquidation is protested; `posted_on` None: not known.

    Rules protest-180, protest-90-legacy [S]; protest-deemed [U], 19 CFR 159.9(c)(2): of a deemed liquidation that was
    posted later the day of its posting is an arguable start. Any other is dated on its posting (liquidation-date [S]),
    so a later one is arguable for it too; the notice of an informal one is its payment or release.

    >>> liquidation_window(date(2026, 1, 5), date(2026, 1, 9), None, LawSettings())
    Due(safe=datetime.date(2026, 7, 4), last_arguable=datetime.date(2026, 7, 8))
    """
    window = protest_window(liquidated_on, entered_on, law)
    if posted_on is None or posted_on <= liquidated_on:
        return window
    days = protest_days(entered_on, liquidated_on)
    return Due(window.safe, due_in_days(posted_on, days, "private", law).last_arguable)


def window_rule(liquidated_on: date, entered_on: date | None, *, is_deemed: bool) -> str:
    """The rule by which the window of a liquidation is counted.

    >>> window_rule(date(2005, 10, 28), date(2004, 12, 17), is_deemed=True)
    'protest-90-legacy'
    """
    if is_older_law(entered_on, liquidated_on):
        return "protest-90-legacy"
    return "protest-deemed" if is_deemed else "protest-180"


def surety_window(demanded_on: date, entered_on: date | None, law: LawSettings) -> Due:
    """Until when a surety protests, counted from the mailing of the demand.

    Rules protest-surety [S], 19 USC 1514(c)(3), 19 CFR 174.12(e)(3): 180 days; protest-90-legacy [S]: 90 days for
    entries before 18 December 2004.

    >>> surety_window(date(2026, 9, 1), None, LawSettings()).safe
    datetime.date(2027, 2, 28)
    """
    return due_in_days(demanded_on, protest_days(entered_on), "private", law)


def judge_timeliness(window: Due, decided_on: date, received_on: date) -> Finding:
    """Whether a protest is in time; a late one is untimely and not denied on its merits.

    Rule protest-180 [S], 19 USC 1514(c)(3): not before the decision, not after the last day; between the safe and the
    last arguable day the outcome is `arguable`.

    >>> window = protest_window(date(2026, 1, 5), None, LawSettings())
    >>> judge_timeliness(window, date(2026, 1, 5), date(2026, 7, 7)).outcome
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
    liquidated_on: date, commerce_acted_on: date, received_on: date, law: LawSettings
) -> Finding:
    """Whether a protest is in time that was filed because Commerce amended its results or instructed CBP later.

    Rule protest-commerce-no-reset [S], 19 USC 1514(c)(3), Acquisition 362 (Fed. Cir. 2023): counted from the
    liquidation all the same.

    >>> judge_protest_after_commerce(date(2026, 1, 5), date(2026, 3, 9), date(2026, 7, 7), LawSettings()).outcome
    'untimely'
    """
    timeliness = judge_timeliness(protest_window(liquidated_on, None, law), liquidated_on, received_on)
    return Finding("protest-commerce-no-reset", timeliness.outcome, f"Commerce: {commerce_acted_on}; {timeliness.why}")


def judge_reliquidation_issue(issue: str, decided_by_reliquidation: Collection[str]) -> Finding:
    """Whether an issue can be protested against a reliquidation.

    Rule protest-reliq-scope [M], 19 USC 1514(d), 19 CFR 174.16.

    >>> judge_reliquidation_issue("value", {"classification"}).outcome
    'stays-final'
    """
    outcome = "protestable" if issue in decided_by_reliquidation else "stays-final"
    return Finding("protest-reliq-scope", outcome, f"issue: {issue}")


class Protest(Protocol):
    """Who protests what: a filing, or the facts that somebody gives.

    `decision_on` is the day of the protested decision as it is stated, `demanded_on` that of the demand on the surety;
    None: not stated.
    """

    @property
    def protestant(self) -> Protestant: ...

    @property
    def decision(self) -> str: ...

    @property
    def decision_on(self) -> date | None: ...

    @property
    def demanded_on(self) -> date | None: ...

    @property
    def received_on(self) -> date: ...


@dataclass(frozen=True, slots=True)
class ProtestedEntry:
    """What is known of a protested entry; `is_known`: that is all, so no day of liquidation means that there is none.

    The record never says so: what liquidates an entry may come to it after the protest.

    `deemed_on` is the day on which one that nobody liquidated is deemed liquidated.
    """

    entry_number: str
    is_known: bool = False
    importer_number: str | None = None
    entered_on: date | None = None
    surety_code: str | None = None
    center: str | None = None
    port_of_entry: str | None = None
    deemed_on: date | None = None
    liquidated_on: date | None = None
    posted_on: date | None = None
    is_deemed: bool = False
    reliquidated_on: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the protest is in time for one entry; `decided_on` is the day from which the time was counted."""

    entry_number: str
    timeliness: Timeliness
    rule: str
    why: str
    decided_on: date | None = None
    window: Due | None = None


def judge_entry(protest: Protest, entry: ProtestedEntry, law: LawSettings) -> Verdict:
    """Whether a protest comes in time for an entry, by both readings; `unknown` until the day to count from is known.

    Rules protest-180 [S], 19 USC 1514(c)(3); protest-90-legacy [S]: entries before 18 December 2004; protest-deemed
    [U]: a deemed liquidation that was posted later arguably counts from the posting; protest-surety [S]: a surety
    counts from its demand, once it was mailed; protest-reliq-scope [M], 19 CFR 174.12(e): a later reliquidation opens
    its own time for what it decided; inv-correction-protest-order [S]: one that comes before there is a decision is
    premature.
    """
    law = law.at_port(entry.port_of_entry)
    number = entry.entry_number
    demanded_on = protest.demanded_on if protest.protestant == "surety" else None
    if demanded_on is not None and demanded_on <= protest.received_on:
        window = surety_window(demanded_on, _entered_by(entry), law)
        by_demand = _judge(protest, number, demanded_on, window, "protest-surety")
        reached = _judge_reached(protest, entry, law) if by_demand.timeliness == "untimely" else None
        return reached or by_demand
    verdict = _judge_decision(protest, entry, law)
    is_in_time = verdict.timeliness in ("timely", "arguable")
    if protest.protestant == "surety" and protest.demanded_on is None and not is_in_time:
        return Verdict(number, "unknown", "protest-surety", "the day of the demand on the surety is not stated")
    return verdict


def _judge_decision(protest: Protest, entry: ProtestedEntry, law: LawSettings) -> Verdict:
    """Whether a protest is in time as that of anybody: by the day of the decision that it protests."""
    number = entry.entry_number
    if protest.decision not in LIQUIDATED_DECISIONS and protest.decision_on is not None:
        window = protest_window(protest.decision_on, _entered_by(entry), law)
        rule = window_rule(protest.decision_on, _entered_by(entry), is_deemed=False)
        return _judge(protest, number, protest.decision_on, window, rule)
    if protest.decision not in LIQUIDATED_DECISIONS and protest.decision != "charge-exaction":
        return Verdict(number, "unknown", "protest-180", "the day of the protested decision is not stated")
    if entry.liquidated_on is None:
        return _judge_undecided(protest, entry)
    rule = window_rule(entry.liquidated_on, _entered_by(entry), is_deemed=entry.is_deemed)
    window = liquidation_window(entry.liquidated_on, entry.posted_on, _entered_by(entry), law)
    verdict = _judge(protest, number, entry.liquidated_on, window, rule)
    if entry.is_deemed and entry.posted_on is None and verdict.timeliness == "untimely":
        why = f"{verdict.why}; the day of its posting, from which a later day is arguable, is not known"
        return Verdict(number, "unknown", rule, why, entry.liquidated_on, window)
    if protest.decision_on in entry.reliquidated_on:
        return _judge_again(protest, entry, protest.decision_on, law)
    if verdict.timeliness != "untimely" or protest.decision_on == entry.liquidated_on:
        return verdict
    return _judge_reached(protest, entry, law) or verdict


def _judge_again(protest: Protest, entry: ProtestedEntry, again_on: date, law: LawSettings) -> Verdict:
    window = protest_window(again_on, _entered_by(entry), law)
    return _judge(protest, entry.entry_number, again_on, window, "protest-reliq-scope")


def _judge_reached(protest: Protest, entry: ProtestedEntry, law: LawSettings) -> Verdict | None:
    """The verdict by the last reliquidation before the protest within whose time it came; None: it came in no such."""
    for again_on in sorted(entry.reliquidated_on, reverse=True):
        verdict = _judge_again(protest, entry, again_on, law)
        if again_on <= protest.received_on and verdict.timeliness != "untimely":
            return verdict
    return None


def _entered_by(entry: ProtestedEntry) -> date | None:
    """The day of entry, or of the liquidation, which is never before it."""
    return entry.entered_on or entry.liquidated_on


def _judge_undecided(protest: Protest, entry: ProtestedEntry) -> Verdict:
    """A protest on an entry that is not liquidated: premature, unless the law may have liquidated it before."""
    number = entry.entry_number
    if not entry.is_known:
        return Verdict(number, "unknown", "protest-180", "the entry is not known to be liquidated")
    if entry.deemed_on is not None and entry.deemed_on < protest.received_on:
        why = f"deemed liquidated on {entry.deemed_on}, which is not posted yet"
        return Verdict(number, "unknown", "protest-deemed", why)
    why = f"received {protest.received_on}, premature: there is no decision to protest yet"
    return Verdict(number, "too-early", "inv-correction-protest-order", why)


def join_timeliness(verdicts: Sequence[Verdict]) -> Timeliness:
    """What the entries add up to: one word when they agree; `unknown` as long as any is; else `mixed`.

    >>> join_timeliness([Verdict("a", "timely", "protest-180", ""), Verdict("b", "untimely", "protest-180", "")])
    'mixed'
    """
    found = {each.timeliness for each in verdicts}
    if not found or "unknown" in found:
        return "unknown"
    return found.pop() if len(found) == 1 else "mixed"


def join_known(verdicts: Sequence[Verdict]) -> Timeliness:
    """What the entries add up to for acts of the law: one in time is enough, whatever is not known yet of others.

    >>> join_known([Verdict("a", "timely", "protest-180", ""), Verdict("b", "unknown", "protest-180", "")])
    'timely'
    """
    known = [each for each in verdicts if each.timeliness != "unknown"]
    is_any_in_time = any(each.timeliness in ("timely", "arguable") for each in known)
    return join_timeliness(known if is_any_in_time else verdicts)


def open_window(verdicts: Sequence[Verdict]) -> Due | None:
    """The time to protest that ends first among the entries; None while no day to count from is known."""
    windows = [each.window for each in verdicts if each.window is not None]
    if not windows:
        return None
    return Due(min(each.safe for each in windows), min(each.last_arguable for each in windows))


def _judge(protest: Protest, entry_number: str, decided_on: date, window: Due, rule: str) -> Verdict:
    finding = judge_timeliness(window, decided_on, protest.received_on)
    timeliness: Timeliness = finding.outcome  # type: ignore[assignment]
    return Verdict(entry_number, timeliness, rule, finding.why, decided_on, window)
