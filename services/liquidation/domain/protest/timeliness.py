"""Whether a protest comes in time: the window for each decision, and the verdict for each entry."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from services.liquidation.domain.clocks import PROTEST_DAYS
from services.liquidation.domain.counting import due_in_days
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.protest.filing import Filing
from services.liquidation.domain.rules import Finding
from shared.customs.calendar import Due, add_days

Timeliness = Literal["unknown", "timely", "arguable", "untimely", "too-early", "mixed"]

LIQUIDATED_DECISIONS: Final = frozenset({"appraised-value", "classification-rate-duty", "liquidation"})
"""Decisions that merge in the liquidation, so that the time to protest them runs from it; others have their own day."""

LONGER_PROTEST_SINCE: Final = date(2004, 12, 18)
LEGACY_PROTEST_DAYS: Final = 90


def protest_days(entered_on: date | None) -> int:
    """How many days there are to protest; an entry of unknown day is taken as one of present law.

    Rules protest-180 [S], 19 USC 1514(c)(3); protest-90-legacy [S], 19 CFR 174.12(e): entries before 18 December 2004.

    >>> protest_days(date(2004, 12, 17)), protest_days(date(2004, 12, 18))
    (90, 180)
    """
    return LEGACY_PROTEST_DAYS if entered_on is not None and entered_on < LONGER_PROTEST_SINCE else PROTEST_DAYS


def protest_window(decided_on: date, entered_on: date | None, law: LawSettings) -> Due:
    """Until when a liquidation, reliquidation or other decision is protested; nothing done by Commerce later moves it.

    Rules protest-180, protest-90-legacy [S], 19 USC 1514(c)(3), roll-private-filing [S]; protest-commerce-no-reset [S],
    Acquisition 362 (Fed. Cir. 2023).

    >>> protest_window(date(2026, 1, 5), None, LawSettings())
    Due(safe=datetime.date(2026, 7, 4), last_arguable=datetime.date(2026, 7, 6))
    """
    return due_in_days(decided_on, protest_days(entered_on), "private", law)


def safe_protest_day(decided_on: date, entered_on: date | None) -> date:
    """The safe last day to protest a decision, as notices say it; it is never rolled, so no setting moves it.

    Rules protest-180 [S], 19 USC 1514(c)(3); protest-90-legacy [S], 19 CFR 174.12(e); protest-deemed [U]: a deemed
    liquidation counts from its day in law, whenever it was posted.

    >>> safe_protest_day(date(2027, 1, 25), date(2026, 3, 2))
    datetime.date(2027, 7, 24)
    """
    return add_days(decided_on, protest_days(entered_on))


def surety_window(demanded_on: date, law: LawSettings) -> Due:
    """Until when a surety protests.

    Rule protest-surety [S], 19 USC 1514(c)(3), 19 CFR 174.12(e)(3): 180 days after the demand was mailed.

    >>> surety_window(date(2026, 9, 1), LawSettings()).safe
    datetime.date(2027, 2, 28)
    """
    return due_in_days(demanded_on, PROTEST_DAYS, "private", law)


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


@dataclass(frozen=True, slots=True)
class ProtestedEntry:
    """What the record says of a protested entry; all None while nothing is known."""

    entry_number: str
    importer_number: str | None = None
    entered_on: date | None = None
    surety_code: str | None = None
    center: str | None = None
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


def judge_entry(filing: Filing, entry: ProtestedEntry, law: LawSettings) -> Verdict:
    """Whether a protest comes in time for an entry, by both readings; `unknown` until the day to count from is known.

    Rules protest-180 [S], 19 USC 1514(c)(3); protest-90-legacy [S]: entries before 18 December 2004; protest-deemed
    [U]: a deemed liquidation that was posted later arguably counts from the posting; protest-surety [S]: a surety
    counts from its demand; protest-reliq-scope [M]: a later reliquidation opens its own time for what it decided.
    """
    number = entry.entry_number
    if filing.protestant == "surety":
        if filing.demanded_on is None:
            return Verdict(number, "unknown", "protest-surety", "the day of the demand on the surety is not stated")
        return _judge(filing, number, filing.demanded_on, surety_window(filing.demanded_on, law), "protest-surety")
    if filing.decision not in LIQUIDATED_DECISIONS and filing.decision_on is not None:
        window = protest_window(filing.decision_on, entry.entered_on, law)
        return _judge(filing, number, filing.decision_on, window, _window_rule(entry))
    if filing.decision not in LIQUIDATED_DECISIONS and filing.decision != "charge-exaction":
        return Verdict(number, "unknown", "protest-180", "the day of the protested decision is not stated")
    if entry.liquidated_on is None:
        return Verdict(number, "unknown", "protest-180", "the entry is not known to be liquidated")
    window, rule = protest_window(entry.liquidated_on, entry.entered_on, law), _window_rule(entry)
    if entry.is_deemed:
        rule = "protest-deemed" if rule == "protest-180" else rule
        posted = protest_window(entry.posted_on or entry.liquidated_on, entry.entered_on, law)
        window = Due(window.safe, max(window.last_arguable, posted.last_arguable))
    verdict = _judge(filing, number, entry.liquidated_on, window, rule)
    for again_on in entry.reliquidated_on:
        if filing.decision_on == again_on or (verdict.timeliness == "untimely" and again_on <= filing.received_on):
            window = protest_window(again_on, entry.entered_on, law)
            verdict = _judge(filing, number, again_on, window, "protest-reliq-scope")
    return verdict


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


def _judge(filing: Filing, entry_number: str, decided_on: date, window: Due, rule: str) -> Verdict:
    finding = judge_timeliness(window, decided_on, filing.received_on)
    timeliness: Timeliness = finding.outcome  # type: ignore[assignment]
    return Verdict(entry_number, timeliness, rule, finding.why, decided_on, window)


def _window_rule(entry: ProtestedEntry) -> str:
    is_legacy = entry.entered_on is not None and entry.entered_on < LONGER_PROTEST_SINCE
    return "protest-90-legacy" if is_legacy else "protest-180"
