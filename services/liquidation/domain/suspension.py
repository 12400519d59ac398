"""Suspensions of liquidation: their grounds, several at once, how they end, and what a liquidation during one is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from services.liquidation.domain.clocks import RELIQUIDATION_DAYS
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.rules.rule import Finding
from shared.customs.calendar import add_days, add_months

Authority = Literal["statute", "agency", "court"]
LiftNoticeKind = Literal[
    "federal-register", "commerce-message", "agency-notice", "court-notice", "court-opinion", "timken-notice"
]

LIFT_MONTHS: Final = 6
_KINDS_THAT_START: Final = frozenset({"federal-register", "commerce-message", "agency-notice", "court-notice"})


@dataclass(frozen=True, slots=True)
class Suspension:
    """One suspension. `lift_noticed_on` is the day on which CBP received notice of its removal; None: it stands."""

    ground: str
    authority: Authority
    began_on: date
    lift_noticed_on: date | None = None

    def stands_on(self, on: date) -> bool:
        """Whether it is in force: from its beginning to the day before the notice of its removal."""
        return self.began_on <= on and (self.lift_noticed_on is None or on < self.lift_noticed_on)


@dataclass(frozen=True, slots=True)
class LiftNotice:
    """Something that tells of the removal of a suspension."""

    kind: LiftNoticeKind
    on: date


def judge_ground(ground: Literal["statute", "court-order", "pending-litigation", "center-request"]) -> Finding:
    """Whether a ground suspends liquidation.

    Rule susp-grounds [S], 19 USC 1504(a), (c), 19 CFR 159.51: a statute or a court order only.

    >>> judge_ground("pending-litigation").outcome
    'no-suspension'
    """
    outcome = "suspended" if ground in ("statute", "court-order") else "no-suspension"
    return Finding("susp-grounds", outcome, f"ground: {ground}")


def judge_missing_notice(authority: Authority) -> Finding:
    """What a suspension is whose notice was never posted.

    Rule susp-notice [P], 19 USC 1504(c), 19 CFR 159.12(c): by the position of headquarters it stands all the same.

    >>> judge_missing_notice("statute").outcome
    'stands'
    """
    return Finding("susp-notice", "stands", f"suspended by {authority}; the notice is owed and still to be posted")


def is_suspended(suspensions: Iterable[Suspension], on: date) -> bool:
    """Whether any suspension is in force on a day; an entry is suspended as a unit.

    Rule susp-lift-multiline [P], HQ H311377.

    >>> is_suspended([Suspension("A570012000", "agency", date(2026, 3, 2), date(2027, 5, 3))], date(2027, 5, 3))
    False
    """
    return any(suspension.stands_on(on) for suspension in suspensions)


def find_last_lift(suspensions: Sequence[Suspension]) -> date | None:
    """The day of the notice that ended the last suspension; None when none ever stood, or one still stands.

    Rule susp-lift-multiline [P, U on the exact start], HQ H311377: the clock waits for the last line.

    >>> first = Suspension("A570012000", "agency", date(2026, 3, 2), date(2027, 5, 3))
    >>> find_last_lift([first, Suspension("C570013000", "agency", date(2026, 3, 2), date(2027, 8, 2))])
    datetime.date(2027, 8, 2)
    """
    notices = [suspension.lift_noticed_on for suspension in suspensions]
    return max((on for on in notices if on is not None), default=None) if None not in notices else None


def judge_lift_notice(notice: LiftNotice) -> Finding:
    """Whether a notice starts the six months.

    Rule susp-lift-trigger [S], Int'l Trading, Fujitsu, Aspects (Fed. Cir.), NEC (CIT 2003), HQ H258962: publication in
    the Federal Register, or a public message of Commerce; not a court's opinion, nor a Timken notice alone.

    >>> judge_lift_notice(LiftNotice("timken-notice", date(2026, 1, 5))).outcome
    'does-not-start'
    """
    outcome = "starts" if notice.kind in _KINDS_THAT_START else "does-not-start"
    return Finding("susp-lift-trigger", outcome, f"{notice.kind} of {notice.on}")


def choose_lift_notice(notices: Iterable[LiftNotice]) -> LiftNotice | None:
    """The notice that starts the six months: the first that is unambiguous and public; None when none is.

    Rule susp-lift-trigger [S], as in `judge_lift_notice`.

    >>> opinion = LiftNotice("court-opinion", date(2026, 1, 5))
    >>> choose_lift_notice([opinion, LiftNotice("commerce-message", date(2026, 2, 9))]).on
    datetime.date(2026, 2, 9)
    """
    starting = [notice for notice in notices if judge_lift_notice(notice).outcome == "starts"]
    return min(starting, key=lambda notice: (notice.on, notice.kind), default=None)


def six_months_from_notice(lift_noticed_on: date) -> date:
    """The last day to liquidate after the removal of a suspension.

    Rule susp-lift-6mo [S], 19 USC 1504(d): six months from CBP's receipt of notice, no roll.

    >>> six_months_from_notice(date(2025, 8, 31))
    datetime.date(2026, 2, 28)
    """
    return add_months(lift_noticed_on, LIFT_MONTHS)


def instructions_target(final_results_on: date, law: LawSettings) -> date:
    """By when Commerce aims to instruct CBP after a review: for reports, nothing is deemed from it.

    Rule susp-lift-target-90 [M], 19 USC 1675(a)(3).

    >>> instructions_target(date(2026, 3, 2), LAW)
    datetime.date(2026, 5, 31)
    """
    return add_days(final_results_on, law.commerce_target_days)


def judge_liquidation(suspensions: Iterable[Suspension], liquidated_on: date) -> Finding:
    """What a liquidation by CBP on a day is worth.

    Rules susp-injunction-breach [S], LG Electronics, Allegheny Bradford (CIT): in breach of an injunction it has no
    effect; susp-statutory-breach [S], Juice Farms, Carbon Activated, Alden Leeds (Fed. Cir.): by mistake during an
    agency's suspension it stands unless protested in 180 days.

    >>> judge_liquidation([Suspension("injunction", "court", date(2026, 3, 2))], date(2026, 8, 14)).outcome
    'void'
    >>> judge_liquidation([Suspension("A570012000", "agency", date(2026, 3, 2))], date(2026, 8, 14)).outcome
    'stands-unless-protested'
    """
    standing = [suspension for suspension in suspensions if suspension.stands_on(liquidated_on)]
    grounds = ", ".join(sorted(suspension.ground for suspension in standing))
    if any(suspension.authority == "court" for suspension in standing):
        return Finding("susp-injunction-breach", "void", f"enjoined on {liquidated_on}: {grounds}")
    if standing:
        return Finding("susp-statutory-breach", "stands-unless-protested", f"suspended on {liquidated_on}: {grounds}")
    return Finding("liquidation-date", "stands", f"no suspension on {liquidated_on}")


def judge_deemed_posting(suspensions: Iterable[Suspension], deemed_on: date) -> Finding:
    """What a notice is worth that says an entry was deemed liquidated on a day.

    Rule susp-false-deemed [S, a trial court only], Fraserview (CIT 2024): nothing while the entry is suspended, and no
    protest is needed.

    >>> judge_deemed_posting([Suspension("A570012000", "agency", date(2026, 3, 2))], date(2027, 3, 2)).outcome
    'no-effect'
    """
    if is_suspended(suspensions, deemed_on):
        return Finding("susp-false-deemed", "no-effect", f"suspended on {deemed_on}: the entry stays suspended")
    return Finding("liquidation-date-deemed", "stands", f"no suspension on {deemed_on}")


def judge_act_after_deemed(deemed_on: date, acted_on: date) -> Finding:
    """What an act of CBP after a deemed liquidation is, whatever it is called.

    Rule liq-after-deemed [S], 19 USC 1501, Aspects (Fed. Cir. 2022): a reliquidation within 90 days, later no power.

    >>> judge_act_after_deemed(date(2027, 3, 2), date(2027, 5, 31)).outcome
    'reliquidation'
    """
    until = add_days(deemed_on, RELIQUIDATION_DAYS)
    outcome = "reliquidation" if acted_on <= until else "no-power"
    return Finding("liq-after-deemed", outcome, f"deemed {deemed_on}, 90 days end on {until}, acted on {acted_on}")


def judge_evasion_measure(entered_on: date, initiated_on: date, *, is_liquidated: bool) -> Finding:
    """What interim measures against evasion do to an entry.

    Rule eapa-suspend [M], 19 USC 1517(e): entries since the initiation are suspended, earlier unliquidated ones
    extended.

    >>> judge_evasion_measure(date(2026, 3, 2), date(2026, 3, 2), is_liquidated=False).outcome
    'suspend'
    """
    if is_liquidated:
        return Finding("eapa-suspend", "none", "the entry is liquidated")
    outcome = "suspend" if entered_on >= initiated_on else "extend"
    return Finding("eapa-suspend", outcome, f"entered {entered_on}, initiated {initiated_on}")
