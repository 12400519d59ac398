"""Whatever is done to a protest: the law's acts come on their day, nothing follows a suit, replaying gives the same."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from services.liquidation.domain.protest import EntryOfProtest, Verdict, join_timeliness, judge_entry, read_filing
from services.liquidation.domain.protest_life import (
    DENIED,
    FURTHER_REVIEW,
    OPEN,
    SIGNED,
    TRANSITIONS,
    Act,
    ActKind,
    Life,
    Stage,
    advance,
    begin,
    find_act_of_law,
    judge_act,
    judge_second_person,
    list_clocks,
    list_outcomes,
    relive,
)

KINDS: tuple[ActKind, ...] = get_args(ActKind)
RECEIVED = date(2026, 2, 2)
PEOPLE = ("sam", "dana", "robin")


@st.composite
def steps(draw: st.DrawFn) -> list[tuple[int, bool, int, str]]:
    """Which act, whether only of those that the stage allows, how many days later, by whom."""
    step = st.tuples(st.integers(0, 1000), st.booleans(), st.integers(0, 20), st.sampled_from(PEOPLE))
    return draw(st.lists(step, max_size=40))


def choose(life: Life, number: int, *, fits: bool) -> ActKind:
    """An act of people: any, or one that the tables allow now."""
    kinds = [each for each in KINDS if each != "deem-denied"]
    if fits:
        kinds = [
            each
            for each in kinds
            if life.stage in TRANSITIONS[each]
            and life.further_review in FURTHER_REVIEW.get(each, {life.further_review})
        ] or kinds
    return kinds[number % len(kinds)]


def protest(decision: str, *, accelerated: bool, reviewed: bool) -> tuple[Life, list[Verdict]]:
    body: dict[str, Any] = {"decision": decision, "categories": ["a"], "decision_on": "2026-01-05"}
    body |= {"accelerated_disposition": accelerated, "further_review": reviewed}
    by = {"role": "importer", "id": "07-345678900"}
    received_at = datetime(RECEIVED.year, RECEIVED.month, RECEIVED.day, 17, tzinfo=UTC)
    filing = read_filing("P-1", "07-345678900", by, ["E1"], received_at, body)
    entry = EntryOfProtest("E1", liquidated_on=date(2026, 1, 5), posted_on=date(2026, 1, 5))
    return begin(filing), [judge_entry(filing, entry)]


def act(kind: ActKind, on: date, who: str, life: Life) -> Act:
    item = {"entry_number": "E1", "outcome": "denied"}
    details: dict[str, Any] = {
        "recommend": {"outcome": "denied", "reasons": "No.", "items": [item]},
        "request-acceleration": {"mailed_on": str(on)},
        "grant-further-review": {"criteria": ["not-ruled-on"]},
        "answer-further-review": {"outcome": "denied"},
        "amend": {"categories": ["b"]},
        "reject": {"ground": "incomplete", "defects": ["incomplete"]},
    }.get(kind, {})
    if kind in SIGNED.values() and life.recommendation is not None:
        kind = SIGNED[life.recommendation["outcome"]]
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
    life, verdicts = protest(decision, accelerated=accelerated, reviewed=reviewed)
    first, history, today = life, [], RECEIVED
    timeliness = join_timeliness(verdicts)
    for number, fits, later, who in done:
        today += timedelta(days=later)
        while (found := find_act_of_law(life, timeliness, today)) is not None:
            by_law = Act(found[0], found[1], "system:law", details={"reasons": "law"})
            assert found[1] < today
            life, history = advance(life, by_law), [*history, by_law]
        kind = choose(life, number, fits=fits)
        given_act = act(kind, today, who, life)
        refused = judge_act(life, verdicts, given_act) or judge_second_person(life, given_act, frozenset())
        if refused is not None:
            assert refused.why
            continue
        before, life = life, advance(life, given_act)
        history.append(given_act)
        assert before.stage not in ("in-court", "withdrawn", "rejected", "allowed")
        assert before.stage != "deemed-denied" or kind in (
            "summon",
            "request-set-aside",
            "set-aside",
            "refuse-set-aside",
        )
        if given_act.kind in SIGNED.values():
            assert who not in before.recommended_by
            assert before.further_review not in ("requested", "granted")
    assert relive(first.filing, history) == life
    assert life.acts == len(history)
    assert (life.stage in OPEN) == life.is_open
    # Only a denial, by people or by law, starts the time to sue, and it is never forgotten.
    assert (life.denied_on is not None) >= (life.stage in (*DENIED, "in-court"))
    if life.denied_on is not None and life.stage != "in-court":
        assert any(each.rule == "summons-180" for each in list_clocks(life, verdicts, date(2028, 2, 2)))
    if life.stage in ("denied", "deemed-denied"):
        assert set(list_outcomes(life)) == {"E1"}


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
    found = find_act_of_law(begin(filing), "timely", received + timedelta(days=days))
    assert found == ("deem-denied", received + timedelta(days=30), "protest-accel-30")
    assert find_act_of_law(begin(filing), "timely", received + timedelta(days=30)) is None
    assert find_act_of_law(begin(filing), "untimely", received + timedelta(days=days)) is None
