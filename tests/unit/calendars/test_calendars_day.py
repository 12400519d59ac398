"""How days in a calendar follow what their source says: moved, ended, passed, seen no more."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.liquidation.domain.reminders import find_distance, find_overtaken
from shared.calendars.day import Day, Followed, ToldDay, follow

NOW = datetime(2026, 8, 14, 18, tzinfo=UTC)
TODAY = date(2026, 8, 14)
KEPT = timedelta(days=30)


def day(uid: str = "a", on: date | None = date(2026, 9, 1), **changes: str) -> Day:
    given = {"of": "07-345678900", "about": "B7603245278", "title": "Bill due", "rule": "19 USC 1505(b)"} | changes
    return Day(uid=uid, on=on, kind="law", lapse="Interest.", href="/entries/B7603245278/timeline", **given)


def after(known: Followed | None, found: Sequence[Day], now: datetime = NOW, unseen: Sequence[str] = ()) -> Followed:
    before = {told.day.uid: told for told in known.days} if known is not None else {}
    first = now.date() - KEPT
    return follow(before, found, lambda each: each.uid not in unseen, now, first, KEPT)


def told(followed: Followed) -> dict[str, tuple[date | None, int, str]]:
    return {each.day.uid: (each.day.on, each.sequence, each.state) for each in followed.days}


def test_day_that_says_the_same_stays_as_it_was_told() -> None:
    first = after(None, [day()])
    later = after(first, [day()], NOW + timedelta(days=1))
    assert later.days == first.days
    assert (later.changed, later.gone) == ((), ())


def test_day_that_moved_or_says_something_else_has_the_next_sequence() -> None:
    moved = after(after(None, [day()]), [day(on=date(2026, 9, 9))])
    assert told(moved) == {"a": (date(2026, 9, 9), 1, "running")}
    assert told(after(moved, [day(on=date(2026, 9, 9), title="Bill overdue")])) == {
        "a": (date(2026, 9, 9), 2, "running")
    }


def test_day_that_has_ended_is_told_so_and_leaves_when_it_was_kept_and_one_that_comes_back_runs_again() -> None:
    ended = after(after(None, [day()]), [])
    assert told(ended) == {"a": (date(2026, 9, 1), 1, "ended")}
    assert told(after(ended, [], NOW + KEPT - timedelta(seconds=1))) == told(ended)
    assert after(ended, [], NOW + KEPT).gone == ("a",)
    assert told(after(ended, [day()])) == {"a": (date(2026, 9, 1), 2, "running")}


def test_day_that_is_not_known_any_more_has_ended_as_a_date_and_is_named_as_unknown() -> None:
    unknown = after(after(None, [day()]), [day(on=None)])
    assert told(unknown) == {"a": (date(2026, 9, 1), 1, "ended")}
    assert [each.uid for each in unknown.unknown] == ["a"]


def test_day_that_passed_leaves_without_a_word() -> None:
    first = after(None, [day(on=TODAY)])
    assert after(first, [], NOW + KEPT + timedelta(days=1)).days == ()


def test_day_that_may_not_be_seen_leaves_at_once_also_when_it_has_ended() -> None:
    running = after(None, [day("a"), day("b")])
    assert told(after(running, [day("a"), day("b")], unseen=["a"])) == {"b": (date(2026, 9, 1), 0, "running")}
    ended = after(running, [])
    hidden = after(ended, [], unseen=["a"])
    assert (set(told(hidden)), hidden.gone) == ({"b"}, ("a",))


STATES = st.lists(
    st.dictionaries(
        st.sampled_from("abc"), st.one_of(st.none(), st.dates(date(2026, 8, 15), date(2026, 9, 10))), max_size=3
    ),
    min_size=1,
    max_size=12,
)


@given(states=STATES)
def test_whatever_a_source_says_in_turn_subscribers_end_with_what_it_says_last(
    states: list[dict[str, date | None]],
) -> None:
    """A subscriber keeps of each event the one with the highest sequence, as RFC 5546 has it."""
    known: Followed | None = None
    subscriber: dict[str, ToldDay] = {}
    for number, state in enumerate(states):
        now = NOW + timedelta(minutes=number)
        known = after(known, [day(uid, on) for uid, on in state.items()], now)
        for each in known.days:
            before = subscriber.get(each.day.uid)
            assert before is None or each.sequence >= before.sequence
            # The same sequence never says two things.
            assert before is None or each.sequence > before.sequence or each == before
            subscriber[each.day.uid] = each
    running = {uid: each.day.on for uid, each in subscriber.items() if each.state == "running"}
    assert running == {uid: on for uid, on in states[-1].items() if on is not None}


@given(
    due=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    runs=st.lists(st.integers(0, 80), min_size=1, max_size=40),
    distances=st.sets(st.integers(1, 60), min_size=1, max_size=5),
)
def test_reminders_come_each_once_in_order_and_are_true_when_they_are_told(
    due: date, runs: list[int], distances: set[int]
) -> None:
    """Whatever the days on which the job runs, pauses and repeats included."""
    told_at: list[int] = []
    last: date | None = None
    for before in sorted(runs, reverse=True):
        today = due - timedelta(days=before - 10)
        since = min(last, today) if last is not None else today
        distance = find_distance(due, since, today, distances)
        last = today
        if distance is None or distance in told_at:
            continue
        assert today <= due
        assert today >= due - timedelta(days=distance)
        assert today < find_overtaken(due, distance, distances)  # no nearer one has come by then
        told_at.append(distance)
    assert told_at == sorted(set(told_at), reverse=True)


def test_document_of_a_day_keeps_all_but_its_keys() -> None:
    kept = day().document()
    assert set(kept) == {"about", "kind", "title", "rule", "lapse", "href", "notes"}
    assert replace(day(), notes=("x",)).document()["notes"] == ["x"]
