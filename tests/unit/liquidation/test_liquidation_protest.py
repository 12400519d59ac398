"""Protests as filed: what is read from a filing, what is missing, and the time for each entry."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.liquidation.domain.law import LAW, LawSettings
from services.liquidation.domain.preference_claim import find_claim_defects, judge_claim_time
from services.liquidation.domain.protest.decision import decide_by, judge_summons
from services.liquidation.domain.protest.defects import find_defects
from services.liquidation.domain.protest.filing import Filing, read_filing
from services.liquidation.domain.protest.other_protests import OtherProtest, find_rivals
from services.liquidation.domain.protest.record import Act, receive, replay_acts
from services.liquidation.domain.protest.timeliness import ProtestedEntry, judge_entry
from shared.customs.calendar import Due

OLD = date(2004, 1, 5)
COMPLETE: dict[str, Any] = {
    "decision": "classification-rate-duty",
    "categories": ["computers"],
    "protestant": {"name": "SYNTHETIC", "address": "1 Example Road"},
    "goods": "Computers",
    "objections": [{"category": "computers", "nature": "Classification.", "reasons": "So held."}],
}


def filing(on: date = date(2026, 7, 1), role: str = "importer", **body: Any) -> Filing:
    received_at = datetime(on.year, on.month, on.day, 17, tzinfo=UTC)
    by = {"role": role, "id": "036" if role == "surety" else "07-345678900", "name": "SYNTHETIC"}
    return read_filing("P-1", "07-345678900", by, ["E1"], received_at, COMPLETE | body)


def entry(liquidated_on: date | None = date(2026, 1, 2), **changes: Any) -> ProtestedEntry:
    facts = {"importer_number": "07-345678900", "entered_on": date(2025, 3, 2), "posted_on": liquidated_on}
    return ProtestedEntry("E1", liquidated_on=liquidated_on, **(facts | changes))


@pytest.mark.parametrize(
    ("protest", "named", "timeliness", "rule"),
    [
        (filing(date(2026, 7, 1)), entry(), "timely", "protest-180"),
        (filing(date(2026, 7, 2)), entry(), "untimely", "protest-180"),
        (filing(date(2026, 7, 6)), entry(date(2026, 1, 5)), "arguable", "protest-180"),  # day 180: Saturday 4 July
        (filing(date(2026, 1, 1)), entry(), "too-early", "protest-180"),
        (filing(date(2026, 1, 2)), entry(), "timely", "protest-180"),
        (filing(), entry(None), "unknown", "protest-180"),
        (
            filing(date(2005, 3, 5)),
            entry(date(2004, 12, 1), entered_on=date(2004, 1, 5)),
            "untimely",
            "protest-90-legacy",
        ),
        (
            filing(date(2026, 7, 8)),
            entry(date(2026, 1, 5), posted_on=date(2026, 1, 9), is_deemed=True),
            "arguable",
            "protest-deemed",
        ),
        (
            filing(date(2026, 9, 1)),
            entry(reliquidated_on=(date(2026, 3, 20),)),
            "timely",
            "protest-reliq-scope",
        ),
        (filing(date(2026, 7, 1), role="surety"), entry(), "timely", "protest-180"),
        (filing(date(2026, 7, 2), role="surety"), entry(), "unknown", "protest-surety"),
        (filing(date(2027, 2, 28), role="surety", demand_on="2026-09-01"), entry(), "timely", "protest-surety"),
        (filing(date(2027, 3, 2), role="surety", demand_on="2026-09-01"), entry(), "untimely", "protest-surety"),
        (filing(decision="exclusion-redelivery", decision_on="2026-06-20"), entry(None), "timely", "protest-180"),
        (filing(decision="drawback-refusal"), entry(), "unknown", "protest-180"),
        (filing(decision="charge-exaction"), entry(), "timely", "protest-180"),
    ],
)
def test_time_of_a_protest_follows_from_whose_and_against_what_it_is(
    protest: Filing, named: ProtestedEntry, timeliness: str, rule: str
) -> None:
    verdict = judge_entry(protest, named, LAW)
    assert (verdict.timeliness, verdict.rule) == (timeliness, rule)


def test_roll_of_an_electronic_protest_is_a_setting() -> None:
    strict = LawSettings(rolls_electronic_filings=False)
    assert judge_entry(filing(date(2026, 7, 6)), entry(date(2026, 1, 5)), strict).timeliness == "untimely"


@pytest.mark.parametrize(
    ("protest", "outcomes"),
    [
        (filing(), set()),
        (filing(goods=None), {"incomplete"}),
        (filing(objections=[{"category": "other", "nature": "x", "reasons": "y"}]), {"incomplete"}),
        (filing(protestant={"name": "SYNTHETIC"}), {"incomplete"}),
        (filing(decision="commerce-rate", decision_on="2026-06-01"), {"not-protestable"}),
        (filing(decision="exclusion-redelivery", decision_on="2026-06-01", section_337=True), {"not-protestable"}),
        (filing(role="stranger"), {"no-standing"}),
        (filing(role="exporter"), {"no-standing"}),
        (filing(role="exporter", origin_decision=True), set()),
        (filing(date(2026, 7, 2)), {"untimely"}),
        (filing(like_treatment=True), {"incomplete"}),
        (filing(like_treatment=True, earlier_protest="P-0"), set()),
        (filing(decision="drawback-refusal", decision_on="2026-06-01"), {"incomplete"}),
        (filing(decision="drawback-refusal", decision_on="2026-06-01", drawback_declared=True), set()),
        (filing(role="surety", demand_on="2026-06-01"), {"incomplete"}),
        (filing(role="surety", demand_on="2026-06-01", non_collusion_certified=True), set()),
    ],
)
def test_each_defect_is_named(protest: Filing, outcomes: set[str]) -> None:
    found = find_defects(protest, [entry()], [judge_entry(protest, entry(), LAW)], [])
    assert {each.outcome for each in found} == outcomes


def test_several_importers_split_a_protest_and_several_centers_are_unsettled() -> None:
    protest = replace(filing(), entries=("E1", "E2"))
    first, second = replace(entry(), center="CEE001"), replace(entry(), entry_number="E2", center="CEE002")
    verdicts = [judge_entry(protest, each, LAW) for each in (first, second)]
    assert {each.outcome for each in find_defects(protest, [first, second], verdicts, [])} == {"several-centers"}
    second = replace(second, importer_number="12-345678900")
    assert {each.outcome for each in find_defects(protest, [first, second], verdicts, [])} == {"split"}


def test_entries_in_and_out_of_time_make_a_mixed_protest() -> None:
    protest = replace(filing(), entries=("E1", "E2"))
    facts = [entry(), replace(entry(date(2025, 12, 1)), entry_number="E2")]
    (defect,) = find_defects(protest, facts, [judge_entry(protest, each, LAW) for each in facts], [])
    assert (defect.outcome, defect.why) == ("partly-out-of-time", "out of time for E2")


def test_the_protest_received_first_stands_and_a_dropped_one_stands_in_nobodys_way() -> None:
    mine = filing()
    other = OtherProtest("P-0", mine.party, mine.categories, mine.received_at, is_dropped=False)
    assert find_rivals(mine, [other])[0] == "P-0"
    assert find_rivals(mine, [replace(other, is_dropped=True)])[0] is None
    assert find_rivals(mine, [replace(other, categories=frozenset({"monitors"}))])[0] is None
    surety = replace(other, party="surety:036", received_at=datetime(2026, 8, 1, 17, tzinfo=UTC))
    assert decide_by(mine, find_rivals(mine, [surety])[1]) == date(2028, 8, 1)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"categories": "classification", "decision_on": 7, "demand_on": "soon", "objections": "none", "protestant": 3},
        {"decision_on": "9999-12-31", "categories": [None, 1, " "], "further_review": "yes"},
    ],
)
def test_what_cannot_be_read_is_taken_as_not_stated(body: dict[str, Any]) -> None:
    by = {"role": "importer", "id": "07-345678900"}
    read = read_filing("P-1", "07-345678900", by, ["E1", "E1"], datetime(2026, 7, 1, tzinfo=UTC), body)
    assert (read.decision_on, read.demanded_on, read.entries) == (None, None, ("E1",))
    assert not read.asks_further_review
    assert not read.has_protestant
    assert not read.categories


def test_filing_says_itself_which_kind_of_decision_it_attacks_when_it_names_only_a_category() -> None:
    assert filing(decision=None, categories=["value"]).decision == "appraised-value"
    assert filing(decision=None, categories=["anything"]).decision == "liquidation"
    assert filing(decision=None, categories=[], claim="classification").categories == {"classification"}


def test_summons_after_its_time_or_with_unpaid_duties_is_noted_with_the_doubt() -> None:
    act = Act("deem-denied", date(2026, 3, 8), "system:law")
    denied_on = replay_acts(filing(), [act]).denied_on
    assert judge_summons(denied_on, date(2026, 9, 4), LAW, are_duties_paid=True) == ()
    # Day 180 is a Friday; the Monday after it is Labor Day and counts for nothing.
    assert [each.rule for each in judge_summons(denied_on, date(2026, 9, 8), LAW, are_duties_paid=False)] == [
        "summons-180",
        "summons-paydues",
    ]
    assert receive(filing()).denied_on is None


def test_claim_under_1520d_names_what_it_lacks() -> None:
    late = judge_claim_time(date(2025, 3, 3), date(2026, 3, 4), LAW)
    assert (late.timeliness, late.due) == ("untimely", Due(date(2026, 3, 3), date(2026, 3, 3)))
    assert [each.outcome for each in find_claim_defects({"program": "australia"}, late)] == [
        "not-listed",
        "untimely",
        "incomplete",
    ]
    assert judge_claim_time(None, date(2026, 3, 4), LAW).timeliness == "unknown"
