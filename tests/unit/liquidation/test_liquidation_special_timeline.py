"""What the timeline of a temporary importation, a flagged entry and a reconciliation shows."""

from datetime import date
from typing import Any

import pytest

from services.liquidation.domain.law import LAW
from services.liquidation.domain.special_timeline import SpecialFacts, list_special

IMPORTED, FILED = date(2026, 3, 1), date(2026, 3, 9)


def coming(code: str, **facts: Any) -> dict[str, tuple[str | None, str | None]]:
    found = list_special(SpecialFacts(code, **facts), LAW)
    return {
        each.rule: (str(each.safe), str(each.last_arguable)) if each.safe is not None else (None, None)
        for each in found
    }


@pytest.mark.parametrize(
    ("tariff_numbers", "expected"),
    [
        (("9813.00.05.20", "8471.30.0100"), {"tib-initial": ("2027-03-01", "2027-03-01")}),
        (("9813.00.75",), {"tib-short-heading": ("2026-09-01", "2026-09-01")}),
        (
            ("9813.00.75", "9813.00.05"),
            {"tib-short-heading": ("2026-09-01", "2026-09-01"), "tib-initial": ("2027-03-01", "2027-03-01")},
        ),
        ((), {"tib-initial": ("2027-03-01", "2027-03-01")}),
    ],
)
def test_temporary_importation_ends_by_its_heading(tariff_numbers: tuple[str, ...], expected: dict[str, Any]) -> None:
    assert coming("23", tariff_numbers=tariff_numbers, imported_on=IMPORTED) == expected


def test_entry_date_never_stands_in_for_the_importation() -> None:
    (found,) = list_special(SpecialFacts("23", ("9813.00.75",), summary_filed_on=FILED), LAW)
    assert (found.safe, found.inputs) == (None, {"missing": "imported_on"})


def test_flagged_entry_shows_both_readings_of_21_months_and_says_that_it_is_the_latest_day() -> None:
    (found,) = list_special(SpecialFacts("01", issues=("value",), summary_filed_on=FILED), LAW)
    assert (found.rule, str(found.safe), str(found.last_arguable)) == ("recon-other", "2027-11-29", "2027-12-09")
    assert found.what == "reconciliation due at the latest"
    assert found.inputs["summary_filed_on"] == "2026-03-09"
    assert "makes it earlier" in found.inputs["counted_from"]


def test_claim_under_an_agreement_is_reconciled_a_year_from_importation() -> None:
    assert coming("01", issues=("USMCA",), imported_on=IMPORTED) == {"recon-fta": ("2027-03-01", "2027-03-01")}
    both = coming("01", issues=("fta", "classification"), imported_on=IMPORTED)
    assert both == {"recon-other": (None, None), "recon-fta": ("2027-03-01", "2027-03-01")}


def test_reconciliation_shows_its_recorded_day_or_that_it_is_missing() -> None:
    assert coming("09", issues=("value",), summary_filed_on=FILED) == {"recon-other": (None, None)}
    due = date(2027, 6, 1)
    assert coming("09", issues=("USMCA",), reconciliation_due_on=due) == {"recon-fta": ("2027-06-01", "2027-06-01")}


def test_other_entries_have_none_of_these_clocks() -> None:
    assert coming("01", imported_on=IMPORTED, summary_filed_on=FILED) == {}
