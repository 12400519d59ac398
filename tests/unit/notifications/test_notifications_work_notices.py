"""The table of acts that cause a notice is that of the processes of the work queue, act by act and clock by clock."""

from datetime import date

import pytest

from services.notifications.domain.notices import notices_for
from services.notifications.domain.recipients import PROCESS_OF_KIND
from services.notifications.domain.work_notices import BY_ACT, TOLD_ELSEWHERE, WORK_NOTICES, Term
from services.notifications.handlers.handler import act_of
from services.workqueue.domain.processes.shape import Clock
from services.workqueue.domain.processes.table import PROCESSES
from shared.customs.parties import EVERY_PROCESS
from tests.unit.notifications.events import (
    IMPORTER,
    appeal_decided,
    broadcast_issued,
    event_refused,
    request_changed,
    work_act,
)


def test_every_act_that_says_that_it_causes_a_notice_does_or_is_told_by_what_it_follows() -> None:
    untold = {
        (process.code, act.code, kind)
        for process in PROCESSES.values()
        for act in process.acts
        for kind in act.tells
        if ((row := BY_ACT.get((process.code, act.code))) is None or row.kind != kind) and kind not in TOLD_ELSEWHERE
    }
    assert untold == set()


def test_every_row_is_an_act_of_the_work_queue_and_tells_what_that_records() -> None:
    for row in WORK_NOTICES:
        for code in row.acts:
            act = PROCESSES[row.process].act(code)
            assert row.kind in act.tells, (row.process, code)
            recorded = {field.name for field in act.fields}
            wanted = {*([row.term.field] if row.term is not None else [])}
            assert wanted <= recorded, (row.process, code)
        every = {field.name for code in row.acts for field in PROCESSES[row.process].act(code).fields}
        assert set(row.tells) - {"reserved_quantity", "licence_status"} <= every, row


def test_the_last_day_of_a_party_is_that_of_the_clock_of_the_process() -> None:
    for row in WORK_NOTICES:
        if row.term is None:
            continue
        for code in row.acts:
            process = PROCESSES[row.process]
            started = process.act(code).starts
            clocks = [clock for clock in process.clocks if clock.code in started]
            assert any(_is_same(row.term, clock) for clock in clocks), (row.process, code)


def _is_same(term: Term, clock: Clock) -> bool:
    if term.unit == "until":
        return clock.length == 0 and clock.counts_from == term.field
    months = clock.length * 12 if clock.unit == "years" else clock.length
    unit = "months" if clock.unit == "years" else clock.unit
    return (months, unit, clock.counts_from) == (term.length, term.unit, term.field)


@pytest.mark.parametrize(
    ("process", "act", "recorded", "due_on"),
    [
        # 19 CFR 162.78(a): 30 days from the mailing; 20 March + 30 days.
        ("liquidated-damages-penalty", "issue-pre-penalty", {"pre_penalty_mailed_on": "2026-03-20"}, date(2026, 4, 19)),
        # 19 CFR 171.2(b)(2): 60 days from the mailing; a Tuesday here.
        ("liquidated-damages-penalty", "issue-penalty-notice", {"noticed_on": "2026-03-20"}, date(2026, 5, 19)),
        # Two working days from Friday 20 March are Tuesday 24 March.
        ("entry-summary-review", "reject", {"rejected_on": "2026-03-20"}, date(2026, 3, 24)),
        # 21 months from 20 March 2026.
        ("reconciliation", "watch-other", {"earliest_summary_on": "2026-03-20"}, date(2027, 12, 20)),
        ("petition", "cancel", {}, None),
    ],
)
def test_a_notice_names_the_safe_last_day(
    process: str, act: str, recorded: dict[str, str], due_on: date | None
) -> None:
    (notice,) = notices_for(act_of(work_act(process, act, recorded)))  # type: ignore[arg-type]
    assert notice.due_on == due_on


def test_what_the_table_does_not_tell_stays_in_the_center() -> None:
    recorded = {"departed_on": "2026-03-20", "difference": "time", "difference_reasons": "The port was in haste."}
    (notice,) = notices_for(act_of(work_act("admissibility-advice", "depart-with-exclude", recorded)))  # type: ignore[arg-type]
    assert notice.body["recorded"] == [["departed_on", "2026-03-20"]]
    assert "haste" not in str(notice)


def test_an_act_that_causes_no_notice_of_its_own_is_not_told() -> None:
    assert act_of(work_act("classification", "ask-party", {"questions": "What is it?"})) is None
    assert act_of(work_act("commercial-fraud", "open")) is None


def test_a_letter_is_told_of_once_and_its_party_s_own_answer_is_not() -> None:
    assert act_of(request_changed(change="issued")) is None
    assert act_of(request_changed(change="answered")) is None
    (overdue,) = notices_for(act_of(request_changed(change="overdue", actor=None)))  # type: ignore[arg-type]
    assert (overdue.kind, overdue.variant, overdue.due_on) == ("N-03", "overdue", date(2026, 4, 1))
    (taken,) = notices_for(act_of(request_changed("CBP-29", "taken")))  # type: ignore[arg-type]
    assert (taken.kind, taken.words.has_legal_effect, taken.due_on) == ("N-04", True, None)


def test_what_field_operations_decided_is_told_with_the_new_center_and_its_day() -> None:
    (upheld,) = notices_for(act_of(appeal_decided("upheld")))  # type: ignore[arg-type]
    (moved,) = notices_for(act_of(appeal_decided("reassigned")))  # type: ignore[arg-type]
    assert (upheld.kind, upheld.center, moved.variant, moved.center) == ("N-02", None, "reassigned", "CEE005")
    assert moved.body["effective_on"] == "2026-04-01"


def test_a_bulletin_of_a_center_is_told_to_each_importer_that_it_names_with_its_words_and_day() -> None:
    told = notices_for(act_of(broadcast_issued()))  # type: ignore[arg-type]
    assert [notice.importer_number for notice in told] == [IMPORTER, "08-345678900"]
    assert len({notice.subject for notice in told}) == 2
    assert {(notice.kind, notice.center, notice.body["effective_on"]) for notice in told} == {
        ("N-33", "CEE005", "2026-04-01")
    }
    assert told[0].body["recorded"][0] == ["subject", "SYNTHETIC: mill certificates"]


@pytest.mark.parametrize("act", ["decide-petition", "decide-damages-petition", "decide-supplemental"])
def test_a_petition_with_a_matter_of_its_own_is_told_by_that_and_one_on_paper_by_its_case(act: str) -> None:
    decided = {"relief": "denied", "decided_usd": "100.00", "decided_on": "2026-03-20", "pay_by": "2026-04-20"}
    (told,) = notices_for(act_of(work_act("liquidated-damages-penalty", act, decided)))  # type: ignore[arg-type]
    assert told.kind == "N-31"
    filed = decided | {"petition_number": "PET-1"}
    assert notices_for(act_of(work_act("liquidated-damages-penalty", act, filed))) == ()  # type: ignore[arg-type]
    (own,) = notices_for(act_of(work_act("petition", "decide", {"decided_on": "2026-03-20"})))  # type: ignore[arg-type]
    assert own.kind == "N-31"
    ended = {"cancelled_reasons": "No violation.", "petition_number": "PET-1"}
    assert len(notices_for(act_of(work_act("liquidated-damages-penalty", "cancel", ended)))) == 1  # type: ignore[arg-type]


def test_a_denied_extension_of_a_temporary_importation_names_the_last_day_of_the_bond() -> None:
    recorded = {"denial_reasons": "Offered for sale.", "denied_on": "2026-03-20", "leave_by": "2026-04-30"}
    (denied,) = notices_for(act_of(work_act("tib-extension", "deny", recorded)))  # type: ignore[arg-type]
    assert (denied.kind, denied.due_on, denied.words.has_legal_effect) == ("N-38", date(2026, 4, 30), False)


def test_a_refused_message_is_told_to_its_filer_alone_and_a_barred_correction_by_mail_too() -> None:
    (refused,) = notices_for(act_of(event_refused()))  # type: ignore[arg-type]
    (barred,) = notices_for(act_of(event_refused(is_barred=True)))  # type: ignore[arg-type]
    assert [(route.channel, route.recipient_role) for route in refused.routes] == [("portal", "filer")]
    assert [route.channel for route in barred.routes] == ["portal", "email"]
    assert {route.recipient_role for route in barred.routes} == {"filer"}
    assert (refused.importer_number, refused.filer_code, barred.variant) == (None, "B76", "barred")


def test_every_contact_is_asked_for_by_a_process_that_exists() -> None:
    known = {*PROCESSES, "liquidation", "payment", "account-assignment", EVERY_PROCESS}
    assert set(PROCESS_OF_KIND.values()) <= known
