"""Whatever is done to a protest: the law's acts come on their day, nothing follows a suit, replaying gives the same."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from services.liquidation.domain.law import LAW
from services.liquidation.domain.protest.act_rules import judge_act, judge_second_person
from services.liquidation.domain.protest.clocks import find_act_of_law, list_clocks
from services.liquidation.domain.protest.filing import read_filing
from services.liquidation.domain.protest.record import (
    Act,
    ProtestRecord,
    apply_act,
    list_outcomes,
    receive,
    replay_acts,
)
from services.liquidation.domain.protest.stages import DENIED, FURTHER_REVIEW, OPEN, SIGNED, TRANSITIONS, ActKind, Stage
from services.liquidation.domain.protest.timeliness import ProtestedEntry, Verdict, join_timeliness, judge_entry

KINDS: tuple[ActKind, ...] = get_args(ActKind)
RECEIVED = date(2026, 2, 2)
PEOPLE = ("sam", "dana", "robin")


@st.composite
def steps(draw: st.DrawFn) -> list[tuple[int, bool, int, str]]:
    """Which act, whether only of those that the stage allows, how many days later, by whom."""
    step = st.tuples(st.integers(0, 1000), st.booleans(), st.integers(0, 20), st.sampled_from(PEOPLE))
    return draw(st.lists(step, max_size=40))


def choose(record: ProtestRecord, number: int, *, fits: bool) -> ActKind:
    """An act of people: any, or one that the tables allow now."""
    kinds = [each for each in KINDS if each != "deem-denied"]
    if fits:
        kinds = [
            each
            for each in kinds
            if record.stage in TRANSITIONS[each]
            and record.further_review in FURTHER_REVIEW.get(each, {record.further_review})
        ] or kinds
    return kinds[number % len(kinds)]


def protest(decision: str, *, accelerated: bool, reviewed: bool) -> tuple[ProtestRecord, list[Verdict]]:
    body: dict[str, Any] = {"decision": decision, "categories": ["a"], "decision_on": "2026-01-05"}
    body |= {"accelerated_disposition": accelerated, "further_review": reviewed}
    by = {"role": "importer", "id": "07-345678900"}
    received_at = datetime(RECEIVED.year, RECEIVED.month, RECEIVED.day, 17, tzinfo=UTC)
    filing = read_filing("P-1", "07-345678900", by, ["E1"], received_at, body)
    entry = ProtestedEntry("E1", liquidated_on=date(2026, 1, 5), posted_on=date(2026, 1, 5))
    return receive(filing), [judge_entry(filing, entry, LAW)]


def act(kind: ActKind, on: date, who: str, record: ProtestRecord) -> Act:
    item = {"entry_number": "E1", "outcome": "denied", "reasons": "No."}
    item |= {"change_duty_usd": "0.00", "change_fees_usd": "0.00"}
    details: dict[str, Any] = {
        "recommend": {"outcome": "denied", "reasons": "No.", "items": [item]},
        "request-acceleration": {"mailed_on": str(on)},
        "grant-further-review": {"criteria": ["not-ruled-on"]},
        "answer-further-review": {"outcome": "denied"},
        "amend": {"categories": ["b"]},
        "reject": {"ground": "incomplete", "defects": ["incomplete"]},
    }.get(kind, {})
    if kind in SIGNED.values() and record.recommendation is not None:
        kind = SIGNED[record.recommendation.outcome]
    return Act(kind, on, who, details={"reasons": "So.", **details})


@given(
    done=steps(),
    decision=st.sampled_from(["classification-rate-duty", "exclusion-redelivery"]),
    accelerated=st.booleans(),
    reviewed=st.booleans(),
)
def test_any_history_keeps_the_law(
    done: list[tuple[int, bool, int, str]], decision: str, accelerated: bool, reviewed: bool
) -> None:
    record, verdicts = protest(decision, accelerated=accelerated, reviewed=reviewed)
    first, history, today = record, [], RECEIVED
    timeliness = join_timeliness(verdicts)
    for number, fits, later, who in done:
        today += timedelta(days=later)
        while (found := find_act_of_law(record, timeliness, today, LAW)) is not None:
            by_law = Act(found.kind, found.on, "system:law", details={"reasons": "law"})
            assert found.on < today
            record, history = apply_act(record, by_law), [*history, by_law]
        kind = choose(record, number, fits=fits)
        given_act = act(kind, today, who, record)
        refused = judge_act(record, verdicts, given_act, LAW) or judge_second_person(record, given_act, frozenset())
        if refused is not None:
            assert refused.why
            continue
        before, record = record, apply_act(record, given_act)
        history.append(given_act)
        assert before.stage not in ("in-court", "withdrawn", "rejected", "allowed")
        assert before.stage != "deemed-denied" or kind in (
            "summon",
            "request-set-aside",
            "set-aside",
            "refuse-set-aside",
        )
        if given_act.kind in SIGNED.values():
            assert before.recommendation is not None
            assert who not in before.recommendation.by
            assert before.further_review not in ("requested", "granted")
    assert replay_acts(first.filing, history) == record
    assert record.acts == len(history)
    assert (record.stage in OPEN) == record.is_open
    # Only a denial, by people or by law, starts the time to sue, and it is never forgotten.
    assert (record.denied_on is not None) >= (record.stage in (*DENIED, "in-court"))
    if record.denied_on is not None and record.stage != "in-court":
        assert any(each.rule == "summons-180" for each in list_clocks(record, verdicts, date(2028, 2, 2), LAW))
    if record.stage in ("denied", "deemed-denied"):
        assert set(list_outcomes(record)) == {"E1"}


def test_every_act_leads_somewhere_and_every_stage_is_reached() -> None:
    assert set(TRANSITIONS) == set(KINDS)
    reached = {to for moves in TRANSITIONS.values() for to in moves.values()}
    assert reached | {"filed"} == set(get_args(Stage))
    assert set(FURTHER_REVIEW) <= set(KINDS)
    left = {stage for moves in TRANSITIONS.values() for stage in moves}
    assert set(get_args(Stage)) - left == {"allowed", "rejected", "withdrawn", "in-court"}


@given(received=st.dates(date(2026, 1, 5), date(2026, 7, 6)), days=st.integers(31, 400))
def test_deemed_denial_is_on_day_30_however_late_it_is_looked_at(received: date, days: int) -> None:
    body = {"decision": "liquidation", "accelerated_disposition": True}
    at = datetime(received.year, received.month, received.day, 17, tzinfo=UTC)
    filing = read_filing("P-1", "07-345678900", {"role": "importer"}, ["E1"], at, body)
    found = find_act_of_law(receive(filing), "timely", received + timedelta(days=days), LAW)
    assert found == ("deem-denied", received + timedelta(days=30), "protest-accel-30")
    assert find_act_of_law(receive(filing), "timely", received + timedelta(days=30), LAW) is None
    assert find_act_of_law(receive(filing), "untimely", received + timedelta(days=days), LAW) is None
