"""After liquidation: CBP's own 90 days, the two meanings of final, and the roads that stay open behind them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal

from services.liquidation.domain.clocks import reliquidation_due
from services.liquidation.domain.counting import due_in_months
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.preference_programs import judge_flagged_claim
from services.liquidation.domain.protest.decision import suit_due
from services.liquidation.domain.protest.timeliness import liquidation_window, protest_window, surety_window
from services.liquidation.domain.rules.rule import Finding
from shared.customs.calendar import Due, add_days, add_years
from shared.customs.entry_types import EntryType

FinalWriter = Literal[
    "allowed-protest", "court-judgment", "claim-1520d", "records-1509g", "duty-1592d", "petition-1516", "center"
]
ChangeKind = Literal["no-change", "increase", "refund"]

RELIQUIDATION_FROM_LIQUIDATION_SINCE: Final = date(2016, 2, 24)
CAPE_DAYS: Final = 80
PREFERENCE_CLAIM_MONTHS: Final = 12
RECORDS_DEMAND_YEARS: Final = 2
_ONE_DAY: Final = timedelta(days=1)


def reliquidation_base(liquidated_on: date, noticed_on: date) -> date:
    """The day from which CBP's 90 days run.

    Rule reliq-1501-base [S], Pub. L. 114-125 s. 911: since 24 February 2016 the original liquidation itself, before
    that its notice. A reliquidation is no base.

    >>> reliquidation_base(date(2016, 2, 23), date(2016, 3, 1)), reliquidation_base(date(2016, 2, 24), date(2016, 3, 1))
    (datetime.date(2016, 3, 1), datetime.date(2016, 2, 24))
    """
    return liquidated_on if liquidated_on >= RELIQUIDATION_FROM_LIQUIDATION_SINCE else noticed_on


def own_motion_until(liquidated_on: date, posted_on: date | None = None) -> date:
    """The last day on which CBP may reliquidate of its own motion; `posted_on` is that of the notice, if it is known.

    Rules reliq-1501 [S], 19 USC 1501: 90 days from the original liquidation; reliq-1501-base [S]: before 24 February
    2016 from its notice.

    >>> own_motion_until(date(2016, 2, 23), date(2016, 3, 1)), own_motion_until(date(2016, 2, 24), date(2016, 3, 1))
    (datetime.date(2016, 5, 30), datetime.date(2016, 5, 24))
    """
    return reliquidation_due(reliquidation_base(liquidated_on, posted_on or liquidated_on))


def judge_reliquidation(
    liquidated_on: date, acts_on: date, *, posted_on: date | None = None, is_protest_pending: bool = False
) -> Finding:
    """Whether CBP may reliquidate on its own motion on a day; `liquidated_on` is the original liquidation.

    Rules reliq-1501 [S], 19 USC 1501: posted by day 90; reliq-1501-base [S]; reliq-protest-pending [S]: a protest on
    file does not prevent it.

    >>> judge_reliquidation(date(2026, 8, 14), date(2026, 11, 12), is_protest_pending=True).outcome
    'allowed'
    >>> judge_reliquidation(date(2026, 8, 14), date(2026, 11, 13)).outcome
    'too-late'
    """
    until = own_motion_until(liquidated_on, posted_on)
    is_in_time = acts_on <= until
    rule = "reliq-protest-pending" if is_protest_pending else "reliq-1501"
    why = f"liquidated {liquidated_on}, until {until}, acted on {acts_on}: day {(acts_on - liquidated_on).days}"
    return Finding(rule, "allowed" if is_in_time else "too-late", why)


def kind_of_change(total_cents: int) -> ChangeKind:
    """How a liquidation or reliquidation that changes so much is posted; positive is due.

    >>> kind_of_change(12_50), kind_of_change(-1), kind_of_change(0)
    ('increase', 'refund', 'no-change')
    """
    return "increase" if total_cents > 0 else "refund" if total_cents < 0 else "no-change"


Effect = tuple[int, int]
"""What acts change against what was asserted: cents of duty and of fees; positive is due."""


@dataclass(frozen=True, slots=True)
class Restated:
    """A reliquidation as it stands: its effect, and what it changes against the act before it."""

    kind: ChangeKind
    effect: Effect
    change: Effect


def restate(stood: Effect, acts: Sequence[tuple[Effect, bool]]) -> list[Restated]:
    """Reliquidations, oldest first, after an effect that stood; each as found, with whether it is disregarded.

    What is disregarded changes nothing (min-20-reliquidation [S], 19 USC 1321(a)(1)): what stood before it, stands, and
    the next act changes that.

    >>> [(each.kind, each.effect, each.change) for each in restate((-400, 0), [((-395, 0), True), ((-500, 0), False)])]
    [('no-change', (-400, 0), (0, 0)), ('refund', (-500, 0), (-100, 0))]
    """
    restated = []
    for found, is_disregarded in acts:
        effect = stood if is_disregarded else found
        change = (effect[0] - stood[0], effect[1] - stood[1])
        restated.append(Restated(kind_of_change(sum(change)), effect, change))
        stood = effect
    return restated


def final_1501_on(liquidated_on: date, posted_on: date | None = None) -> date:
    """The day on which CBP's own power to reliquidate is over: day 91 after the original liquidation.

    Rules final-two-meanings [S], inv-final-1501 [S], 19 USC 1501; counted as in `own_motion_until`.

    >>> final_1501_on(date(2026, 8, 14))
    datetime.date(2026, 11, 13)
    """
    return own_motion_until(liquidated_on, posted_on) + _ONE_DAY


@dataclass(frozen=True, slots=True)
class Contest:
    """A protest in time against a liquidation; `denied_on` also when deemed, None while undecided or when allowed."""

    denied_on: date | None = None
    is_sued_on: bool = False


def final_1514_on(
    liquidated_on: date,
    contests: Iterable[Contest] = (),
    *,
    posted_on: date | None = None,
    reliquidated_on: Iterable[date] = (),
    demanded_on: date | None = None,
    entered_on: date | None = None,
    law: LawSettings,
) -> Due | None:
    """From which day a liquidation is final for everyone; None while a protest, an allowance or a suit keeps it open.

    Rules final-1514 [S], 19 USC 1514(a): the day after the last day to protest it, or what a reliquidation decided
    (1514(d)), or for a surety after a demand on it (protest-surety [S]); final-two-meanings [S]: once a protest is
    denied not before the last day to sue is over. Contests are protests in time.

    >>> final_1514_on(date(2026, 1, 2), law=LAW).safe
    datetime.date(2026, 7, 2)
    >>> final_1514_on(date(2026, 1, 2), reliquidated_on=[date(2026, 4, 2)], law=LAW).safe
    datetime.date(2026, 9, 30)
    >>> final_1514_on(date(2026, 1, 2), [Contest()], law=LAW) is None
    True
    """
    lasts = [liquidation_window(liquidated_on, posted_on, entered_on, law)]
    lasts += [protest_window(again_on, entered_on, law) for again_on in reliquidated_on]
    lasts += [surety_window(demanded_on, entered_on, law)] if demanded_on is not None else []
    for contest in contests:
        if contest.denied_on is None or contest.is_sued_on:
            return None
        lasts.append(suit_due(contest.denied_on, law))
    return Due(max(each.safe for each in lasts) + _ONE_DAY, max(each.last_arguable for each in lasts) + _ONE_DAY)


def judge_change_after_final(writer: FinalWriter) -> Finding:
    """Whether someone may still change an entry that is final under 1514; `judge_power` asks about the time as well.

    Rules inv-after-final [S], 19 USC 1514(a); domestic-1516 [M]; reliq-court [S]: a judgment as headquarters instructs.

    >>> judge_change_after_final("center").outcome, judge_change_after_final("court-judgment").outcome
    ('refused', 'as-instructed')
    """
    match writer:
        case "center":
            return Finding("inv-after-final", "refused", "the liquidation is final, right or wrong")
        case "court-judgment":
            return Finding("reliq-court", "as-instructed", "headquarters instructs on a judgment")
        case "petition-1516":
            return Finding("domestic-1516", "allowed", "petition of a domestic party")
        case "claim-1520d":
            return Finding("claim-1520d", "allowed", "a claim in time")
        case "records-1509g":
            return Finding("reliq-1509g", "allowed", "records were demanded in time")
        case "duty-1592d":
            return Finding("duty-1592d", "allowed", "lost duties are owed whether or not the entry is final")
        case "allowed-protest":
            return Finding("protest-allow", "allowed", "the protest was allowed")


@dataclass(frozen=True, slots=True)
class Power:
    """A power to write after finality with the days that it rests on; what is not known, or not asked of it, is None.

    `preference_claimed_on` and `imported_on` are of 1520(d), with `is_flagged` when the entry leaves the agreement to a
    reconciliation; `records_demanded_on` is of 1509(g), `violated_on` of
    1592(d), with `fraud_discovered_on` if it was fraud and `limit_waived_until` if the limit of 19 USC 1621 was waived.
    The others are of a judgment: the day of the order (the day of the act when it is not known), whether the entry was
    in the suit, and its court number. `final_1514` is from which day the liquidation is final, reckoned without a
    protest when it is not given; `is_open`: a protest, an allowance or a suit keeps it from being final.
    """

    writer: FinalWriter
    preference_claimed_on: date | None = None
    imported_on: date | None = None
    is_flagged: bool = False
    records_demanded_on: date | None = None
    violated_on: date | None = None
    fraud_discovered_on: date | None = None
    limit_waived_until: date | None = None
    court_ordered_on: date | None = None
    is_in_suit: bool | None = None
    court_number: str | None = None
    final_1514: Due | None = None
    is_open: bool = False


def judge_power(power: Power, liquidated_on: date, acts_on: date, law: LawSettings) -> Finding:
    """Whether a power that outlasts finality exists on a day; `liquidated_on` is the original liquidation.

    Rules claim-1520d [S], 19 USC 1520(d): claimed within a year of importation, if it is not left to a reconciliation
    (recon-fta [P]); reliq-1509g [P], 19 USC 1509(g)(2): liquidated within the two years before a demand for records;
    duty-1592d [M], 19 USC 1592(d), 1621: five years from the violation, or from the discovery of fraud, unless the
    limit is waived. Without the day that it is counted from such a power is not exercised. A judgment reaches a final
    liquidation only if its entry was in the suit (`judge_court_order`). Two have no limit of time here: for a petition
    (domestic-1516 [M]) none is known, and a protest is allowed only where it may still be decided, which its own life
    tells (inv-deemed-denial [S], action-ends-admin [M]).

    >>> fraud = Power("duty-1592d", violated_on=date(2020, 3, 2), fraud_discovered_on=date(2024, 9, 10))
    >>> judge_power(fraud, date(2021, 1, 8), date(2029, 9, 10), LAW).outcome
    'allowed'
    >>> judge_power(Power("records-1509g"), date(2026, 1, 2), date(2026, 9, 1), LAW).outcome
    'missing-fact'
    """
    match power.writer:
        case "claim-1520d":
            return _judge_claim(power, acts_on, law)
        case "records-1509g":
            return _judge_records(power, liquidated_on, acts_on)
        case "duty-1592d":
            return _judge_lost_duty(power, acts_on, law)
        case "court-judgment":
            return _judge_judgment(power, liquidated_on, acts_on, law)
        case _:
            return judge_change_after_final(power.writer)


def judge_court_order(
    final: Due | None, ordered_on: date, *, is_in_suit: bool | None, court_number: str | None = None
) -> Finding:
    """Whether a judgment or order lets CBP reliquidate; `final` None: a protest, an allowance or a suit keeps it open.

    Rules final-1514 [S], 19 USC 1514(a), Target (Fed. Cir. 2025): a liquidation that became final without protest or
    suit is not reopened by an order alone; reliq-court [S, U on the orders of 2026]: one that is not final, or whose
    entry was in the suit, is reliquidated as headquarters instructs. Not final before the last arguable day.

    >>> final = Due(date(2026, 7, 2), date(2026, 7, 2))
    >>> [judge_court_order(final, date(2026, 9, 1), is_in_suit=each).outcome for each in (True, False, None)]
    ['as-instructed', 'refused', 'missing-fact']
    """
    if final is None or ordered_on < final.last_arguable:
        since = "a protest or suit keeps it open" if final is None else f"final from {final.last_arguable}"
        return Finding("reliq-court", "as-instructed", f"ordered {ordered_on}, not final: {since}")
    since = f"ordered {ordered_on}, final since {final.last_arguable}"
    if is_in_suit is None:
        return Finding("reliq-court", "missing-fact", f"{since}; not known: is_in_suit, whether it was in the suit")
    if is_in_suit:
        suit = f"court number {court_number}" if court_number else "court number not stated"
        return Finding("reliq-court", "as-instructed", f"{since}, in the suit: {suit}")
    return Finding("final-1514", "refused", f"{since}, not in the suit: an order alone does not reopen it")


def _judge_judgment(power: Power, liquidated_on: date, acts_on: date, law: LawSettings) -> Finding:
    if power.court_ordered_on is not None and power.court_ordered_on > acts_on:
        return Finding("reliq-court", "no-power", f"{power.court_ordered_on} has not come")
    final = None if power.is_open else power.final_1514 or final_1514_on(liquidated_on, law=law)
    ordered_on = power.court_ordered_on or acts_on
    return judge_court_order(final, ordered_on, is_in_suit=power.is_in_suit, court_number=power.court_number)


def _judge_claim(power: Power, acts_on: date, law: LawSettings) -> Finding:
    if power.is_flagged:
        return judge_flagged_claim()
    if power.preference_claimed_on is None or power.imported_on is None:
        missing = "on which the preference was claimed" if power.preference_claimed_on is None else "of importation"
        return Finding("claim-1520d", "missing-fact", f"the day {missing} is not known")
    if power.preference_claimed_on > acts_on:
        return Finding("claim-1520d", "no-power", f"{power.preference_claimed_on} has not come")
    due = preference_claim_due(power.imported_on, law)
    outcome = "allowed" if power.preference_claimed_on <= due.last_arguable else "too-late"
    until = str(due.safe) if due.safe == due.last_arguable else f"{due.safe}, arguably {due.last_arguable}"
    why = f"imported {power.imported_on}, claimed {power.preference_claimed_on}, the year ended on {until}"
    return Finding("claim-1520d", outcome, why)


def _judge_records(power: Power, liquidated_on: date, acts_on: date) -> Finding:
    if power.records_demanded_on is None:
        return Finding("reliq-1509g", "missing-fact", "the day on which records were demanded is not known")
    if power.records_demanded_on > acts_on:
        return Finding("reliq-1509g", "no-power", f"{power.records_demanded_on} has not come")
    finding = judge_records_reliquidation(liquidated_on, power.records_demanded_on)
    return replace(
        finding, why=f"liquidated {liquidated_on}, records demanded {power.records_demanded_on}: {finding.why}"
    )


def _judge_lost_duty(power: Power, acts_on: date, law: LawSettings) -> Finding:
    if power.violated_on is None:
        return Finding("duty-1592d", "missing-fact", "the day of the violation is not known")
    start = power.fraud_discovered_on or power.violated_on
    if max(start, power.violated_on) > acts_on:
        return Finding("duty-1592d", "no-power", f"{max(start, power.violated_on)} has not come")
    until = lost_duty_until(power.violated_on, power.fraud_discovered_on, law=law)
    until = max(until, power.limit_waived_until or until)
    what = "fraud discovered" if power.fraud_discovered_on is not None else "violation"
    outcome = "allowed" if acts_on <= until else "too-late"
    return Finding("duty-1592d", outcome, f"{what} {start}, lost duties are owed until {until}")


def cape_filing_due(liquidated_on: date) -> date:
    """The last day on which CAPE phase 1 takes a liquidated entry.

    Rule reliq-cape-80 [S], CBP guidance of 20 Apr 2026 as reported: a liquidation of at most 80 days.

    >>> cape_filing_due(date(2026, 4, 17))
    datetime.date(2026, 7, 6)
    """
    return add_days(liquidated_on, CAPE_DAYS)


def judge_cape_refund(
    kind: EntryType, *, is_flagged: bool, is_protest_open: bool, liquidated_on: date | None
) -> Finding | None:
    """What CAPE phase 1 says of an entry besides a day; None: it takes the entry until `cape_filing_due`.

    Rule reliq-cape-80 [S], CBP guidance as reported on 1 Jun 2026: out of phase 1 are type 09 and entries flagged for
    reconciliation, entries that are not in ACE, and those with an open protest. One that is not liquidated is taken.
    """
    if kind.reconciliation:
        why = f"CAPE phase 1 takes no reconciliation (entry type {kind.code})"
    elif is_flagged:
        why = "CAPE phase 1 takes no entry that is flagged for reconciliation"
    elif not kind.in_ace_summary:
        why = f"CAPE phase 1 takes no entry that is not in ACE (entry type {kind.code}, {kind.name})"
    elif not kind.liquidates:
        why = f"entry type {kind.code} ({kind.name}) is not liquidated, so no day is counted"
    elif is_protest_open:
        why = "CAPE phase 1 takes no entry with an open protest"
    elif liquidated_on is None:
        why = f"not liquidated: CAPE phase 1 takes the entry, and for {CAPE_DAYS} days after it is"
        return Finding("reliq-cape-80", "taken", why)
    else:
        return None
    return Finding("reliq-cape-80", "no-answer", f"{why}: protest, or court")


def preference_claim_due(imported_on: date, law: LawSettings) -> Due:
    """By when a preference not claimed at entry is claimed; counted from importation, never from entry.

    Rule claim-1520d [S], 19 USC 1520(d): one year, the anniversary included; a roll is arguable, not relied on.

    >>> preference_claim_due(date(2025, 7, 4), LAW)
    Due(safe=datetime.date(2026, 7, 4), last_arguable=datetime.date(2026, 7, 6))
    """
    return due_in_months(imported_on, PREFERENCE_CLAIM_MONTHS, "private", law)


def preference_denial_window(denied_on: date, entered_on: date | None, law: LawSettings) -> Due:
    """Until when the denial of such a claim can be protested.

    Rules claim-1520d-form [P], 19 CFR 182.32, 19 USC 1514(a)(7): 180 days after the denial; protest-90-legacy [S]: 90
    days for entries before 18 December 2004.

    >>> preference_denial_window(date(2026, 1, 2), None, LAW).safe
    datetime.date(2026, 7, 1)
    """
    return protest_window(denied_on, entered_on, law)


def judge_clerical_petition(entered_on: date, law: LawSettings) -> Finding:
    """Whether the old petition for clerical error exists for an entry.

    Rule claim-1520c-gone [M], Pub. L. 108-429 s. 2105: repealed for entries on or after 18 December 2004.

    >>> judge_clerical_petition(date(2004, 12, 18), LAW).outcome
    'repealed'
    """
    outcome = "repealed" if entered_on >= law.clerical_petition_ended_on else "old-law"
    return Finding("claim-1520c-gone", outcome, f"entered {entered_on}, repealed {law.clerical_petition_ended_on}")


def judge_records_reliquidation(liquidated_on: date, demanded_on: date | None) -> Finding:
    """Whether CBP may reliquidate at the general rate because records for a special rate were not produced.

    Rule reliq-1509g [P], 19 USC 1509(g)(2), 19 CFR 163.6(b)(2): liquidated within the two years before the demand;
    without a demand there is no power.

    >>> judge_records_reliquidation(date(2024, 8, 14), date(2026, 8, 14)).outcome
    'allowed'
    """
    if demanded_on is None:
        return Finding("reliq-1509g", "no-power", "records were not demanded")
    first = add_years(demanded_on, -RECORDS_DEMAND_YEARS)
    is_within = first <= liquidated_on <= demanded_on
    return Finding("reliq-1509g", "allowed" if is_within else "no-power", f"liquidations since {first} are reached")


def lost_duty_until(violated_on: date, discovered_on: date | None = None, *, law: LawSettings) -> date:
    """Until when duties lost by a violation are owed; `discovered_on` only if it was fraud.

    Rule duty-1592d [M], 19 USC 1592(d), 1621: five years from the violation, or from the discovery of fraud.

    >>> lost_duty_until(date(2026, 3, 2), law=LAW)
    datetime.date(2031, 3, 2)
    """
    return add_years(discovered_on or violated_on, law.lost_duty_years)


def bond_suit_due(liquidated_on: date, demanded_on: date | None = None, *, law: LawSettings) -> Due:
    """Until when a suit on a bond can be begun for non-payment.

    Rule suit-bond-2415 [S, U on the start], 28 USC 2415(a): six years, from liquidation (safe) or demand (arguable).

    >>> bond_suit_due(date(2026, 8, 14), date(2026, 12, 1), law=LAW).last_arguable
    datetime.date(2032, 12, 1)
    """
    start = max(liquidated_on, demanded_on or liquidated_on)
    return Due(add_years(liquidated_on, law.bond_suit_years), add_years(start, law.bond_suit_years))
