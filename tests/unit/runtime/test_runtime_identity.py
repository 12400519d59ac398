"""Who acts, as a history says it, and whom an act counts for."""

from shared.runtime.identity import Identity


def test_a_history_names_the_caller_and_for_whom_under_a_delegation() -> None:
    assert Identity("kim", "Kim", frozenset()).signature == "kim"
    assert Identity("kim", "Kim", frozenset(), acting_for="lee").signature == "kim acting for lee"


def test_who_acts_for_somebody_is_no_second_person_for_either() -> None:
    kim, acting = Identity("kim", "Kim", frozenset()), Identity("sam", "Sam", frozenset(), acting_for="kim")
    assert not kim.people.isdisjoint(acting.people)
    assert kim.people.isdisjoint(Identity("lee", "Lee", frozenset()).people)
