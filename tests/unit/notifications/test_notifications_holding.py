"""What may wait: never what the law has told; until the quiet hours end, for the digest, for room at the domain."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.holding import (
    AT_ONCE,
    DomainRates,
    HeldFor,
    Hold,
    Manner,
    Quiet,
    hold_asked_for,
    may_wait,
)

TODAY = date(2026, 3, 6)
NIGHT = Quiet(time(21), time(7))
ZONES = st.sampled_from(["America/New_York", "America/Los_Angeles", "Asia/Kolkata", "UTC"])
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  has a zone
QUIET = st.tuples(st.times(), st.times()).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: Quiet(*pair))


@pytest.mark.parametrize(
    ("kind", "waits"),
    [
        ("N-09", True),  # a courtesy, 19 CFR 159.9
        ("N-01", True),
        ("N-03", False),  # CBP 28, 30 days
        ("N-04", False),  # CBP 29, 19 CFR 152.2
        ("N-10", False),  # dated notice of an extension, 19 CFR 159.12
        ("N-11", False),
        ("N-17", False),  # the time to sue runs from it
        ("N-29", False),
        ("N-30", False),
        ("N-34", False),  # the time to pay runs from it
    ],
)
def test_what_the_law_has_told_never_waits(kind: str, waits: bool) -> None:
    assert may_wait(CATALOGUE[kind], None, None, TODAY) is waits


def test_no_case_with_an_effect_in_law_and_no_letter_waits() -> None:
    for kind in CATALOGUE.values():
        for case in (None, *kind.variants):
            if kind.words(case).has_legal_effect or kind.is_lettered:
                assert not may_wait(kind, case, None, TODAY), (kind.id, case)


@pytest.mark.parametrize(("days", "waits"), [(180, True), (30, True), (29, False), (0, False), (-1, False)])
def test_a_day_that_is_near_does_not_wait(days: int, waits: bool) -> None:
    assert may_wait(CATALOGUE["N-09"], None, TODAY + timedelta(days=days), TODAY) is waits


def test_a_case_of_a_later_release_does_not_wait() -> None:
    assert not may_wait(CATALOGUE["N-09"], "of-a-later-release", None, TODAY)


def test_the_night_ends_when_the_clock_of_the_recipient_says_so() -> None:
    manner = Manner(NIGHT, is_digest=False, zone="America/Los_Angeles")
    evening = datetime(2026, 3, 8, 5, 30, tzinfo=UTC)  # 21:30 of 7 March there; summer time begins in that night
    assert hold_asked_for(manner, "importer", None, evening) == Hold(
        HeldFor.QUIET_HOURS, datetime(2026, 3, 8, 14, tzinfo=UTC)
    )
    assert hold_asked_for(manner, "importer", HeldFor.QUIET_HOURS, datetime(2026, 3, 8, 14, tzinfo=UTC)) is None


@given(QUIET, ZONES, INSTANTS)
def test_quiet_hours_hold_into_the_next_hour_that_is_not_quiet(quiet: Quiet, zone: str, now: datetime) -> None:
    assume(not 1 <= quiet.to.hour <= 3)  # in which a zone moves its clock
    held = hold_asked_for(Manner(quiet, is_digest=False, zone=zone), "importer", None, now)
    assert (held is not None) == quiet.covers(now.astimezone(ZoneInfo(zone)).time())
    if held is not None:
        assert now < held.until <= now + timedelta(hours=25)  # a day of 25 hours ends summer time
        assert held.until.astimezone(ZoneInfo(zone)).time() == quiet.to


@given(st.none() | QUIET, ZONES, INSTANTS, st.text(min_size=1, max_size=12))
def test_the_notices_of_a_day_wait_for_one_instant(quiet: Quiet | None, zone: str, now: datetime, who: str) -> None:
    manner = Manner(quiet, is_digest=True, zone=zone)
    held = hold_asked_for(manner, who, None, now)
    assert held is not None
    assert held.why is HeldFor.DIGEST
    assert now < held.until <= now + timedelta(hours=26)
    between = now + (held.until - now) / 2
    assert hold_asked_for(manner, who, None, between) == held
    assert hold_asked_for(manner, who, HeldFor.DIGEST, held.until) is None


def test_digests_go_out_after_seven_within_an_hour_or_when_the_night_ends() -> None:
    noon = datetime(2026, 7, 1, 16, tzinfo=UTC)
    for quiet, begins in ((None, 7), (NIGHT, 7), (Quiet(time(22), time(9)), 9)):
        for who in ("07-345678900", "filer:B76", "agent:1001"):
            held = hold_asked_for(Manner(quiet, is_digest=True, zone="America/New_York"), who, None, noon)
            assert held is not None
            local = held.until.astimezone(ZoneInfo("America/New_York"))
            assert (local.date(), local.hour) == (date(2026, 7, 2), begins)


def test_who_asked_for_nothing_gets_all_at_once() -> None:
    assert hold_asked_for(AT_ONCE, "importer", None, datetime(2026, 3, 8, 5, 30, tzinfo=UTC)) is None


def test_each_mail_beyond_the_rate_of_its_domain_gets_a_minute_with_room() -> None:
    now = datetime(2026, 3, 6, 21, 0, 30, tzinfo=UTC)
    rates = DomainRates(2)
    held = [rates.hold(address, now) for address in ("a@X.example", "b@x.example", "c@x.example", "d@x.example")]
    next_minute = Hold(HeldFor.RATE, datetime(2026, 3, 6, 21, 1, tzinfo=UTC))
    assert held == [None, None, next_minute, next_minute]
    assert rates.hold("a@y.example", now) is None
    # What was put into the next minute fills it.
    later = now + timedelta(minutes=1)
    assert rates.hold("e@x.example", later) == Hold(HeldFor.RATE, datetime(2026, 3, 6, 21, 2, tzinfo=UTC))
    assert rates.hold("f@x.example", later + timedelta(minutes=5)) is None
    assert [DomainRates(None).hold("a@x.example", now) for _ in range(5)] == [None] * 5
