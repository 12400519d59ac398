"""Appeals: required contents one by one, and the states until the decision."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.appeals import (
    REQUIREMENTS,
    TRANSITIONS,
    Act,
    AppealContents,
    State,
    check_contents,
    describe_state,
    find_flaw,
    is_complete,
    next_state,
    read_contents,
    supplement,
    to_document,
)

NUMBER, OTHER = "07-345678900", "08-345678900"
COMPLETE: dict[str, Any] = {
    "current_center": "CEE007",
    "preferred_center": "CEE010",
    "importer_numbers": [NUMBER, OTHER],
    "bond_numbers": {NUMBER: "B1", OTHER: "B2"},
    "justification": "Machinery.",
    "import_history": [{"hts": "8479", "value_usd": 900_000}],
}


def missing(**changes: Any) -> list[str]:
    contents = read_contents(NUMBER, COMPLETE | changes)
    return [check.requirement.code for check in check_contents(contents) if check.missing]


def test_complete_appeal_lacks_nothing() -> None:
    assert missing() == []
    assert is_complete(read_contents(NUMBER, COMPLETE))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"current_center": None}, "current-center"),
        ({"preferred_center": " "}, "preferred-center"),
        ({"preferred_center": "CEE007"}, "preferred-center"),
        ({"importer_numbers": []}, "importer-numbers"),
        ({"bond_numbers": {NUMBER: "B1"}}, "importer-numbers"),
        ({"bond_numbers": "B1"}, "importer-numbers"),
        ({"justification": ""}, "justification"),
        ({"import_history": []}, "import-data"),
        ({"import_history": [{"hts": "84", "value_usd": 1}, {"hts": "8479"}, 7]}, "import-data"),
    ],
)
def test_each_required_content_is_checked_by_itself(changes: dict[str, Any], code: str) -> None:
    assert missing(**changes) == [code]


def test_what_is_missing_is_said_without_the_number() -> None:
    contents = read_contents("900-12-3456", COMPLETE | {"importer_numbers": ["900-12-3456"], "bond_numbers": {}})
    (said,) = [check.missing for check in check_contents(contents) if check.missing]
    assert said == "It gives no bond number for 1 of 1 importer numbers."


def test_requirements_are_from_memory_and_say_so() -> None:
    assert {requirement.evidence for requirement in REQUIREMENTS} == {"M"}


def test_new_importer_may_give_a_projection() -> None:
    contents = read_contents(NUMBER, COMPLETE | {"import_history": [], "projection": COMPLETE["import_history"]})
    assert (is_complete(contents), contents.is_projection) == (True, True)


def test_supplement_replaces_what_it_names_and_adds_numbers_and_bonds() -> None:
    first = read_contents(NUMBER, {"current_center": "CEE007", "importer_numbers": [NUMBER], "justification": "a"})
    both = supplement(first, read_contents(NUMBER, COMPLETE | {"current_center": None, "importer_numbers": [OTHER]}))
    assert (both.current_center, both.justification) == ("CEE007", "Machinery.")
    assert both.importer_numbers == (NUMBER, OTHER)
    assert is_complete(both)


def test_appellant_is_among_the_affected_numbers() -> None:
    assert read_contents(NUMBER, {"importer_numbers": [OTHER, "nonsense"]}).importer_numbers == (NUMBER, OTHER)


bodies = st.dictionaries(
    st.sampled_from([*COMPLETE, "projection"]),
    st.one_of(
        st.none(),
        st.text(max_size=5),
        st.integers(),
        st.lists(st.one_of(st.sampled_from([NUMBER, OTHER]), st.integers(), st.just({"hts": "8479", "value_usd": 5}))),
        st.dictionaries(st.sampled_from([NUMBER, "x"]), st.one_of(st.text(max_size=3), st.integers())),
        *(st.just(value) for value in COMPLETE.values()),
    ),
)


@given(bodies)
def test_any_body_can_be_read_and_is_kept_as_read(body: dict[str, Any]) -> None:
    contents = read_contents(NUMBER, body)
    assert read_contents(NUMBER, to_document(contents)) == contents
    assert supplement(contents, AppealContents()) == contents


@pytest.mark.parametrize("state", get_args(State))
def test_decided_or_withdrawn_appeal_cannot_be_changed(state: State) -> None:
    assert describe_state(state)
    if state in {"upheld", "reassigned", "withdrawn"}:
        assert all(next_state(state, act) is None for act in get_args(Act))


@given(st.lists(st.sampled_from(get_args(Act)), max_size=8))
def test_no_appeal_is_decided_without_review(acts: list[Act]) -> None:
    state: State = "appealed"
    seen = [state]
    for act in acts:
        state = next_state(state, act) or state
        seen.append(state)
    assert state in TRANSITIONS
    if state in {"upheld", "reassigned"}:
        assert "under-review" in seen


@pytest.mark.parametrize(
    ("current", "preferred", "assigned", "code"),
    [
        (None, None, "CEE007", "appeal-names-no-center"),
        (None, None, None, "appeal-names-no-center"),
        ("CEE005", "CEE010", "CEE007", "appeal-names-other-center"),
        ("CEE007", "CEE010", None, "appeal-names-other-center"),
        (None, "CEE007", "CEE007", "appeal-names-own-center"),
    ],
)
def test_appeal_without_a_center_or_with_the_wrong_one_has_nothing_to_decide(
    current: str | None, preferred: str | None, assigned: str | None, code: str
) -> None:
    flaw = find_flaw(current, preferred, assigned)
    assert flaw is not None
    assert flaw.code == code


@pytest.mark.parametrize(
    ("current", "preferred", "assigned"),
    [("CEE007", "CEE010", "CEE007"), ("CEE007", None, "CEE007"), (None, "CEE010", "CEE007"), (None, "CEE010", None)],
)
def test_appeal_that_names_one_center_rightly_is_incomplete_at_most(
    current: str | None, preferred: str | None, assigned: str | None
) -> None:
    assert find_flaw(current, preferred, assigned) is None
