"""Clock, identifiers and the error tree."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from shared.runtime import errors
from shared.runtime.clock import FixedClock, ReplayClock, SystemClock, start_stopwatch
from shared.runtime.errors import Conflict, Refused
from shared.runtime.ids import event_id, event_key

NOW = datetime(2026, 3, 2, 19, 3, 11, 500_000, tzinfo=UTC)
EVENT_ID = "2bab87ec-04e3-2b98-0120-2e78b009d5ee"
EVENT_KEY = "fbef4059eee81aaeed7fb0d3e76b278a"


def test_a_fixed_clock_moves_only_when_told_and_only_forward() -> None:
    clock = FixedClock(NOW.astimezone(timezone(timedelta(hours=-5))))
    assert clock.now() == NOW
    assert clock.now().tzinfo is UTC
    assert clock.advance(timedelta(days=1)) == clock.now() == NOW + timedelta(days=1)
    with pytest.raises(ValueError, match="back"):
        clock.advance(timedelta(seconds=-1))
    with pytest.raises(ValueError, match="time zone"):
        FixedClock(NOW.replace(tzinfo=None))


def test_the_system_clock_is_aware_and_the_stopwatch_runs() -> None:
    assert SystemClock().now().tzinfo is UTC
    seconds = start_stopwatch()
    assert 0 <= seconds() <= seconds()


def test_a_replay_clock_stands_where_its_file_says_and_goes_again_without_it(tmp_path: Path) -> None:
    file = tmp_path / "replay-clock"
    clock = ReplayClock(file, SystemClock())
    before = SystemClock().now()
    assert before <= clock.now() <= SystemClock().now()
    file.write_text("2027-01-15T13:00:00-05:00\n", encoding="utf-8")
    assert clock.now() == clock.now() == datetime(2027, 1, 15, 18, tzinfo=UTC)
    assert clock.now().tzinfo is UTC
    file.write_text("", encoding="utf-8")
    assert clock.now() >= before
    file.write_text("2027-01-15T13:00:00", encoding="utf-8")
    with pytest.raises(ValueError, match="time zone"):
        clock.now()


def test_the_same_cause_has_the_same_event_id() -> None:
    assert event_id("entry-routed", "B7603245275", "1") == event_id("entry-routed", "B7603245275", "1")
    assert event_id("ab", "c") != event_id("a", "bc") != event_id("abc")


def test_event_ids_and_keys_never_change_between_versions_of_the_code() -> None:
    assert event_id("entry-routed", "B7603245275", "1") == EVENT_ID
    assert event_key("urn:filer:B76", "6f0c").hex() == EVENT_KEY


def test_an_event_key_tells_source_and_id_apart() -> None:
    assert event_key("ab", "c") != event_key("a", "bc")


def test_every_refusal_has_a_status_a_code_and_a_rule_of_its_own_or_its_callers() -> None:
    refusals = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Refused)]
    assert {kind("no").status for kind in refusals} == {400, 401, 403, 404, 409, 412, 422, 428, 429}
    own = Conflict("Taken.", rule="Q1", code="claimed", citation="19 CFR 1", remedy="Ask Lee.", status=422)
    assert (own.rule, own.code, own.citation, own.remedy, own.status) == (
        "Q1",
        "claimed",
        "19 CFR 1",
        "Ask Lee.",
        422,
    )
    assert str(own) == "Taken. [Q1, 19 CFR 1]"
    assert str(Conflict("Taken.")) == "Taken. [state]"
