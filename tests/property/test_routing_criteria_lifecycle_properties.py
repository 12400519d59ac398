"""Whatever is done with a criterion, nobody puts it live alone, and no day that has begun changes."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain import criteria_lifecycle as lifecycle
from services.routing.domain.criteria import Criterion, Where
from services.routing.domain.criteria_lifecycle import ActRefused, Person, Revision, SecondPersonRequired, list_periods

FIRST = date(2026, 1, 1)
PEOPLE = (Person("kim"), Person("lee"), Person("ann", acting_for="kim"))

steps = st.lists(
    st.tuples(
        st.sampled_from(["edit", "shadow", "request-live", "confirm-live", "retire", "wait"]),
        st.sampled_from(PEOPLE),
        st.integers(-2, 6),  # from which day on, counted from today
    ),
    max_size=25,
)


def apply(revisions: list[Revision], act: str, person: Person, day: date, today: date) -> list[Revision]:
    """The revisions after an act on the newest one, as the API does it."""
    *older, newest = revisions
    match act:
        case "edit" if newest.state != "draft":
            number = newest.criterion.revision + 1
            return [*revisions, Revision(criterion(number), newest.position)]
        case "shadow":
            newest = lifecycle.shadow(newest, day, today)
        case "request-live":
            newest = lifecycle.request_live(newest, person)
        case "confirm-live":
            newest = lifecycle.confirm_live(newest, person, day, today)
        case "retire":
            return [*older, lifecycle.retire(newest, day, today)]
        case _:
            return revisions
    ended = {item.criterion.revision: item for item in lifecycle.supersede(older, newest)}
    return [*(ended.get(item.criterion.revision, item) for item in older), newest]


def criterion(number: int) -> Criterion:
    where = Where(ports=("2704",))
    expires_on = FIRST + timedelta(days=25)
    return Criterion("x", number, "A title.", "o", "enforcement", ("quota",), "Look.", expires_on, where=where)


def in_force(revisions: list[Revision], day: date) -> tuple[list[int], list[int]]:
    period = [item for item in list_periods(revisions) if item.effective_on <= day][-1]
    return [item.revision for item in period.live], [item.revision for item in period.shadow]


@given(steps)
def test_no_day_that_has_begun_changes_and_one_revision_at_most_is_live(done: list[tuple[str, Person, int]]) -> None:
    revisions = [Revision(criterion(1), 1)]
    today = FIRST
    for act, person, days in done:
        if act == "wait":
            today += timedelta(days=max(days, 0))
            continue
        before = [in_force(revisions, FIRST + timedelta(days=day)) for day in range((today - FIRST).days + 1)]
        asked_by = revisions[-1].requested_by
        try:
            revisions = apply(revisions, act, person, today + timedelta(days=days), today)
        except (ActRefused, SecondPersonRequired):
            continue
        after = [in_force(revisions, FIRST + timedelta(days=day)) for day in range((today - FIRST).days + 1)]
        assert after == before
        if act == "confirm-live":
            assert asked_by is not None
            assert {asked_by.subject, asked_by.acting_for}.isdisjoint({person.subject, person.acting_for} - {None})
    for day in range(40):
        live, trial = in_force(revisions, FIRST + timedelta(days=day))
        assert len(live) <= 1
        # One that is confirmed for a later day stays on trial until then, beside a newer one.
        confirmed = {item.criterion.revision for item in revisions if item.live_from is not None}
        assert len(set(trial) - confirmed) <= 1
        assert set(live).isdisjoint(trial)
        if day > 25:
            assert (live, trial) == ([], [])
