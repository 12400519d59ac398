"""Programs of mass change with entries that they reach, as pages are tried on them; who drafts, confirms, releases."""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from services.console.acts.people import find_person
from services.liquidation.api.program_models import templates
from tests.support.apis import Api
from tests.support.asgi import Call, send
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


async def release_program(api: Api, definition: Mapping[str, Any]) -> None:
    """Put a program in force: drafted by one, confirmed and released by two others."""
    at = f"/programs/{definition['program']}/revisions/1"
    body = {"definition": definition, "reason": "SYNTHETIC order of a court."}
    steps = (
        (DRAFTS, "/programs", body),
        (DRAFTS, f"{at}/trials", None),
        (CONFIRMS, f"{at}/confirmations", None),
        (RELEASES, f"{at}/releases", None),
    )
    for subject, path, content in steps:
        person = find_person(subject)
        assert person is not None
        headers = (
            (b"authorization", api.token(person.identity)),
            (b"content-type", b"application/json"),
            (b"idempotency-key", path.encode()),
            (b"if-match", b"*"),
        )
        answer = await send(
            api.app, Call("POST", path.encode(), headers, b"" if content is None else orjson.dumps(content))
        )
        assert answer.status < 300, answer.body
