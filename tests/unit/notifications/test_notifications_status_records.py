"""Status records say in the codes of CATAIR UC what the Center did; the expected codes are those of the code table."""

from typing import Any

import pytest

from services.notifications.domain.notices import notices_for
from services.notifications.domain.status_records import DISPOSITIONS, StatusRecord, status_record_of
from services.notifications.handlers.handler import act_of
from shared.contracts.envelope import Event
from tests.unit.notifications.events import entry_changed, event_refused, work_act

UC_DISPOSITIONS = set("123456") | set("8CDEPQR")
"""Code table A.1. Disposition 7 and 9 are not in it any more."""


def record_of(event: Event[Any]) -> StatusRecord | None:
    (notice,) = notices_for(act_of(event))  # type: ignore[arg-type]
    return status_record_of(notice.kind, notice.variant, notice.body)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (work_act("entry-summary-review", "reject", {"reject_reason": "003"}), ("4", "003", "1")),
        (work_act("post-summary-correction", "reject", {"reject_reason": "998"}), ("4", "998", "1")),
        (work_act("post-summary-correction", "revert", {"reject_reason": "002"}), ("R", "002", "1")),
        (work_act("reconciliation", "reject", {"uc_reason": "023", "extended_until": "2026-05-01"}), ("4", "023", "1")),
        (work_act("entry-summary-review", "request-documents", {"documents": "1"}), ("1", None, "1")),
        (work_act("entry-summary-review", "request-documents", {"documents": "3"}), ("3", None, "1")),
        (work_act("entry-summary-review", "inactivate"), ("5", None, "1")),
        (work_act("entry-summary-review", "cancel"), ("6", None, "1")),
        (work_act("quota", "report-filled"), ("Q", "Q03", "1")),
        (work_act("admissibility-advice", "record-detention-notice"), ("D", None, "1")),
        (work_act("admissibility-advice", "follow-with-release"), ("C", None, "1")),
        (work_act("tib-extension", "deny", {"leave_by": "2026-04-30"}), ("E", None, "1")),
        (
            entry_changed(change="scheduled", reasons=[{"code": "corrected-by-other-filer", "text": "by XYZ"}]),
            ("8", None, "2"),
        ),
    ],
)
def test_what_the_center_did_is_said_by_its_disposition_reason_and_source(
    event: Event[Any], expected: tuple[str, str | None, str]
) -> None:
    assert record_of(event) == StatusRecord(*expected)


@pytest.mark.parametrize(
    "event",
    [
        entry_changed(change="extended"),
        event_refused(),
        work_act("ad-cvd", "request-certificate"),
        work_act("quota", "report-licence"),
        work_act("entry-summary-review", "request-documents", {"documents": "an invoice"}),
    ],
)
def test_what_the_code_table_has_no_code_for_is_not_said_in_codes(event: Event[Any]) -> None:
    record = record_of(event)
    assert record is None or record.disposition in UC_DISPOSITIONS
    assert record is None


def test_every_disposition_is_one_of_the_code_table() -> None:
    assert set(DISPOSITIONS) == UC_DISPOSITIONS - {"P"}
