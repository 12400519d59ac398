"""The oracle of liquidation law against cases that were computed by hand from the text."""

from dataclasses import fields
from datetime import date
from typing import Any

import holidays
import pytest

from tests.support.law_oracle import HOLIDAYS, LawAnswer, Period, Window, ask_law, is_business_day, months_after, roll

Body = dict[str, Any]


def day(text: str) -> date:
    return date.fromisoformat(text)


def window(safe: str, last_arguable: str | None = None) -> Window:
    return Window(day(safe), day(last_arguable or safe))


def period(safe: str, governing: str | None = None, last_arguable: str | None = None) -> Period:
    return Period(day(safe), day(governing or safe), day(last_arguable or governing or safe))


def extended(posted_on: str, months: int = 12, **more: str) -> Body:
    return {"reason": "information-needed", "months": months, "posted_on": posted_on, **more}


def asked_for(posted_on: str, requested_on: str | None) -> Body:
    return {"reason": "importer-request", "months": 12, "posted_on": posted_on, "requested_on": requested_on}


def suspended(began_on: str, lift_noticed_on: str | None = None, by: str = "agency") -> Body:
    return {"ground": f"{by} {began_on}", "authority": by, "began_on": began_on, "lift_noticed_on": lift_noticed_on}


def entry(entry_date: str = "2025-03-03", **facts: Any) -> Body:
    return {"entry_type": "01", "entry_date": entry_date, **facts}


def liquidated(on: str = "2026-01-02", **facts: Any) -> Body:
    return entry(liquidated_on=on, **facts)


def reliquidated(*days: str) -> list[Body]:
    return [{"on": each} for each in days]


# --- the calendar ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "holiday",
    [
        "1990-01-15",
        "1999-12-31",  # New Year's Day of 2000 was a Saturday
        "2010-12-31",
        "2012-11-12",
        "2016-12-26",
        "2021-06-18",  # the first Juneteenth, on Saturday, kept the day after it became law
        "2021-12-24",
        "2021-12-31",
        "2022-06-20",
        "2023-01-02",
        "2024-10-14",
        "2026-05-25",
        "2026-07-03",
        "2026-11-26",
        "2027-07-05",
        "2060-02-16",
    ],
)
def test_federal_holiday_is_no_business_day(holiday: str) -> None:
    assert not is_business_day(day(holiday))


@pytest.mark.parametrize("worked", ["2020-06-19", "2026-07-02", "2027-11-26", "2012-11-09", "2027-01-04"])
def test_ordinary_weekday_is_a_business_day(worked: str) -> None:
    assert is_business_day(day(worked))


def test_holiday_list_agrees_with_a_published_one_on_every_weekday() -> None:
    published = holidays.country_holidays("US", years=range(1990, 2062), observed=True)
    weekdays = {each for each in published if each.weekday() < 5 and 1990 <= each.year <= 2060}
    assert weekdays == HOLIDAYS


def test_roll_passes_a_long_weekend() -> None:
    assert roll(day("2026-07-03")) == day("2026-07-06")
    assert roll(day("2026-09-05")) == day("2026-09-08")
    assert roll(day("2026-07-01")) == day("2026-07-01")


def test_months_keep_the_day_number_or_take_the_last_day() -> None:
    assert months_after(day("2025-08-31"), 6) == day("2026-02-28")
    assert months_after(day("2027-08-31"), 6) == day("2028-02-29")
    assert months_after(day("2024-02-29"), 48) == day("2028-02-29")
    assert months_after(day("2025-12-15"), 1) == day("2026-01-15")


# --- the end of the period ------------------------------------------------------------------------------------------

THREE_YEARS = [extended("2022-06-01"), extended("2023-06-01"), extended("2024-06-03")]
STEPS = ("2020-06-01", "2021-06-01", "2022-06-01", "2023-06-01")

PERIODS: dict[str, tuple[Body, Period | None, tuple[int, ...]]] = {
    "a year with its anniversary": (entry(), period("2026-03-03"), ()),
    "29 February": (entry("2024-02-29"), period("2025-02-28", "2025-02-28", "2025-03-01"), ()),
    "a zone entry": ({"entry_type": "06", "entry_date": "2025-03-03"}, period("2026-03-03"), ()),
    "a warehouse entry from its final withdrawal": (
        {"entry_type": "21", "entry_date": "2023-05-01", "final_withdrawal_on": "2025-03-03"},
        period("2026-03-03"),
        (),
    ),
    "a suspension over before the final withdrawal": (
        {
            "entry_type": "21",
            "entry_date": "2023-05-01",
            "final_withdrawal_on": "2025-03-03",
            "suspensions": [suspended("2023-05-01", "2024-01-02")],
        },
        period("2026-03-03"),
        (),
    ),
    "extended on the last day": (entry(extensions=[extended("2026-03-03")]), period("2027-03-03"), ()),
    "extended a day too late": (entry(extensions=[extended("2026-03-04")]), period("2026-03-03"), (0,)),
    "a fourth extension inside 36 months": (
        entry("2020-01-06", extensions=[extended(on, m) for on, m in zip(STEPS, (12, 12, 6, 6), strict=True)]),
        period("2024-01-06"),
        (),
    ),
    "a fourth extension after 36 months": (
        entry("2020-01-06", extensions=[extended(on) for on in STEPS]),
        period("2024-01-06"),
        (3,),
    ),
    "a fourth extension after 36 months, while suspended": (
        entry(
            "2020-01-06",
            extensions=[extended(on) for on in (*STEPS[:3], "2024-03-01")],
            suspensions=[suspended("2023-06-01")],
        ),
        None,
        (3,),
    ),
    "a suspension lifted on the day of the final withdrawal": (
        {
            "entry_type": "21",
            "entry_date": "2023-05-01",
            "final_withdrawal_on": "2025-03-03",
            "suspensions": [suspended("2023-05-01", "2025-03-03")],
        },
        period("2026-03-03"),
        (),
    ),
    "a fourth extension that goes over 36 months": (
        entry("2020-01-06", extensions=[extended(on, m) for on, m in zip(STEPS, (12, 12, 6, 12), strict=True)]),
        period("2024-01-06"),
        (),
    ),
    "thirteen months, and the valid one after it": (
        entry(extensions=[extended("2025-06-02", 13), extended("2025-07-01", 3)]),
        period("2026-06-03"),
        (0,),
    ),
    "no months": (entry(extensions=[extended("2025-06-02", 0)]), period("2026-03-03"), (0,)),
    "the importer's undated request": (entry(extensions=[asked_for("2025-06-02", None)]), period("2026-03-03"), (0,)),
    "the importer asked after the posting": (
        entry(extensions=[asked_for("2025-06-02", "2025-06-03")]),
        period("2026-03-03"),
        (0,),
    ),
    "the importer asked on the day": (
        entry(extensions=[asked_for("2025-06-02", "2025-06-02")]),
        period("2027-03-03"),
        (),
    ),
    "extended from the end of a month": (
        entry("2024-08-31", extensions=[extended("2025-08-01", 6), extended("2025-08-02", 6)]),
        period("2026-08-28", "2026-08-28", "2026-09-01"),
        (),
    ),
    "suspended": (entry(suspensions=[suspended("2025-06-02")]), None, ()),
    "an antidumping entry of which no suspension is told": (
        {"entry_type": "03", "entry_date": "2025-03-03"},
        None,
        (),
    ),
    "an antidumping entry": (
        {
            "entry_type": "03",
            "entry_date": "2025-03-03",
            "suspensions": [suspended("2025-03-03", "2026-08-28", "statute")],
        },
        period("2027-02-28"),
        (),
    ),
    "suspended on the last day": (entry(suspensions=[suspended("2026-03-03")]), None, ()),
    "suspended too late": (entry(suspensions=[suspended("2026-03-04")]), period("2026-03-03"), ()),
    "suspended and lifted on one day": (
        entry(suspensions=[suspended("2025-06-02", "2025-06-02")]),
        period("2026-03-03"),
        (),
    ),
    "lifted at the end of a month": (
        entry(suspensions=[suspended("2025-03-03", "2027-05-31")]),
        period("2027-11-30", "2027-11-30", "2027-12-01"),
        (),
    ),
    "lifted in the first year": (
        entry(suspensions=[suspended("2025-05-01", "2025-06-02")]),
        period("2025-12-02", "2025-12-02", "2026-03-03"),
        (),
    ),
    "never extended, so that no cap holds": (
        entry("2020-01-06", suspensions=[suspended("2020-06-01", "2023-09-01")]),
        period("2024-03-01"),
        (),
    ),
    "overlapping suspensions": (
        entry(suspensions=[suspended("2025-05-01", "2025-09-01"), suspended("2025-08-01", "2026-06-01", "court")]),
        period("2026-12-01"),
        (),
    ),
    "a suspension that begins when another is lifted": (
        entry(suspensions=[suspended("2025-05-01", "2025-09-01"), suspended("2025-09-01", None, "statute")]),
        None,
        (),
    ),
    "a second suspension": (
        entry(suspensions=[suspended("2025-04-01", "2025-06-02"), suspended("2025-11-03", "2026-01-05")]),
        period("2026-07-05"),
        (),
    ),
    "a second suspension that comes too late": (
        entry(suspensions=[suspended("2025-04-01", "2025-06-02"), suspended("2025-12-03")]),
        period("2025-12-02", "2025-12-02", "2026-03-03"),
        (),
    ),
    "extended, then suspended and lifted": (
        entry("2024-03-04", extensions=[extended("2024-12-02")], suspensions=[suspended("2025-06-02", "2025-08-01")]),
        period("2026-02-01", "2026-03-04", "2026-03-04"),
        (),
    ),
    "extended thrice, lifted in the fourth year": (
        entry("2022-03-03", extensions=THREE_YEARS, suspensions=[suspended("2025-06-02", "2025-12-01")]),
        period("2026-03-03"),
        (),
    ),
    "an extended end before the six months": (
        entry("2022-01-10", extensions=[extended("2022-06-01")], suspensions=[suspended("2023-06-01", "2023-12-01")]),
        period("2024-01-10", "2024-01-10", "2024-06-01"),
        (),
    ),
    "an extended end on the day of the lift": (
        entry("2022-01-10", extensions=[extended("2022-06-01")], suspensions=[suspended("2023-06-01", "2024-01-10")]),
        period("2024-07-10"),
        (),
    ),
    "an extended end past at the lift": (
        entry("2022-01-03", extensions=[extended("2022-06-01")], suspensions=[suspended("2023-06-01", "2025-02-03")]),
        period("2025-08-03"),
        (),
    ),
    "an extended end past, cut at the fourth anniversary": (
        entry("2022-01-03", extensions=[extended("2022-06-01")], suspensions=[suspended("2023-06-01", "2025-10-01")]),
        period("2026-01-03"),
        (),
    ),
    "lifted on the fourth anniversary": (
        entry("2022-01-03", extensions=[extended("2022-06-01")], suspensions=[suspended("2023-06-01", "2026-01-03")]),
        period("2026-01-03"),
        (),
    ),
    "lifted after the fourth anniversary": (
        entry("2022-01-03", extensions=[extended("2022-06-01")], suspensions=[suspended("2023-06-01", "2026-02-02")]),
        period("2026-08-02"),
        (),
    ),
    "extended while suspended, after the year": (
        entry(extensions=[extended("2026-03-30")], suspensions=[suspended("2025-05-01", "2026-04-01")]),
        period("2026-10-01", "2027-03-03", "2027-03-03"),
        (),
    ),
    "extended after the lift": (
        entry(extensions=[extended("2025-11-03", 6)], suspensions=[suspended("2025-05-01", "2025-06-02")]),
        period("2026-06-02", "2026-06-02", "2026-09-03"),
        (),
    ),
    "extended too late after the lift": (
        entry(extensions=[extended("2025-12-03", 6)], suspensions=[suspended("2025-05-01", "2025-06-02")]),
        period("2025-12-02", "2025-12-02", "2026-03-03"),
        (0,),
    ),
    "extended after a late lift, cut at the fourth anniversary": (
        entry("2020-01-06", extensions=[extended("2023-08-01")], suspensions=[suspended("2020-06-01", "2023-03-01")]),
        period("2024-01-06"),
        (),
    ),
    "extended after a lift that led past the fourth anniversary": (
        entry("2020-01-06", extensions=[extended("2024-02-01")], suspensions=[suspended("2020-06-01", "2023-09-01")]),
        period("2024-03-01"),
        (0,),
    ),
    "extended after a first lift, then suspended again": (
        entry(
            extensions=[extended("2025-10-01")],
            suspensions=[suspended("2025-04-01", "2025-06-02"), suspended("2026-01-05", "2026-02-02")],
        ),
        period("2026-08-02", "2026-12-02", "2027-03-03"),
        (),
    ),
}


@pytest.mark.parametrize("name", PERIODS)
def test_period_ends_as_computed_by_hand(name: str) -> None:
    body, ends, void = PERIODS[name]
    answer = ask_law(body)
    assert answer.deemed == ends
    assert answer.void_extensions == void


@pytest.mark.parametrize(
    "name",
    ["a fourth extension that goes over 36 months", "extended after a late lift, cut at the fourth anniversary"],
)
def test_excess_of_an_extension_is_told_and_leaves_the_rest_valid(name: str) -> None:
    body, _, _ = PERIODS[name]
    answer = ask_law(body)
    assert answer.void_extensions == ()
    assert answer.cut_extensions == (len(body["extensions"]) - 1,)


def test_extension_that_ends_on_the_fourth_anniversary_is_whole() -> None:
    body, _, _ = PERIODS["extended thrice, lifted in the fourth year"]
    assert ask_law(body).cut_extensions == ()


# --- liquidation and after ------------------------------------------------------------------------------------------

TOLD_OF_THE_PERIOD = ("deemed", "void_extensions", "cut_extensions")
NOTHING = {each.name: each.default for each in fields(LawAnswer) if each.name not in TOLD_OF_THE_PERIOD}
"""Every answer as it is when no decision was made: no clock after a liquidation runs."""

COURT, AGENCY = suspended("2025-06-02", None, "court"), suspended("2025-06-02")
PROTESTED = {"protest_received_on": "2026-05-02"}

CASES: dict[str, tuple[Body, dict[str, Any]]] = {
    "no act": (entry(), NOTHING),
    "on the last day": (
        liquidated("2026-03-03"),
        {"liquidated_on": day("2026-03-03"), "is_deemed": False, "late_act": None},
    ),
    "a day late": (
        liquidated("2026-03-04"),
        {
            "liquidated_on": day("2026-03-03"),
            "is_deemed": True,
            "late_act": "reliquidation",
            "may_reliquidate_until": day("2026-06-01"),
            "protest": window("2026-08-30", "2026-08-31"),
            "late_act_protest": window("2026-08-31"),
            "final_1501_on": day("2026-06-02"),
            "final_1514": window("2026-09-01"),
        },
    ),
    "90 days late": (liquidated("2026-06-01"), {"is_deemed": True, "late_act": "reliquidation"}),
    "91 days late": (
        liquidated("2026-06-02"),
        {
            "liquidated_on": day("2026-03-03"),
            "late_act": "no-power",
            "late_act_protest": None,
            "final_1514": window("2026-08-31", "2026-09-01"),
        },
    ),
    "in breach of an injunction": (
        liquidated(suspensions=[COURT], reliquidations=reliquidated("2026-02-02")),
        {**NOTHING, "deemed": None, "void": "susp-injunction-breach"},
    ),
    "in breach of an injunction that is lifted later": (
        liquidated(suspensions=[suspended("2025-06-02", "2026-02-02", "court")]),
        {**NOTHING, "deemed": period("2026-08-02"), "void": "susp-injunction-breach"},
    ),
    "on the day on which an injunction is lifted": (
        liquidated(suspensions=[suspended("2025-06-02", "2026-01-02", "court")]),
        {"void": None, "liquidated_on": day("2026-01-02")},
    ),
    "while an agency suspends": (
        liquidated(suspensions=[AGENCY]),
        {"void": None, "liquidated_on": day("2026-01-02"), "protest": window("2026-07-01")},
    ),
    "while an agency and a court suspend": (
        liquidated(suspensions=[AGENCY, COURT]),
        {"void": "susp-injunction-breach"},
    ),
    "labelled deemed while an agency suspends": (
        liquidated(is_deemed=True, suspensions=[AGENCY]),
        {**NOTHING, "deemed": None, "void": "susp-false-deemed"},
    ),
    "labelled deemed on a day of suspension, posted after it": (
        liquidated(
            "2026-03-03", is_deemed=True, posted_on="2026-07-01", suspensions=[suspended("2026-03-01", "2026-06-01")]
        ),
        {**NOTHING, "deemed": period("2026-12-01"), "void": "susp-false-deemed"},
    ),
    "labelled deemed before a suspension, posted in it": (
        liquidated(
            "2026-02-02", is_deemed=True, posted_on="2026-04-01", suspensions=[suspended("2026-03-01", "2026-06-01")]
        ),
        {**NOTHING, "deemed": period("2026-12-01"), "void": "susp-false-deemed"},
    ),
    "a late act before the change of 2016": (
        entry("2014-03-03", liquidated_on="2015-03-10", posted_on="2015-03-20"),
        {
            "late_act": "reliquidation",
            "may_reliquidate_until": day("2015-06-01"),
            "protest": window("2015-08-30", "2015-08-31"),
        },
    ),
    "an injunction after the entry was deemed liquidated": (
        liquidated("2026-05-01", suspensions=[suspended("2026-04-01", None, "court")]),
        {"void": None, "liquidated_on": day("2026-03-03"), "late_act": "reliquidation"},
    ),
    "deemed and posted later": (
        liquidated("2026-03-03", is_deemed=True, posted_on="2026-03-13"),
        {
            "liquidated_on": day("2026-03-03"),
            "is_deemed": True,
            "late_act": None,
            "may_reliquidate_until": day("2026-06-01"),
            "protest": window("2026-08-30", "2026-09-09"),
            "final_1514": window("2026-08-31", "2026-09-10"),
        },
    ),
    "labelled deemed with too late a day": (
        liquidated("2026-03-10", is_deemed=True, posted_on="2026-03-13"),
        {
            "liquidated_on": day("2026-03-03"),
            "is_deemed": True,
            "late_act": None,
            "protest": window("2026-08-30", "2026-09-09"),
        },
    ),
    "reliquidated on day 90 and on day 91": (
        liquidated(reliquidations=reliquidated("2026-04-02", "2026-04-03")),
        {
            "may_reliquidate_until": day("2026-04-02"),
            "reliquidations": ("in-time", "too-late"),
            "protest": window("2026-07-01"),
            "reliquidation_protests": (window("2026-09-29"), None),
            "final_1501_on": day("2026-04-03"),
            "final_1514": window("2026-09-30"),
        },
    ),
    "a reliquidation restarts nothing": (
        liquidated(reliquidations=reliquidated("2026-02-02", "2026-04-20")),
        {"reliquidations": ("in-time", "too-late"), "final_1501_on": day("2026-04-03")},
    ),
    "noticed later, before the change of 2016": (
        entry("2014-03-03", liquidated_on="2015-01-02", posted_on="2015-01-09"),
        {
            "may_reliquidate_until": day("2015-04-09"),
            "final_1501_on": day("2015-04-10"),
            "protest": window("2015-07-01", "2015-07-08"),
        },
    ),
    "the last day before the change of 2016": (
        entry("2015-03-02", liquidated_on="2016-02-23", posted_on="2016-03-04"),
        {"may_reliquidate_until": day("2016-06-02")},
    ),
    "the day of the change of 2016": (
        entry("2015-03-02", liquidated_on="2016-02-24", posted_on="2016-03-04"),
        {"may_reliquidate_until": day("2016-05-24")},
    ),
    "the last entry of the 90 days": (
        entry("2004-12-17", liquidated_on="2005-10-28", surety_demanded_on="2006-03-01"),
        {"protest": window("2006-01-26"), "surety_protest": window("2006-05-30")},
    ),
    "the first entry of the 180 days": (
        entry("2004-12-18", liquidated_on="2005-10-28"),
        {"protest": window("2006-04-26")},
    ),
    "an old refusal of a preference": (
        entry("2004-03-03", preference_denied_on="2005-05-09"),
        {"preference_protest": window("2005-08-07", "2005-08-08")},
    ),
    "protested on the day": (
        liquidated(protest_received_on="2026-01-02"),
        {"verdict": "timely", "counted_from": day("2026-01-02"), "final_1514": None},
    ),
    "protested the day before": (
        liquidated(protest_received_on="2026-01-01"),
        {"verdict": "too-early", "final_1514": window("2026-07-02")},
    ),
    "protested on day 180, a Saturday and holiday": (
        liquidated("2026-01-05", protest_received_on="2026-07-04"),
        {"verdict": "timely", "protest": window("2026-07-04", "2026-07-06")},
    ),
    "protested on the Monday after": (
        liquidated("2026-01-05", protest_received_on="2026-07-06"),
        {"verdict": "arguable"},
    ),
    "protested on the Tuesday after": (
        liquidated("2026-01-05", protest_received_on="2026-07-07"),
        {"verdict": "untimely", "counted_from": day("2026-01-05"), "final_1514": window("2026-07-05", "2026-07-07")},
    ),
    "too late for the liquidation, in time for a reliquidation": (
        liquidated(reliquidations=reliquidated("2026-03-10"), protest_received_on="2026-09-02"),
        {"verdict": "timely", "counted_from": day("2026-03-10"), "final_1514": None},
    ),
    "after Labor Day for a reliquidation": (
        liquidated(reliquidations=reliquidated("2026-03-10"), protest_received_on="2026-09-08"),
        {
            "verdict": "arguable",
            "counted_from": day("2026-03-10"),
            "reliquidation_protests": (window("2026-09-06", "2026-09-08"),),
        },
    ),
    "against a reliquidation": (
        liquidated(
            reliquidations=reliquidated("2026-03-10"), protested="reliquidation", protest_received_on="2026-05-02"
        ),
        {"verdict": "timely", "counted_from": day("2026-03-10")},
    ),
    "against the last of two reliquidations, on its day": (
        liquidated(
            reliquidations=reliquidated("2026-02-02", "2026-03-10"),
            protested="reliquidation",
            protest_received_on="2026-03-10",
        ),
        {"verdict": "timely", "counted_from": day("2026-03-10")},
    ),
    "in time for both, and naming neither": (
        liquidated(reliquidations=reliquidated("2026-03-10"), protest_received_on="2026-05-02"),
        {"verdict": "timely", "counted_from": day("2026-01-02")},
    ),
    "arguable for the liquidation, in time for a reliquidation": (
        liquidated("2026-01-05", reliquidations=reliquidated("2026-03-10"), protest_received_on="2026-07-06"),
        {"verdict": "arguable", "counted_from": day("2026-01-05")},
    ),
    "against the liquidation, in time only for a reliquidation": (
        liquidated(
            reliquidations=reliquidated("2026-03-10"), protested="liquidation", protest_received_on="2026-09-02"
        ),
        {"verdict": "untimely", "counted_from": day("2026-01-02")},
    ),
    "a surety on the day of its demand": (
        liquidated(surety_demanded_on="2026-02-03", protest_received_on="2026-02-03"),
        {"verdict": "timely", "counted_from": day("2026-02-03")},
    ),
    "a surety before its demand": (
        liquidated(surety_demanded_on="2026-08-03", protest_received_on="2026-05-02"),
        {"verdict": "timely", "counted_from": day("2026-01-02")},
    ),
    "against a reliquidation that did not count": (
        liquidated(reliquidations=reliquidated("2026-04-03"), protest_received_on="2026-09-02"),
        {"verdict": "untimely", "counted_from": day("2026-01-02")},
    ),
    "a surety on day 180 of its demand": (
        liquidated(surety_demanded_on="2026-08-03", protested_by="surety", protest_received_on="2027-01-30"),
        {
            "verdict": "timely",
            "counted_from": day("2026-08-03"),
            "surety_protest": window("2027-01-30", "2027-02-01"),
            "final_1514": None,
        },
    ),
    "an importer after a demand on its surety": (
        liquidated(surety_demanded_on="2026-08-03", protested_by="importer", protest_received_on="2026-08-20"),
        {"verdict": "untimely", "final_1514": window("2027-01-31", "2027-02-02")},
    ),
    "a surety whose demand identifies no debt": (
        liquidated(
            surety_demanded_on="2026-08-03",
            demand_identifies_debt=False,
            protested_by="surety",
            protest_received_on="2026-08-20",
        ),
        {"verdict": "untimely", "counted_from": day("2026-01-02"), "surety_protest": None},
    ),
    "protested before any decision": (entry(protest_received_on="2026-03-03"), {**NOTHING, "verdict": "too-early"}),
    "protested when the entry was deemed liquidated": (
        entry(protest_received_on="2026-04-02"),
        {
            "liquidated_on": day("2026-03-03"),
            "is_deemed": True,
            "verdict": "timely",
            "counted_from": day("2026-03-03"),
        },
    ),
    "protested a liquidation without effect": (
        liquidated(suspensions=[COURT], protest_received_on="2026-02-02"),
        {**NOTHING, "void": "susp-injunction-breach", "verdict": "too-early"},
    ),
    "an exclusion, denied after it was deemed denied": (
        {
            "entry_type": "01",
            "is_exclusion_protest": True,
            "protest_received_on": "2026-01-30",
            "denied_on": "2026-04-10",
        },
        {
            **NOTHING,
            "deemed_denial_on": day("2026-03-01"),
            "denied_on": day("2026-03-01"),
            "sue": window("2026-08-28"),
        },
    ),
    "accelerated, denied too late": (
        liquidated(protest_received_on="2026-02-02", acceleration_mailed_on="2026-03-01", denied_on="2026-05-01"),
        {
            "deemed_denial_on": day("2026-03-31"),
            "denied_on": day("2026-03-31"),
            "sue": window("2026-09-27", "2026-09-28"),
            "final_1514": window("2026-09-28", "2026-09-29"),
        },
    ),
    "accelerated, denied on the last day": (
        liquidated(protest_received_on="2026-02-02", acceleration_mailed_on="2026-03-01", denied_on="2026-03-31"),
        {"deemed_denial_on": None, "denied_on": day("2026-03-31")},
    ),
    "accelerated, allowed too late": (
        liquidated(
            protest_received_on="2026-02-02",
            acceleration_mailed_on="2026-03-01",
            allowed_on="2026-04-01",
            is_protest_allowed=True,
        ),
        {"denied_on": day("2026-03-31"), "final_1514": window("2026-09-28", "2026-09-29")},
    ),
    "accelerated, allowed in time": (
        liquidated(
            protest_received_on="2026-02-02",
            acceleration_mailed_on="2026-03-01",
            allowed_on="2026-03-20",
            is_protest_allowed=True,
        ),
        {"deemed_denial_on": None, "denied_on": None, "sue": None, "final_1514": None},
    ),
    "an old protest accelerated too soon": (
        entry(
            "2004-06-01",
            liquidated_on="2005-04-15",
            protest_received_on="2005-05-02",
            acceleration_mailed_on="2005-05-10",
        ),
        {"deemed_denial_on": None, "denied_on": None, "final_1514": None},
    ),
    "an untimely protest accelerated": (
        liquidated(protest_received_on="2026-07-10", acceleration_mailed_on="2026-07-13"),
        {"verdict": "untimely", "deemed_denial_on": None, "sue": None, "final_1514": window("2026-07-02")},
    ),
    "a premature protest accelerated": (
        liquidated(protest_received_on="2026-01-01", acceleration_mailed_on="2026-02-02"),
        {"verdict": "too-early", "deemed_denial_on": None, "sue": None},
    ),
    "denied, then allowed": (
        liquidated(protest_received_on="2026-03-30", denied_on="2026-05-04", allowed_on="2026-06-01"),
        {"denied_on": day("2026-05-04"), "sue": window("2026-10-31", "2026-11-02")},
    ),
    "allowed, then denied": (
        liquidated(protest_received_on="2026-03-30", allowed_on="2026-05-04", denied_on="2026-06-01"),
        {"denied_on": None, "sue": None, "final_1514": None},
    ),
    "accelerated with the protest": (
        liquidated(protest_received_on="2026-02-02", acceleration_mailed_on="2026-02-02"),
        {"deemed_denial_on": day("2026-03-04"), "denied_on": day("2026-03-04")},
    ),
    "an old protest accelerated on day 89": (
        entry(
            "2004-06-01",
            liquidated_on="2005-04-15",
            protest_received_on="2005-05-02",
            acceleration_mailed_on="2005-07-30",
        ),
        {"deemed_denial_on": None},
    ),
    "an old protest accelerated on day 90": (
        entry(
            "2004-06-01",
            liquidated_on="2005-04-15",
            protest_received_on="2005-05-02",
            acceleration_mailed_on="2005-07-31",
        ),
        {"deemed_denial_on": day("2005-08-30")},
    ),
    "an old protest accelerated": (
        entry(
            "2004-06-01",
            liquidated_on="2005-04-15",
            protest_received_on="2005-05-02",
            acceleration_mailed_on="2005-09-01",
        ),
        {"deemed_denial_on": day("2005-10-01"), "denied_on": day("2005-10-01")},
    ),
    "denied": (
        liquidated(**PROTESTED, denied_on="2026-06-01"),
        {"sue": window("2026-11-28", "2026-11-30"), "final_1514": window("2026-11-29", "2026-12-01")},
    ),
    "denied so soon that the suit ends first": (
        liquidated(
            protest_received_on="2026-01-10",
            denied_on="2026-01-15",
            reliquidations=reliquidated("2026-04-02"),
        ),
        {"sue": window("2026-07-14"), "final_1514": window("2026-09-30")},
    ),
    "in suit": (liquidated(**PROTESTED, denied_on="2026-06-01", is_sued_on=True), {"final_1514": None}),
    "undecided": (liquidated(**PROTESTED), {"final_1514": None}),
    "denied although untimely": (
        liquidated(protest_received_on="2026-07-10", denied_on="2026-08-03"),
        {"verdict": "untimely", "final_1514": window("2026-07-02")},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_history_is_answered_as_computed_by_hand(name: str) -> None:
    body, expected = CASES[name]
    answer = ask_law(body)
    assert {each: getattr(answer, each) for each in expected} == expected
