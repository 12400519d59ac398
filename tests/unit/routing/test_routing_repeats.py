"""A summary that repeats one filed before is the same to routing, also when the contract has grown in between."""

from services.routing.acts.deciding import content_digest
from tests.support.events import decoded, entry_body, entry_number, line


def test_fingerprint_of_what_was_filed_before_exporters_were_reported_stays() -> None:
    of_case = line(cases=[{"case_number": "A570012000", "rate_pct": "25.00", "deposit_usd": "10.00"}])
    body = entry_body(entry_number(77), lines=[of_case, line(2, manufacturer_id=None)])
    assert content_digest(decoded("entry-filed", body).data).hex() == "828045be2588176e2af01c0b82470966"
