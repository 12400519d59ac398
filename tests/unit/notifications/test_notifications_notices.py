"""Which notices an act causes."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from services.notifications.domain.facts import EntryAct
from services.notifications.domain.notices import (
    Notice,
    causes_notice,
    liquidated_on,
    notices_for,
    protest_by,
)
from services.notifications.domain.wording import facts_of
from services.notifications.handlers.handler import act_of, issue_notices
from shared.contracts.envelope import Event
from tests.support.events import FUTURE_WORD, entry_number
from tests.unit.notifications.events import (
    account_assigned,
    entry_changed,
    protest_changed,
    protest_decided,
    request_issued,
)


def act(**changes: Any) -> EntryAct:
    found = act_of(entry_changed(**changes))
    assert isinstance(found, EntryAct)
    return found


def notices(event: Event[Any]) -> dict[str, Notice]:
    """The notices of an event, by kind."""
    found = act_of(event)
    return {notice.kind: notice for notice in (notices_for(found) if found is not None else ())}


@pytest.mark.parametrize("change", ["scheduled", "recorded"])
def test_some_changes_cause_no_notice(change: str) -> None:
    assert not causes_notice(change, [])


def test_the_protest_period_counts_180_days_from_liquidation() -> None:
    assert protest_by(act(occurred_on="2026-02-06")) == date(2026, 8, 5)


def test_a_deemed_liquidation_counts_from_the_end_of_the_statutory_period() -> None:
    deemed = act(change="deemed-liquidated", occurred_on="2026-03-02", deemed_on="2026-03-02")
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


def test_a_lifted_suspension_says_by_when_the_law_liquidates() -> None:
    notice = notices(entry_changed(change="suspension-lifted", deemed_on="2026-09-04"))["N-12"]
    assert (notice.variant, notice.body["deemed_on"], notice.due_on) == (None, "2026-09-04", None)
    assert "19 USC 1504(d)" in notice.citation
    assert notice.surety_code == "036"


def test_a_lift_that_leaves_another_suspension_promises_no_day() -> None:
    notice = notices(entry_changed(change="suspension-lifted", to_state="suspended"))["N-12"]
    assert notice.variant == "still-suspended"
    assert "cannot be liquidated" in notice.words.if_nothing_is_done


@pytest.mark.parametrize(("change", "kinds"), [("scheduled", {"N-15"}), ("suspended", {"N-11", "N-15"})])
def test_a_correction_by_another_filer_is_told_to_the_first_filers_side(change: str, kinds: set[str]) -> None:
    reasons = [
        {"code": "liq-1yr-entry", "text": "one year"},
        {"code": "corrected-by-other-filer", "text": "version 2 was filed by XYZ", "citation": "CBP general notice"},
    ]
    found = notices(entry_changed(change=change, reasons=reasons))
    assert set(found) == kinds
    assert [reason["text"] for reason in found["N-15"].body["reasons"]] == ["version 2 was filed by XYZ"]
    assert found["N-15"].body["change"] == "corrected-by-other-filer"
    assert found["N-15"].filer_code == found["N-15"].subject[:3]


BILLED: dict[str, Any] = {
    "kind": "increase",
    "effect": {"duty_usd": "90.00", "fees_usd": "10.00", "by_class": [{"class_code": "duty", "change_usd": "90.00"}]},
    "interest_usd": "2.50",
    "bill_number": "B7603245278-B01",
    "bill_due_on": "2026-04-05",
}
BILLED["effect"]["by_class"].append({"class_code": "499", "change_usd": "10.00"})


def test_a_liquidation_with_a_bill_tells_the_amounts_by_courtesy_and_sends_the_bill() -> None:
    found = notices(entry_changed(**BILLED))
    assert set(found) == {"N-13", "N-09", "N-34"}
    courtesy, bill = found["N-09"], found["N-34"]
    assert courtesy.variant == "billed"
    assert courtesy.body["by_class"] == {"duty": "90.00", "499": "10.00"}
    assert (courtesy.body["interest_usd"], courtesy.body["total_usd"]) == ("2.50", "102.50")
    assert (bill.due_on, bill.body["bill_number"]) == (date(2026, 4, 5), "B7603245278-B01")
    assert bill.body["protest_by"] == "2026-09-02"
    assert "interest_usd" not in found["N-13"].body


def test_a_bill_that_comes_later_is_a_notice_of_its_own() -> None:
    money = {"interest_usd": "2.50", "bill_number": "B01", "bill_due_on": "2026-06-01"}
    (notice,) = notices(entry_changed(change="billed", sequence=40_000_001, kind=None, **money)).values()
    assert (notice.kind, notice.due_on, notice.body["interest_usd"]) == ("N-34", date(2026, 6, 1), "2.50")
    assert "protest_by" not in notice.body


def test_a_refund_that_leaves_a_bill_open_is_not_told_as_an_increase() -> None:
    less = BILLED | {"kind": "refund", "effect": {"duty_usd": "-40.00"}, "interest_usd": "-1.00"}
    bill = notices(entry_changed(change="reliquidated", **less))["N-34"]
    assert bill.variant == "carried-over"
    assert "less is owed" in bill.words.text


def test_what_is_disregarded_bears_no_interest() -> None:
    courtesy = notices(entry_changed(effect={"duty_usd": "0.00"}, interest_usd="0.30"))["N-09"]
    assert courtesy.variant is None
    assert {"interest_usd", "total_usd"}.isdisjoint(courtesy.body)


def test_an_amount_that_is_not_known_yet_names_the_fact_and_no_total() -> None:
    notice = notices(entry_changed(kind="refund", effect={"duty_usd": "-90.00"}, missing="payee-kind"))["N-09"]
    assert (notice.variant, notice.body["missing"]) == ("amount-unknown", "payee-kind")
    assert "total_usd" not in notice.body


@pytest.mark.parametrize(
    ("state", "variant", "kinds"),
    [("ready", "refund", {"N-13", "N-09"}), ("waiting-for-enrollment", "refund-waiting", {"N-13", "N-09", "N-37"})],
)
def test_a_refund_that_cannot_be_paid_is_told_apart_from_the_liquidation(
    state: str, variant: str, kinds: set[str]
) -> None:
    found = notices(entry_changed(kind="refund", refund_number="R01", refund_state=state))
    assert set(found) == kinds
    assert found["N-09"].variant == variant


def test_an_unpaid_bill_is_reminded_of_then_dunned_then_demanded_of_the_surety() -> None:
    money = {"bill_number": "B01", "bill_due_on": "2026-02-15", "bill_open_usd": "502.88", "kind": None}
    principal, dunning = (
        notices(
            entry_changed(change="bill-overdue", legal_basis={"rule": rule, "citation": "19 CFR 24.3a(d)"}, **money)
        )
        for rule in ("bill-notice-principal", "bill-dunning")
    )
    assert (principal["N-35"].variant, dunning["N-35"].variant) == (None, "dunning")
    assert principal["N-35"].body["bill_open_usd"] == "502.88"
    assert principal["N-35"].surety_code is None
    demand = notices(entry_changed(change="surety-billed", occurred_on="2026-10-13", **money))["N-36"]
    assert (demand.surety_code, demand.due_on) == ("036", date(2027, 4, 11))


@pytest.mark.parametrize(
    ("change", "kind"),
    [("liquidated", "N-13"), ("surety-billed", "N-36"), ("preference-claim-decided", "N-21")],
)
def test_last_day_to_protest_is_the_one_that_the_record_says(change: str, kind: str) -> None:
    told = notices(entry_changed(change=change, kind=None, protest_by="2026-09-09"))[kind]
    assert told.due_on == date(2026, 9, 9)


@pytest.mark.parametrize(("entry_date", "due_on"), [("2004-12-17", date(2026, 6, 4)), ("2004-12-18", date(2026, 9, 2))])
def test_act_of_an_earlier_release_counts_by_the_law_of_its_entry(entry_date: str, due_on: date) -> None:
    """protest-90-legacy [S], 19 CFR 174.12(e): entries before 18 December 2004."""
    assert notices(entry_changed(entry_date=entry_date))["N-09"].due_on == due_on


def test_act_of_an_earlier_release_was_posted_when_it_was_told() -> None:
    posting = notices(entry_changed(occurred_on="2026-03-02", posted_on=None))["N-13"].posting
    assert posting is not None
    assert (posting.event_on, posting.posted_on) == (date(2026, 3, 2), date(2026, 3, 6))


def shown(notice: Notice) -> dict[str, str]:
    """The facts of a notice as its reader gets them."""
    return dict(
        facts_of(
            kind=notice.kind,
            entry_numbers=notice.entry_numbers,
            importer_number=notice.importer_number,
            center=notice.center,
            issued_on=notice.issued_on,
            due_on=notice.due_on,
            body=notice.body,
        )
    )


def test_liquidation_that_is_posted_on_another_day_than_its_own_shows_both() -> None:
    days = {"occurred_on": "2026-03-02", "liquidated_on": "2026-03-02", "posted_on": "2026-03-06"}
    told = notices(entry_changed(change="deemed-liquidated", kind="deemed", **days))
    posting = told["N-13"].posting
    assert posting is not None
    assert (posting.event_on, posting.posted_on) == (date(2026, 3, 2), date(2026, 3, 6))
    letter = shown(told["N-09"])
    assert (letter["Issued on"], letter["Date of liquidation"], letter["Notice posted on"]) == (
        "2026-03-06",
        "2026-03-02",
        "2026-03-06",
    )
    assert "Notice posted on" not in shown(notices(entry_changed())["N-09"])


def test_suspension_that_began_long_ago_is_posted_and_told_when_it_is_recorded() -> None:
    told = notices(entry_changed(change="suspended", occurred_on="2024-01-19", posted_on="2026-03-06"))["N-11"]
    assert told.posting is not None
    assert (told.posting.event_on, told.posting.posted_on) == (date(2024, 1, 19), date(2026, 3, 6))
    assert (shown(told)["Issued on"], shown(told)["As of"]) == ("2026-03-06", "2024-01-19")


def test_bill_that_was_due_long_ago_is_told_today() -> None:
    told = notices(entry_changed(change="bill-overdue", kind=None, occurred_on="2026-02-15", bill_number="B01"))["N-35"]
    assert (shown(told)["Issued on"], shown(told)["As of"]) == ("2026-03-06", "2026-02-15")


def test_account_assigned_long_ago_is_told_of_on_the_day_of_the_letter() -> None:
    (letter,) = notices(account_assigned(effective_on="2017-01-19")).values()
    assert (shown(letter)["Issued on"], shown(letter)["In effect from"]) == ("2025-01-01", "2017-01-19")


def test_denial_by_operation_of_law_is_told_when_it_was_found() -> None:
    found = msgspec.structs.replace(protest_decided("deem-denied"), time=datetime(2026, 5, 20, 15, tzinfo=UTC))
    (letter,) = notices(found).values()
    assert (shown(letter)["Issued on"], shown(letter)["As of"]) == ("2026-05-20", "2026-05-04")


@pytest.mark.parametrize(
    ("act", "kind", "variant", "due_on"),
    [
        ("deny", "N-17", None, date(2026, 10, 31)),
        ("allow-in-part", "N-17", "allowed-in-part", date(2026, 10, 31)),
        ("allow", "N-17", "allowed", None),
        ("reject", "N-17", "rejected", None),
        ("deem-denied", "N-19", None, date(2026, 10, 31)),
        ("void-denial", "N-40", None, date(2026, 10, 31)),
        ("refuse-further-review", "N-18", None, date(2026, 7, 3)),
        ("grant-further-review", "N-18", "granted", None),
        ("set-aside", "N-18", "set-aside", None),
        ("refuse-set-aside", "N-18", "set-aside-refused", None),
    ],
)
def test_what_is_decided_on_a_protest_says_until_when_something_can_be_done(
    act: str, kind: str, variant: str | None, due_on: date | None
) -> None:
    days: dict[str, Any] = {"denied_on": "2026-05-04", "sue_by": "2026-10-31", "ask_set_aside_by": "2026-07-03"}
    (notice,) = notices(protest_decided(act, **days)).values()
    assert (notice.kind, notice.variant, notice.due_on) == (kind, variant, due_on)
    assert (notice.subject, notice.issued_on) == ("270426100001", date(2026, 5, 4))
    assert notice.body["reasons"][0]["text"] == "The goods are described by 8471.30."


def test_a_protest_decision_says_what_was_decided_on_each_entry_and_line() -> None:
    number = entry_number(900_003)
    outcomes = [
        {"entry_number": number, "line_number": 2, "outcome": "allowed", "reasons": "They weigh less than 10 kg."},
        {"entry_number": number, "outcome": "denied", "reasons": "The heading stands."},
    ]
    notice = notices(protest_decided("allow-in-part", outcomes=outcomes))["N-17"]
    told = shown(notice)
    assert told[f"Entry {number}, line 2"] == "allowed: They weigh less than 10 kg."
    assert told[f"Entry {number}"] == "denied: The heading stands."


@pytest.mark.parametrize(
    ("rule", "variant", "due_on"),
    [("claim-1520d-form", None, date(2026, 8, 29)), ("claim-1520d", "granted", None)],
)
def test_a_decided_claim_for_preference_says_until_when_a_denial_is_protested(
    rule: str, variant: str | None, due_on: date | None
) -> None:
    basis = {"rule": rule, "citation": "19 USC 1520(d)"}
    told = entry_changed(change="preference-claim-decided", occurred_on="2026-03-02", legal_basis=basis)
    (notice,) = notices(told).values()
    assert (notice.kind, notice.variant, notice.due_on) == ("N-21", variant, due_on)


@pytest.mark.parametrize("act", ["begin-review", "recommend", "withdraw", "summon", "request-void", None])
def test_what_only_moves_a_protest_causes_no_notice(act: str | None) -> None:
    assert act_of(protest_changed("changed", sequence=2, act=act)) is None


def test_a_surety_that_protests_is_told_as_a_party() -> None:
    by_surety: dict[str, Any] = {"filer_role": "surety", "filer_id": "036"}
    assert notices(protest_changed(**by_surety))["N-16"].surety_code == "036"
    assert notices(protest_decided("deny", **by_surety))["N-17"].surety_code == "036"
    assert notices(protest_decided("deny", filer_role="importer", filer_id="036"))["N-17"].surety_code is None


def test_a_voided_liquidation_is_posted_as_one_without_effect() -> None:
    (notice,) = notices(entry_changed(change="liquidation-voided", occurred_on="2026-05-04")).values()
    assert notice.kind == "N-39"
    assert notice.posting is not None
    assert (notice.posting.event_type, notice.posting.action) == ("voiding", "no-effect")
    assert (notice.due_on, notice.body["state"]) == (None, "suspended")


def test_a_refund_in_an_unknown_state_is_told_without_words_for_the_state() -> None:
    told = notices(entry_changed(refund_number="R01", refund_state=FUTURE_WORD, kind="refund"))
    assert told.keys() == {"N-13", "N-09"}
    assert told["N-09"].variant is None
    assert notices(entry_changed(change="refund-changed", refund_number="R01", refund_state=FUTURE_WORD)) == {}


def test_a_liquidation_of_an_unknown_kind_is_told_without_its_kind() -> None:
    told = notices(entry_changed(kind=FUTURE_WORD, bill_number="B01", bill_due_on="2026-04-05"))
    assert told.keys() == {"N-13", "N-09", "N-34"}
    assert told["N-34"].variant is None  # a bill that took the place of another would say so
    assert told["N-13"].posting is not None
    assert told["N-13"].posting.action == "liquidated"
    assert "kind" not in told["N-13"].body


def test_an_unknown_change_act_or_form_causes_no_notice() -> None:
    assert notices(entry_changed(change=FUTURE_WORD)) == {}
    assert notices(protest_decided(FUTURE_WORD)) == {}
    assert notices(request_issued(FUTURE_WORD)) == {}


def test_an_act_on_a_protest_is_told_whatever_change_it_is_called() -> None:
    told = notices(protest_changed(FUTURE_WORD, sequence=2, act="deny", occurred_on="2026-05-04"))
    assert told.keys() == {"N-17"}
