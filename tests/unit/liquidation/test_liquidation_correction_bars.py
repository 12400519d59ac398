"""Which corrections stand, judged from the facts; and which suspensions an instruction of removal ends."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.liquidation.domain.extension import ExtensionRequest
from services.liquidation.domain.facts import EntryFacts, Origin, Version
from services.liquidation.domain.grounds import filed_grounds, join_grounds, select_lifted
from services.liquidation.domain.law import LAW
from services.liquidation.domain.record import derive
from services.liquidation.domain.suspension import Suspension

POLICY = LAW.cycle
ENTERED = date(2025, 10, 1)  # scheduled for 2026-08-14, so that corrections end on 2026-07-28


def version(number: int, filed_on: date, entry_type: str = "01", cases: tuple[str, ...] = ()) -> Version:
    origin = Origin(datetime(filed_on.year, filed_on.month, filed_on.day, 17, tzinfo=UTC), "urn:filer:B76", str(number))
    case = cases[0].partition("/")[0] if cases else None
    importer = "07-345678900"
    return Version(
        number, entry_type, importer, None, "2704", ENTERED, None, 100, 10, case, UUID(int=number), origin, cases
    )


def barred(*versions: Version, **facts: Any) -> dict[int, str]:
    return dict(derive(replace(EntryFacts(versions), **facts), POLICY, LAW).barred)


def test_correction_on_the_last_day_of_its_window_stands() -> None:
    assert barred(version(1, ENTERED), version(2, date(2026, 7, 28))) == {}


def test_correction_after_its_window_does_not_govern() -> None:
    facts = EntryFacts((version(1, ENTERED), version(2, date(2026, 7, 29))))
    record = derive(facts, POLICY, LAW)
    assert dict(record.barred) == {2: "correction-outside-window"}
    assert record.governing is not None
    assert record.governing.number == 1
    assert 2 not in record.settled


def test_extension_that_the_importer_asked_for_opens_the_window() -> None:
    late = version(2, date(2026, 12, 1))
    asked = ExtensionRequest("importer-request", 12, date(2026, 6, 1), date(2026, 5, 1))
    assert barred(version(1, ENTERED), late, extensions=(asked,), extended_months=12) == {}
    own = ExtensionRequest("information-needed", 12, date(2026, 6, 1))
    both = barred(version(1, ENTERED), late, extensions=(own,), extended_months=12)
    assert both == {2: "correction-outside-window"}


def test_extension_posted_after_the_correction_does_not_admit_it() -> None:
    asked = ExtensionRequest("importer-request", 12, date(2026, 8, 3), date(2026, 8, 1))
    found = barred(version(1, ENTERED), version(2, date(2026, 7, 30)), extensions=(asked,), extended_months=12)
    assert found == {2: "correction-outside-window"}


def test_suspension_for_a_case_keeps_the_window_open_for_types_03_only() -> None:
    case = ("A570012000/CNSYNTH123SHE",)
    late = date(2027, 3, 1)
    assert barred(version(1, ENTERED, "03", case), version(2, late, "03", case)) == {}
    found = barred(version(1, ENTERED, "01", case), version(2, late, "01", case))
    assert found == {2: "correction-outside-window"}


def test_window_closes_again_once_the_suspension_was_lifted() -> None:
    case = ("A570012000/CNSYNTH123SHE",)
    lifted = Suspension(f"adcvd-case:{case[0]}", "agency", ENTERED, date(2027, 1, 4))
    found = barred(
        version(1, ENTERED, "03", case),
        version(2, date(2027, 1, 3), "03", case),
        version(3, date(2027, 1, 5), "03", case),
        suspensions=(lifted,),
    )
    assert found == {3: "correction-outside-window"}


def test_correction_cannot_move_the_entry_to_another_port() -> None:
    moved = replace(version(2, date(2026, 1, 5)), port_of_entry="1101")
    assert barred(version(1, ENTERED), moved) == {2: "correction-changes-port"}


def test_correction_cannot_change_the_reconciliation_flag() -> None:
    flagged = replace(version(2, ENTERED), is_flagged=True)
    assert barred(version(1, ENTERED), flagged) == {2: "correction-changes-reconciliation-flag"}
    assert barred(replace(version(1, ENTERED), is_flagged=True), flagged) == {}


def test_removal_by_maker_leaves_the_lines_of_other_makers_suspended() -> None:
    filed = filed_grounds(version(1, ENTERED, "03", ("A570012000/A", "A570012000/B")))
    chosen = select_lifted(filed, "adcvd-case", None, ["A570012000"], ["A"])
    assert [each.ground for each in chosen] == ["adcvd-case:A570012000/A"]


def test_removal_of_an_injunction_names_its_matter() -> None:
    standing = [Suspension("injunction:24-1", "court", ENTERED), Suspension("injunction:24-2", "court", ENTERED)]
    assert select_lifted(standing, "injunction", "24-2", [], []) == (standing[1],)


def test_recorded_end_of_a_filed_ground_counts() -> None:
    case = "A570012000/A"
    ended = Suspension(f"adcvd-case:{case}", "agency", ENTERED, date(2026, 1, 5))
    assert join_grounds(version(1, ENTERED, "03", (case,)), [ended]) == (ended,)
