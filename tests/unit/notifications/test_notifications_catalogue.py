"""The catalogue of notices as data."""

from services.notifications.domain.catalogue import CATALOGUE, EMAIL, POSTING
from services.notifications.domain.notices import notices_for
from services.notifications.handlers import act_of
from tests.integration.notifications.builders import (
    account_assigned,
    entry_changed,
    protest_changed,
    request_issued,
)

CHANGES = ("liquidated", "deemed-liquidated", "reliquidated", "suspended", "extended", "rescheduled")


def test_every_kind_can_be_caused_and_every_cause_is_catalogued() -> None:
    events = [
        *(entry_changed(change=change) for change in CHANGES),
        protest_changed(),
        request_issued("CBP-28"),
        request_issued("CBP-29"),
        account_assigned(),
    ]
    acts = [act_of(event) for event in events]
    assert {notice.kind for act in acts if act for notice in notices_for(act)} == set(CATALOGUE)


def test_a_courtesy_notice_never_has_legal_effect_and_a_posting_always_has() -> None:
    for kind in CATALOGUE.values():
        assert kind.routes
        if "ourtesy" in kind.name:
            assert not kind.has_legal_effect
        if POSTING in kind.routes:
            assert kind.has_legal_effect
            assert kind.is_for_surety


def test_the_official_notice_of_liquidation_is_on_the_bulletin_only() -> None:
    assert CATALOGUE["N-13"].routes == (POSTING,)
    assert CATALOGUE["N-09"].routes == (EMAIL,)


def test_every_kind_says_what_it_is_and_what_happens_if_nothing_is_done() -> None:
    for identifier, kind in CATALOGUE.items():
        assert kind.id == identifier
        assert kind.text.endswith(".")
        assert kind.if_nothing_is_done.endswith(".")
        assert kind.trigger
        assert kind.form
