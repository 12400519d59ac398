"""The deadline calculator against a second reading of the law, on random but orderly histories of one entry."""

import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from services.liquidation.domain.calculator.answers import Answer, Clock, calculate
from services.liquidation.domain.calculator.facts import CalculatorFacts
from services.liquidation.domain.law import LAW
from tests.support.law_oracle import (
    PROTEST_180_SINCE,
    RELIQUIDATION_FROM_LIQUIDATION_SINCE,
    LawAnswer,
    Period,
    Reach,
    Verdict,
    Window,
    ask_law,
    find_period,
    is_business_day,
    months_after,
    read,
)

Body = dict[str, Any]
Draw = st.DrawFn
DAY = timedelta(days=1)

# --- histories ------------------------------------------------------------------------------------------------------

EDGES = (-1, 0, 1, 89, 90, 91, 92, 179, 180, 181, 182, 183)
"""Days after a decision on which something ends, and their neighbours."""
MONTH_ENDS = [
    months_after(date(2000, 1, 31), count) for count in range(12 * 27)
]  # every last day of a month, 29 February among them
LEAP_DAYS = [date(year, 2, 29) for year in range(2000, 2028, 4)]
CLOSED_DAYS = [each for each in (date(2000, 1, 1) + count * DAY for count in range(9900)) if not is_business_day(each)]
CHANGES = [
    each + count * DAY
    for each in (PROTEST_180_SINCE, months_after(RELIQUIDATION_FROM_LIQUIDATION_SINCE, -12))
    for count in (-2, -1, 0, 1)
]
ENTRY_DATES = st.one_of(
    st.dates(date(2000, 1, 3), date(2027, 12, 31)),
    st.dates(date(2003, 6, 1), date(2005, 3, 1)),
    st.sampled_from(MONTH_ENDS),
    st.sampled_from(LEAP_DAYS),
    st.sampled_from(CLOSED_DAYS),
    st.sampled_from(CHANGES),
)


def day_near(draw: Draw, *anchors: date | None, edges: Sequence[int] = (-1, 0, 1), within: int = 400) -> date:
    """A day at the edge of an anchor, or some way after it."""
    anchor = draw(st.sampled_from([each for each in anchors if each is not None]))
    return anchor + draw(st.one_of(st.sampled_from(edges), st.integers(0, within))) * DAY


def start_of(body: Body) -> date:
    start = read(body).starts_on
    assert start is not None
    return start


def governing_end(body: Body) -> date | None:
    period = find_period(read(body)).period
    return None if period is None else period.governing


@st.composite
def extensions(draw: Draw, body: Body, after: date) -> Body:
    end = governing_end(body)
    posted_on = max(after, day_near(draw, end or after, *([after] if end else []), edges=(-30, -1, 0, 1)))
    months = draw(st.one_of(st.just(12), st.integers(1, 14)))
    if draw(st.integers(0, 2)):
        return {"reason": "information-needed", "months": months, "posted_on": posted_on, "requested_on": None}
    asked = draw(st.sampled_from([None, -20, -1, 0, 1]))
    requested_on = None if asked is None else posted_on + asked * DAY
    return {"reason": "importer-request", "months": months, "posted_on": posted_on, "requested_on": requested_on}


@st.composite
def suspensions(draw: Draw, body: Body, number: int) -> Body:
    start, end = start_of(body), governing_end(body)
    earlier = [each["lift_noticed_on"] for each in body["suspensions"] if each["lift_noticed_on"] is not None]
    began_on = max(body["entry_date"], day_near(draw, start, end, *earlier, within=700))
    lift_noticed_on = None
    if draw(st.integers(0, 3)):
        cap = months_after(start, 48)
        lift_noticed_on = draw(
            st.one_of(
                st.integers(1, 1600).map(lambda count: began_on + count * DAY),
                st.sampled_from([began_on + DAY, end or cap, (end or cap) + DAY, cap - DAY, cap, cap + DAY]),
                st.integers(1, 40).map(lambda count: months_after(date(began_on.year, began_on.month, 1), count) - DAY),
            )
        )
        lift_noticed_on = max(lift_noticed_on, began_on + DAY)
    return {
        "ground": f"A{number:09}",
        "authority": draw(st.sampled_from(["agency", "statute", "court"])),
        "began_on": began_on,
        "lift_noticed_on": lift_noticed_on,
    }


def draw_liquidation(draw: Draw, body: Body) -> None:
    """None, in time, late, while suspended; labelled deemed or not."""
    if not draw(st.integers(0, 5)):
        return
    start, end = start_of(body), governing_end(body)
    suspended = [
        each[key] + back * DAY
        for each in body["suspensions"]
        for key, back in (("began_on", 0), ("lift_noticed_on", -1), ("lift_noticed_on", 0))
        if each[key] is not None
    ]
    on = max(start + DAY, day_near(draw, start, end, end, *suspended, edges=(-1, 0, 1, 89, 90, 91)))
    body["liquidated_on"] = on
    body["is_deemed"] = bool(draw(st.integers(0, 3)) == 0)
    if body["is_deemed"]:
        is_standing = any(
            each["began_on"] <= on and (each["lift_noticed_on"] is None or on < each["lift_noticed_on"])
            for each in body["suspensions"]
        )
        if end is not None and (not is_standing or on > end):  # a label before the end is no orderly history
            on = body["liquidated_on"] = end + draw(st.sampled_from([0, 0, 0, 1, 7])) * DAY
        body["posted_on"] = draw(st.sampled_from([on, on + DAY, on + 13 * DAY, on + 100 * DAY]))
    elif on < RELIQUIDATION_FROM_LIQUIDATION_SINCE:
        body["posted_on"] = draw(st.sampled_from([None, on, on + DAY, on + 13 * DAY]))
    else:
        body["posted_on"] = draw(st.sampled_from([None, on]))


def draw_reliquidations(draw: Draw, body: Body) -> None:
    answer = ask_law(body)
    if answer.liquidated_on is None or body["liquidated_on"] is None:
        return
    first = max(answer.liquidated_on, body["liquidated_on"], body["posted_on"] or body["liquidated_on"]) + DAY
    days = {
        max(first, day_near(draw, answer.liquidated_on, body["posted_on"], edges=(1, 89, 90, 91), within=120))
        for _ in range(draw(st.integers(0, 3)))
    }
    body["reliquidations"] = [{"on": each} for each in sorted(days)]


def surety_window(body: Body) -> Window | None:
    return ask_law(body).surety_protest


def draw_protest(draw: Draw, body: Body) -> None:
    start, end, answer = start_of(body), governing_end(body), ask_law(body)
    liquidated_on, acted_on = answer.liquidated_on, body["liquidated_on"]
    again = [each["on"] for each in body["reliquidations"]]
    if liquidated_on is not None and not draw(st.integers(0, 3)):
        body["surety_demanded_on"] = day_near(draw, liquidated_on, edges=(1, 60, 180, 181), within=700)
        body["demand_identifies_debt"] = bool(draw(st.integers(0, 4)))
    if not draw(st.integers(0, 3)):
        return
    if acted_on is None and not draw(st.integers(0, 1)):
        body["is_exclusion_protest"] = True
    demanded_on = body.get("surety_demanded_on")
    windows = [each for each in (answer.protest, *answer.reliquidation_protests, surety_window(body)) if each]
    at_the_end = draw(st.booleans())
    if at_the_end and windows:
        window = draw(st.sampled_from(windows))
        received_on = day_near(draw, window.safe, window.last_arguable, within=1)
    else:
        decided = (liquidated_on or end or start, acted_on, *again, demanded_on)
        received_on = max(start, day_near(draw, *decided, edges=EDGES))
    body["protest_received_on"] = received_on
    if demanded_on is not None:
        is_known = body["demand_identifies_debt"]
        body["protested_by"] = draw(st.sampled_from([None, "surety", "importer"])) if is_known else "importer"
    if demanded_on is not None and received_on < demanded_on:
        body["protested_by"] = "importer"  # a surety waits for its demand
    if again and body.get("protested_by") == "importer":
        body["protested"] = draw(st.sampled_from([None, "liquidation", "reliquidation"]))
    elif again and demanded_on is None:
        body["protested"] = draw(st.sampled_from([None, None, "liquidation", "reliquidation"]))
    draw_decision(draw, body, received_on)


def draw_decision(draw: Draw, body: Body, received_on: date) -> None:
    """Acceleration, notices of denial and allowance before and after a denial by law, suit."""
    is_old = body["entry_date"] < PROTEST_180_SINCE
    mailed_on = None
    if not draw(st.integers(0, 2)):
        mailed_on = received_on + draw(st.sampled_from([10, 120, 200] if is_old else [0, 1, 10, 45, 200])) * DAY
        body["acceleration_mailed_on"] = mailed_on
    ends = [received_on, *([mailed_on] if mailed_on else [])]
    what = draw(st.sampled_from(["nothing", "denied", "denied", "allowed", "both"]))
    if what in ("denied", "both"):
        body["denied_on"] = max(received_on, day_near(draw, *ends, edges=(1, 29, 30, 31), within=500))
    if what in ("allowed", "both"):
        body["allowed_on"] = max(received_on, day_near(draw, *ends, edges=(1, 29, 30, 31), within=500))
        if body["allowed_on"] == body["denied_on"]:
            body["allowed_on"] += DAY
        body["is_protest_allowed"] = True
    if ask_law(body).denied_on is not None:
        body["is_sued_on"] = draw(st.integers(0, 4)) == 0


@st.composite
def histories(draw: Draw) -> Body:
    """One entry from its entry to the end of its protest, in the words of the calculator."""
    body: Body = {
        "entry_type": draw(st.sampled_from(["01", "01", "03", "03", "06", "21"])),
        "entry_date": draw(ENTRY_DATES),
        "extensions": [],
        "suspensions": [],
        "liquidated_on": None,
        "posted_on": None,
        "denied_on": None,
        "reliquidations": [],
    }
    if body["entry_type"] == "21":
        body["final_withdrawal_on"] = body["entry_date"] + draw(st.integers(1, 1500)) * DAY
    kinds = st.lists(st.sampled_from(["extension", "suspension"]), max_size=7)
    posted_on = body["entry_date"]
    if body["entry_type"] == "03":  # suspended by statute since its entry
        body["suspensions"].append(draw(suspensions(body, 0)) | {"authority": "statute", "began_on": posted_on})
    for kind in draw(kinds):
        if kind == "extension" and len(body["extensions"]) < 4:
            body["extensions"].append(draw(extensions(body, posted_on)))
            posted_on = body["extensions"][-1]["posted_on"]
        if kind == "suspension" and len(body["suspensions"]) < 3:
            body["suspensions"].append(draw(suspensions(body, len(body["suspensions"]))))
    draw_liquidation(draw, body)
    draw_reliquidations(draw, body)
    draw_protest(draw, body)
    return {key: value for key, value in body.items() if value not in (None, [], False) or value is False}


# --- the calculator's answers in the oracle's words -----------------------------------------------------------------


@cache
def _facts() -> TypeAdapter[CalculatorFacts]:
    return TypeAdapter(CalculatorFacts)


AFTER_THE_PERIOD = (
    "liquidated_on",
    "posted_on",
    "is_deemed",
    "reliquidations",
    "protested",
    "protested_by",
    "protest_received_on",
    "is_exclusion_protest",
    "acceleration_mailed_on",
    "denied_on",
    "allowed_on",
    "is_protest_allowed",
    "is_sued_on",
    "surety_demanded_on",
    "demand_identifies_debt",
)
VERDICTS: tuple[Verdict, ...] = ("timely", "arguable", "untimely", "too-early")
PROTEST_RULES = ("protest-180", "protest-90-legacy", "protest-deemed")
VERDICT_RULES = (*PROTEST_RULES, "protest-surety", "protest-reliq-scope", "inv-correction-protest-order")


HOLIDAYS_ALONE = replace(LAW, closures=frozenset())
"""Days on which the President closed the offices are no national holidays (count-holidays): the product's setting."""


def _ask(body: Body) -> Answer:
    return calculate(_facts().validate_python(body), HOLIDAYS_ALONE)


def _clocks(answer: Answer, *rules: str) -> list[Clock]:
    return [each for each in answer.clocks if each.rule in rules]


def _first(clocks: Sequence[Clock]) -> Window | None:
    return Window(clocks[0].safe, clocks[0].last_arguable) if clocks else None


def _count_void(body: Body) -> int:
    return sum(each.rule.startswith(("ext-", "liq-4yr-cap")) and each.outcome == "void" for each in _ask(body).findings)


def _ask_period(body: Body) -> tuple[Period | None, tuple[int, ...]]:
    """The period, asked without what came after it.

    The day that governs is no clock: it is the day from which the 90 days run of an act long after the period.
    """
    alone = {key: value for key, value in body.items() if key not in AFTER_THE_PERIOD}
    posted = alone.pop("extensions", [])
    counts = [_count_void({**alone, "extensions": posted[:number]}) for number in range(len(posted) + 1)]
    void = tuple(number for number in range(len(posted)) if counts[number + 1] > counts[number])
    alone["extensions"] = posted
    found = [each for each in _ask(alone).clocks if each.what.startswith("deemed liquidated, when CBP has not acted")]
    if not found:
        return None, void
    (clock,) = found
    much_later = _ask({**alone, "liquidated_on": clock.last_arguable + 3000 * DAY})
    final = _first(_clocks(much_later, "final-two-meanings"))
    assert final is not None, "an entry that was liquidated becomes final under 1501"
    return Period(clock.safe, final.safe - 91 * DAY, clock.last_arguable), void


def _reliquidation_window(answer: Answer, on: date) -> Window | None:
    clocks = _clocks(answer, "protest-reliq-scope")
    return _first([each for each in clocks if each.inputs.get("reliquidated_on") == on.isoformat()])


def _ask_reach(body: Body, on: date) -> Reach:
    """One reliquidation, asked alone: another one changes nothing in its own time."""
    found = _ask({**body, "reliquidations": [{"on": on}]}).findings
    return "too-late" if any(each.rule == "reliq-1501" and each.outcome == "too-late" for each in found) else "in-time"


def ask_calculator(body: Body) -> LawAnswer:
    """The calculator's clocks and findings, as the oracle would have told them."""
    period, void_extensions = _ask_period(body)
    answer = _ask(body)
    outcomes = {each.rule: each.outcome for each in answer.findings}
    void = next((each for each in ("susp-injunction-breach", "susp-false-deemed") if each in outcomes), None)
    may_reliquidate = [each for each in answer.clocks if each.what.startswith("CBP may reliquidate until")]
    until, final_1501 = _first(may_reliquidate), _first(_clocks(answer, "final-two-meanings"))
    original = _clocks(answer, *PROTEST_RULES)
    days = 90 if body["entry_date"] < PROTEST_180_SINCE else 180
    late = outcomes.get("liq-after-deemed")
    verdict, counted_from = None, None
    for each in answer.findings:
        if each.rule in VERDICT_RULES and each.outcome in VERDICTS:
            verdict = next(one for one in VERDICTS if one == each.outcome)
            named = re.search(r"\d{4}-\d\d-\d\d", each.why)
            counted_from = date.fromisoformat(named.group()) if named and each.rule in VERDICT_RULES[:-1] else None
    again = [each["on"] for each in body.get("reliquidations", [])]
    sue = _first(_clocks(answer, "summons-180"))
    by_law = [each.safe for each in _clocks(answer, "protest-exclusion-30", "protest-accel-30")]
    return LawAnswer(
        deemed=period,
        void_extensions=void_extensions,
        liquidated_on=original[0].safe - days * DAY if original else None,
        is_deemed=any(each.rule in ("liq-after-deemed", "protest-deemed") for each in answer.clocks) or bool(late),
        void=void,
        late_act=None if late is None else "no-power" if late == "no-power" else "reliquidation",
        may_reliquidate_until=until.safe if until else None,
        reliquidations=tuple(_ask_reach(body, each) for each in again),
        protest=_first(original),
        late_act_protest=_reliquidation_window(answer, body["liquidated_on"]) if late else None,
        reliquidation_protests=tuple(_reliquidation_window(answer, each) for each in again),
        surety_protest=_first(_clocks(answer, "protest-surety")),
        preference_protest=_first(_clocks(answer, "claim-1520d-form")),
        verdict=verdict,
        counted_from=counted_from,
        deemed_denial_on=min(by_law) if by_law else None,
        denied_on=sue.safe - 180 * DAY if sue else None,
        sue=sue,
        final_1501_on=final_1501.safe if final_1501 else None,
        final_1514=_first(_clocks(answer, "final-1514")),
    )


def told_by_both(body: Body, answer: LawAnswer, law: LawAnswer) -> dict[str, Any]:
    """What the calculator tells as well.

    It has no today, so that nothing is decided before an act is given, nor after an act without effect that the end of
    the period followed; what became of a protest of such a deemed liquidation it leaves open. It tells of no time to
    sue after a suit is begun. A clock that ran stays in its answer although a decision came before its end. A protest
    that is untimely is counted from any decision that it missed, one in time for reliquidations from any of them.
    """
    told = asdict(answer)
    del told["void_extensions"], told["cut_extensions"]
    if body.get("liquidated_on") is None or (law.void is not None and law.liquidated_on is not None):
        for name in (
            "liquidated_on",
            "is_deemed",
            "may_reliquidate_until",
            "reliquidations",
            "protest",
            "reliquidation_protests",
            "final_1501_on",
            "final_1514",
        ):
            told[name] = None
    if told["liquidated_on"] is None and law.liquidated_on is not None:
        told["verdict"] = told["counted_from"] = told["deemed_denial_on"] = told["denied_on"] = told["sue"] = None
    if law.verdict == "untimely" or told["counted_from"] in [each["on"] for each in body.get("reliquidations", [])]:
        told["counted_from"] = "any"
    if law.deemed_denial_on is None:
        told["deemed_denial_on"] = None
    if body.get("is_sued_on"):
        told["sue"] = told["denied_on"] = None
    return told


# --- properties -----------------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=histories())
def test_readings_of_the_law_keep_their_order(body: Body) -> None:
    answer = ask_law(body)
    if answer.deemed is not None:
        assert answer.deemed.safe <= answer.deemed.governing <= answer.deemed.last_arguable
        assert answer.deemed.governing > start_of(body)
    for window in (answer.protest, answer.sue, answer.final_1514, *answer.reliquidation_protests):
        assert window is None or window.safe <= window.last_arguable
    if answer.final_1514 is not None and answer.protest is not None:
        assert answer.final_1514.safe > answer.protest.safe
    assert (answer.liquidated_on is None) == (answer.protest is None)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=histories())
def test_void_extension_changes_nothing(body: Body) -> None:
    answer = ask_law(body)
    kept = [each for number, each in enumerate(body.get("extensions", [])) if number not in answer.void_extensions]
    again = ask_law({**body, "extensions": kept})
    assert again.void_extensions == ()
    assert again.deemed == answer.deemed


EXTENDED = {"reason": "information-needed", "months": 12, "requested_on": None}
NAMED = [
    {"entry_type": "01", "entry_date": date(2025, 3, 3), "liquidated_on": date(2026, 3, 4)},
    {
        "entry_type": "01",
        "entry_date": date(2024, 3, 4),
        "extensions": [{**EXTENDED, "posted_on": date(2024, 12, 2)}],
        "suspensions": [
            {
                "ground": "A570012000",
                "authority": "agency",
                "began_on": date(2025, 6, 2),
                "lift_noticed_on": date(2025, 8, 1),
            }
        ],
    },
    {
        "entry_type": "01",
        "entry_date": date(2022, 3, 3),
        "extensions": [{**EXTENDED, "posted_on": date(year, 6, 3)} for year in (2022, 2023, 2024)],
        "suspensions": [
            {
                "ground": "A570012000",
                "authority": "agency",
                "began_on": date(2025, 6, 2),
                "lift_noticed_on": date(2025, 12, 1),
            }
        ],
    },
    {
        "entry_type": "01",
        "entry_date": date(2025, 3, 3),
        "is_exclusion_protest": True,
        "protest_received_on": date(2026, 1, 30),
        "denied_on": date(2026, 4, 10),
    },
    {
        "entry_type": "01",
        "entry_date": date(2025, 3, 3),
        "liquidated_on": date(2026, 1, 2),
        "reliquidations": [{"on": date(2026, 4, 2)}],
    },
]
"""The examples that the readings themselves are told with."""


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=histories())
@example(body=NAMED[0])
@example(body=NAMED[1])
@example(body=NAMED[2])
@example(body=NAMED[3])
@example(body=NAMED[4])
def test_calculator_answers_as_the_law_does(body: Body) -> None:
    law, product = ask_law(body), ask_calculator(body)
    by_law, told = told_by_both(body, law, law), told_by_both(body, product, law)
    assert {name: (told[name], by_law[name]) for name in told if told[name] != by_law[name]} == {}
    # The excess of an extension is a finding of the calculator as a void extension is.
    assert set(law.void_extensions) <= set(product.void_extensions)
    assert set(product.void_extensions) <= {*law.void_extensions, *law.cut_extensions}
