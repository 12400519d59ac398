"""Which notices an act causes."""

from datetime import date
from typing import Any

import pytest

from services.notifications.domain.facts import EntryAct
from services.notifications.domain.notices import causes_notice, liquidated_on, notices_for, protest_by
from services.notifications.handlers import act_of, issue_notices
from tests.integration.notifications.builders import entry_changed, request_issued


def act(**changes: Any) -> EntryAct:
    found = act_of(entry_changed(**changes))
    assert isinstance(found, EntryAct)
    return found


@pytest.mark.parametrize("change", ["scheduled", "suspension-lifted", "recorded"])
def test_some_changes_cause_no_notice(change: str) -> None:
    assert not causes_notice(change)


def test_the_protest_period_counts_180_days_from_liquidation() -> None:
    assert protest_by(act(occurred_on="2026-02-06")) == date(2026, 8, 5)


def test_a_deemed_liquidation_counts_from_the_end_of_the_statutory_period() -> None:
    deemed = act(change="deemed-liquidated", occurred_on="2026-03-09", deemed_on="2026-03-02")
    assert liquidated_on(deemed) == date(2026, 3, 2)
    assert protest_by(deemed) == date(2026, 8, 29)


def test_official_and_courtesy_notice_agree_on_the_dates() -> None:
    official, courtesy = notices_for(act())
    assert official.posting is not None
    assert courtesy.posting is None
    assert (official.due_on, official.issued_on) == (courtesy.due_on, courtesy.issued_on)
    assert official.posting.posted_on == official.issued_on


def test_a_reply_date_on_the_form_is_kept() -> None:
    (notice,) = notices_for(act_of(request_issued("CBP-29", due_on="2026-04-15")))  # type: ignore[arg-type]
    assert notice.due_on == date(2026, 4, 15)


def test_the_same_act_has_the_same_notice_ids() -> None:
    number = "B7603245278"
    first, second = (issue_notices([entry_changed(number)]) for _ in range(2))
    assert first.keys() == second.keys()
    assert issue_notices([entry_changed(number, sequence=3)]).keys().isdisjoint(first.keys())
