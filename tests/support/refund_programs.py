"""Programs of mass change with entries that they reach, as pages are tried on them; who drafts, confirms, releases."""

from collections.abc import Mapping
from typing import Any, Final

from services.liquidation.api.program_models import templates
from tests.support.events import decoded, entry_body, entry_number, line

IEEPA_MODEL, GSP_MODEL, PRODUCT_MODEL = templates()
DUTY_USD: Final = "9375.00"
"""What stands under the heading of the program on each entry."""
DRAFTS, CONFIRMS, RELEASES = "omar", "dora", "tess"
"""Who of the sample people does what: nobody of them two things."""


def goods(heading: str = "99030124", duty_usd: str = DUTY_USD, **changes: Any) -> dict[str, Any]:
    """A line with a duty of chapter 99."""
    tariffs = [
        {"hts": "8471300100", "value_usd": 125_000, "duty_usd": "0.00"},
        {"hts": heading, "value_usd": 0, "duty_usd": duty_usd},
    ]
    return line(tariffs=tariffs, **changes)


def filed(importer: str, *, entered: str = "2026-02-10", **changes: Any) -> tuple[str, Any]:
    """The number of an entry that the first program reaches, and the event that files it."""
    number = changes.pop("number", None) or entry_number()
    days = {"entry_date": entered, "import_date": entered, "paid_on": entered}
    body = entry_body(number, **{"importer_number": importer, "lines": [goods()]} | days | changes)
    return number, decoded("entry-filed", body, time=f"{entered}T19:03:11Z")


def model(**changes: Any) -> Mapping[str, Any]:
    """The first program with other parts."""
    return IEEPA_MODEL | changes
