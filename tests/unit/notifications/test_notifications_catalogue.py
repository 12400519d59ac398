"""The catalogue of notices as data."""

from datetime import date
from typing import Any, get_args

from services.liquidation.domain.money.interest import Missing
from services.liquidation.domain.money.refunds import Lack
from services.liquidation.domain.protest.stages import ActKind
from services.notifications.acts.broadcasts import notice_of as notice_of_broadcast
from services.notifications.acts.questions import notice_of as notice_of_question
from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.facts import WebhookOff
from services.notifications.domain.kind import EMAIL, POSTING
from services.notifications.domain.notices import Notice, notices_for
from services.notifications.domain.wording import facts_of
from services.notifications.domain.work_notices import BY_ACT
from services.notifications.handlers.handler import act_of
from shared.contracts.liquidation import EntryChange, RefundState
from tests.support.recorded import recorded
from tests.unit.notifications.community import AT, NO_ONE, broadcast_of, question_of
from tests.unit.notifications.events import (
    account_assigned,
    appeal_decided,
    broadcast_issued,
    entry_changed,
    event_refused,
    protest_changed,
    protest_decided,
    request_changed,
    request_issued,
    work_act,
)

CHANGES = (
    "liquidated",
    "deemed-liquidated",
    "reliquidated",
    "liquidation-voided",
    "suspended",
    "suspension-lifted",
    "extended",
    "rescheduled",
    "billed",
    "bill-overdue",
    "surety-billed",
)
REFUND_STATES = ("waiting-for-enrollment", "ready", "certified", "paid", "replaced")
PROTEST_ACTS = (
    "deny",
    "allow",
    "allow-in-part",
    "reject",
    "deem-denied",
    "void-denial",
    "refuse-further-review",
    "grant-further-review",
    "set-aside",
    "refuse-set-aside",
)
MONEY: dict[str, Any] = {"kind": "increase", "effect": {"duty_usd": "90.00", "fees_usd": "10.00"}}


def notices_of_everything() -> list[Notice]:
    """The notices of one event of each sort."""
    events = [
        *(entry_changed(change=change) for change in CHANGES),
        *(entry_changed(change="refund-changed", refund_number="R01", refund_state=state) for state in REFUND_STATES),
        entry_changed(change="preference-claim-decided"),
        entry_changed(
            change="preference-claim-decided", legal_basis={"rule": "claim-1520d", "citation": "19 USC 1520(d)"}
        ),
        entry_changed(change="suspension-lifted", deemed_on="2026-09-04"),
        entry_changed(change="suspension-lifted", to_state="suspended"),
        entry_changed(change="scheduled", reasons=[{"code": "corrected-by-other-filer", "text": "by XYZ"}]),
        entry_changed(change="bill-overdue", legal_basis={"rule": "bill-dunning", "citation": "CSMS 18-000234"}),
        entry_changed(interest_usd="1.00", bill_number="B01", bill_due_on="2026-04-05", **MONEY),
        entry_changed(change="reliquidated", kind="refund", bill_number="B02", bill_due_on="2026-04-05"),
        entry_changed(missing="payee-kind", **MONEY),
        *(entry_changed(refund_number="R01", refund_state=state, **MONEY) for state in REFUND_STATES[:2]),
        protest_changed(),
        *(protest_decided(act) for act in PROTEST_ACTS),
        request_issued("CBP-28"),
        request_issued("CBP-29"),
        *(request_changed("CBP-28", change) for change in ("reminded", "extended", "overdue", "withdrawn")),
        *(request_changed("CBP-29", change) for change in ("taken", "withdrawn")),
        *(work_act(process, act, recorded_of(process, act)) for process, act in BY_ACT),
        account_assigned(),
        broadcast_issued(),
        appeal_decided("upheld"),
        appeal_decided("reassigned"),
        event_refused(),
        event_refused(is_barred=True),
        recorded("liquidation/day-comes-near"),
        *(
            recorded(f"liquidation/payment-{name}")
            for name in ("closed", "closed-waiting", "set-off-intended", "sent", "returned")
        ),
        recorded("liquidation/declaration-of-an-importer"),
        recorded("liquidation/declaration-of-who-cannot-be-paid"),
    ]
    off = WebhookOff("8f0c", 1, "07-345678900", "receiver.example", "It answered 410 Gone.", date(2026, 3, 6))
    caused = [notice for act in (*map(act_of, events), off) if act for notice in notices_for(act)]
    return [*caused, *notices_of_news()]


def notices_of_news() -> list[Notice]:
    """The notices of broadcasts to an importer and a filer, of guidance and the directory, and of questions."""
    bulletin, correction = broadcast_of("bulletin"), broadcast_of("bulletin", corrects=NO_ONE)
    told = ((bulletin, "07-345678900", "N-33"), (bulletin, "filer:B76", "N-33"), (correction, "filer:B76", "N-33"))
    news = ((broadcast_of("guidance"), "07-345678900", "N-47"), (broadcast_of("directory"), "filer:B76", "N-47"))
    asked = question_of("published")
    return [
        *(notice_of_broadcast(each, recipient, kind, (), AT) for each, recipient, kind in (*told, *news)),
        *(notice_of_question(asked, case, "07-345678900", [], AT) for case in (None, "refused", "merged", "withdrawn")),
    ]


def recorded_of(process: str, act: str) -> dict[str, str]:
    """What an act may record: a day by which the party's time can be counted, and a word for all else."""
    row = BY_ACT[process, act]
    counted = {row.term.field: "2026-03-20"} if row.term is not None else {}
    return dict.fromkeys(row.tells, "SYNTHETIC") | counted


def test_the_catalogue_has_every_row() -> None:
    numbers = set(range(1, 50))
    assert set(CATALOGUE) == {f"N-{number:02}" for number in numbers}


def test_every_kind_can_be_caused_and_every_cause_is_catalogued() -> None:
    assert {notice.kind for notice in notices_of_everything()} == set(CATALOGUE)


def test_every_case_of_a_kind_can_be_caused() -> None:
    caused = {(notice.kind, notice.variant) for notice in notices_of_everything()}
    assert caused == {(kind.id, case) for kind in CATALOGUE.values() for case in (None, *kind.variants)}


def test_the_words_are_those_of_what_liquidation_says() -> None:
    assert set(CHANGES) | {"refund-changed", "scheduled"} <= set(get_args(EntryChange))
    assert set(get_args(RefundState)) == set(REFUND_STATES)
    assert set(PROTEST_ACTS) <= set(get_args(ActKind))
    lacks = {*get_args(Missing), *get_args(Lack)}
    for lack in lacks:
        (notice,) = notices_for(act_of(entry_changed(change="refund-changed", refund_state="ready", missing=lack)))  # type: ignore[arg-type]
        assert dict(told(notice))["Missing"] != lack


def told(notice: Notice) -> list[tuple[str, str]]:
    return facts_of(
        kind=notice.kind,
        entry_numbers=notice.entry_numbers,
        importer_number=notice.importer_number,
        center=notice.center,
        issued_on=notice.issued_on,
        due_on=notice.due_on,
        body=notice.body,
    )


def test_every_due_day_is_named_for_what_it_is() -> None:
    for notice in notices_of_everything():
        if notice.due_on is not None:
            assert "Due on" not in dict(told(notice)), notice.kind


def test_only_the_denial_of_a_protest_starts_a_time_to_sue() -> None:
    effect = {case: CATALOGUE["N-17"].words(case).has_legal_effect for case in (None, *CATALOGUE["N-17"].variants)}
    assert effect == {None: True, "allowed": False, "allowed-in-part": True, "rejected": False}


def test_a_courtesy_notice_never_has_legal_effect_and_a_posting_always_has() -> None:
    for kind in CATALOGUE.values():
        assert kind.routes
        if "ourtesy" in kind.name:
            assert not kind.has_legal_effect
        if POSTING in kind.routes:
            # What has no effect in law has none with or without the notice that says so.
            assert kind.has_legal_effect == (kind.id != "N-39")
            assert kind.is_for_surety


def test_the_official_notice_of_liquidation_is_on_the_bulletin_only() -> None:
    assert CATALOGUE["N-13"].routes == (POSTING,)
    assert CATALOGUE["N-09"].routes == (EMAIL,)


def test_every_kind_says_what_it_is_and_what_happens_if_nothing_is_done() -> None:
    for identifier, kind in CATALOGUE.items():
        assert kind.id == identifier
        for case in (None, *kind.variants):
            assert kind.words(case).text.endswith(".")
            assert kind.words(case).if_nothing_is_done.endswith(".")
        assert kind.trigger
        assert kind.form
