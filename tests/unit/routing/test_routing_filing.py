"""Where post-entry filings go, from where they were forwarded, and until when CBP must act."""

from datetime import date
from typing import Any, get_args

import pytest

from services.routing.domain.facts import Account
from services.routing.domain.filings import (
    FilingFacts,
    FilingRoute,
    Kind,
    center_of_goods,
    read_answered_request,
    route_filing,
)
from shared.contracts.post_entry import FilingKind
from shared.customs.tariff_map import TariffMap, TariffMapRow

RECEIVED = date(2026, 3, 2)
OPEN = {"CEE007": "CEE007", "CEE005": "CEE005", "CEE099": "CEE007", "CEE098": None}


def account(center: str | None = "CEE007", *, is_broker: bool = False) -> Account:
    return Account(
        importer_number="07-345678900",
        name="SYNTHETIC",
        center=center,
        assigned_on=date(2025, 1, 1) if center else None,
        assignment_basis="registered" if center else "unaligned",
        trusted_programs=(),
        is_broker=is_broker,
        family=None,
        size="small",
        registered_on=None,
        is_in_good_standing=True,
        revision=1,
        assignment=1 if center else None,
    )


def route(kind: Kind, whose: Account | None = None, on: date = RECEIVED, **body: Any) -> FilingRoute:
    return route_filing(FilingFacts(kind, on, body), whose, OPEN)


def clocks(kind: Kind, **body: Any) -> list[tuple[str, str, str]]:
    return [(clock.rule, clock.due_on.isoformat(), clock.evidence) for clock in route(kind, account(), **body).clocks]


def codes(routed: FilingRoute) -> list[str]:
    return [reason.code for reason in routed.reasons]


def test_every_kind_of_the_contract_is_routed() -> None:
    assert set(get_args(Kind)) == {kind.value for kind in FilingKind}


@pytest.mark.parametrize("kind", get_args(Kind))
def test_filing_of_an_assigned_importer_goes_to_its_center_with_authority_and_reasons(kind: Kind) -> None:
    routed = route(kind, account())
    assert (routed.center, routed.basis, routed.process) == ("CEE007", "account", kind)
    assert routed.authority
    assert routed.reasons[0].code == "center-by-account"
    assert all(clock.rule and clock.citation and clock.what for clock in routed.clocks)


@pytest.mark.parametrize("kind", get_args(Kind))
@pytest.mark.parametrize("whose", [None, account(None)])
def test_filing_of_an_unaligned_importer_waits_or_goes_where_the_law_says(kind: Kind, whose: Account | None) -> None:
    basis = {"drawback-claim": "drawback-office", "reconciliation": "port", "petition": "port"}.get(kind, "pending")
    assert (route(kind, whose).center, route(kind, whose).basis) == ("PNDING", basis)


def test_brokers_own_drawback_claim_is_not_aligned_to_a_center() -> None:
    assert route("drawback-claim", account(is_broker=True)).basis == "drawback-office"
    assert route("protest", account(is_broker=True)).basis == "account"


def test_closed_center_gives_the_filing_to_its_successor() -> None:
    routed = route("protest", account("CEE099"))
    assert (routed.center, routed.reasons[0].code) == ("CEE007", "center-closed")
    assert route("protest", account("CEE098")).center == "PNDING"


def test_petition_is_worked_by_enforcement_and_all_else_by_validation() -> None:
    assert route("petition").division == "enforcement"
    assert {route(kind).division for kind in get_args(Kind) if kind != "petition"} == {"validation-and-compliance"}


def test_paper_handed_in_at_a_port_or_another_center_is_forwarded() -> None:
    at_port = route("protest", account(), filed_with="2704")
    assert (at_port.forwarded_from, "forwarded" in codes(at_port)) == ("port 2704", True)
    assert route("protest", account(), filed_with="CEE005").forwarded_from == "CEE005"
    assert route("protest", account(), filed_with="CEE007").forwarded_from is None
    assert route("protest", account()).forwarded_from is None


def test_forwarding_moves_no_clock() -> None:
    assert route("protest", account(), filed_with="2704").clocks == route("protest", account()).clocks


def test_paper_waits_where_it_is_while_no_center_is_known() -> None:
    routed = route("protest", None, filed_with="2704")
    assert (routed.forwarded_from, codes(routed)[1]) == (None, "forwarding-waits")


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("petition", ["2704", "FPF"], ["CEE007"]),
        ("center-appeal", ["OFO"], ["CEE007", "2704"]),
        ("drawback-claim", ["DRAWBACK", "CEE007"], ["2704"]),
        ("prior-disclosure", ["FPF", "CEE007"], ["2704", "CEE005"]),
    ],
)
def test_some_kinds_belong_elsewhere_than_the_center(kind: Kind, right: list[str], wrong: list[str]) -> None:
    assert [route(kind, account(), filed_with=place).forwarded_from for place in right] == [None] * len(right)
    assert all(route(kind, account(), filed_with=place).forwarded_from for place in wrong)


def test_reconciliation_of_an_unaligned_importer_is_right_at_the_port() -> None:
    assert route("reconciliation", None, filed_with="2704").forwarded_from is None
    assert route("reconciliation", None, filed_with="CEE005").forwarded_from == "CEE005"


def test_place_that_is_no_text_says_nothing() -> None:
    assert route("protest", account(), filed_with=2704).forwarded_from is None


def test_protest_is_to_be_decided_within_two_years() -> None:
    """protest-decide-2y [S], 19 USC 1515(a)."""
    assert clocks("protest") == [("protest-decide-2y", "2028-03-02", "S")]


def test_protest_against_exclusion_is_deemed_denied_on_day_30() -> None:
    """protest-exclusion-30 [S], 19 CFR 174.21(b), 19 USC 1499(c)(5)."""
    assert ("protest-exclusion-30", "2026-04-01", "S") in clocks("protest", against_exclusion=True)
    assert len(clocks("protest", against_exclusion="yes")) == 1


def test_accelerated_disposition_runs_from_the_mailing_of_the_request() -> None:
    """protest-accel-30 [P], 19 USC 1515(b), 19 CFR 174.22(c)-(d)."""
    assert ("protest-accel-30", "2026-03-31", "P") in clocks("protest", accelerated_requested_on="2026-03-01")
    routed = route("protest", account(), accelerated_requested_on="soon")
    assert "clock-unknown" in codes(routed)
    assert [clock.rule for clock in routed.clocks] == ["protest-decide-2y"]


def test_further_review_is_forwarded_by_an_uncertain_day() -> None:
    """afr-forward [U], 19 CFR 174.26."""
    assert ("afr-forward", "2026-05-01", "U") in clocks("protest", further_review=True)


def test_incomplete_disclosure_is_completed_in_30_days_and_an_oral_one_confirmed_in_10() -> None:
    """pd-unknown-data [M], pd-oral-confirm [S], 19 CFR 162.74."""
    assert clocks("prior-disclosure") == [("pd-unknown-data", "2026-04-01", "M")]
    assert clocks("prior-disclosure", is_complete=True, is_oral=True) == [("pd-oral-confirm", "2026-03-12", "S")]


def test_reconciliation_runs_from_the_earlier_of_filed_and_due() -> None:
    """liq-1yr-recon [S], 19 USC 1504(a)(1)(D)."""
    assert clocks("reconciliation") == [("liq-1yr-recon", "2027-03-02", "S")]
    assert clocks("reconciliation", due_on="2026-01-31") == [("liq-1yr-recon", "2027-01-31", "S")]
    assert clocks("reconciliation", due_on="2026-05-01") == [("liq-1yr-recon", "2027-03-02", "S")]


def test_drawback_claim_runs_one_year_with_an_effect_under_appeal() -> None:
    """liq-1yr-drawback [S, U on appeal], 19 USC 1504(a)(2)(A)."""
    assert clocks("drawback-claim") == [("liq-1yr-drawback", "2027-03-02", "U")]


def test_extension_is_posted_before_the_period_ends() -> None:
    """ext-notice, ext-request-late [S], 19 CFR 159.12."""
    assert clocks("extension-request", period_ends_on="2026-06-01") == [("ext-notice", "2026-06-01", "S")]
    late = route("extension-request", account(), period_ends_on="2026-03-01")
    assert "after that" in next(reason.text for reason in late.reasons if reason.code == "time-to-file")
    assert "clock-unknown" in codes(route("extension-request", account()))


@pytest.mark.parametrize(
    ("notice", "mailed", "last"),
    [
        ("penalty", "2026-01-01", "2026-03-02"),
        ("seizure", "2026-01-31", "2026-03-02"),
        ("liquidated-damages", "2026-01-01", "2026-03-02"),
    ],
)
def test_petition_could_be_filed_until_its_day(notice: str, mailed: str, last: str) -> None:
    """penalty-petition, seizure-petition [S], ld-petition [M]: 60, 30 and 60 days from mailing."""
    routed = route("petition", account(), notice_kind=notice, notice_mailed_on=mailed)
    (said,) = [reason.text for reason in routed.reasons if reason.code == "time-to-file"]
    assert last in said
    assert "in time" in said
    assert routed.clocks == ()


def test_preference_claim_is_made_within_a_year_of_importation() -> None:
    """claim-1520d [S], 19 USC 1520(d): the anniversary counts."""
    routed = route("preference-claim", account(), imported_on="2025-03-02")
    (said,) = [reason.text for reason in routed.reasons if reason.code == "time-to-file"]
    assert "in time" in said
    assert routed.clocks == ()


@pytest.mark.parametrize("kind", ["internal-advice", "response", "center-appeal"])
def test_kinds_without_a_period_say_so(kind: Kind) -> None:
    routed = route(kind, account())
    assert (routed.clocks, codes(routed)[-1]) == ((), "no-clock")


@pytest.mark.parametrize("given", ["9999-12-31", "0001-01-01", "2026-02-30", 20260302, None, ["2026-03-02"]])
def test_day_that_cannot_be_reckoned_with_is_unknown(given: Any) -> None:
    for kind, field in (
        ("preference-claim", "imported_on"),
        ("extension-request", "period_ends_on"),
        ("reconciliation", "due_on"),
    ):
        routed = route(kind, account(), **{field: given})  # type: ignore[arg-type]
        assert "clock-unknown" in codes(routed)


@pytest.mark.parametrize(
    ("named", "read"),
    [
        (" b1a5c0f2-9c6d-5e0b-8a53-6c9d2f1e7a10 ", "b1a5c0f2-9c6d-5e0b-8a53-6c9d2f1e7a10"),
        ("Form 28 of May", "Form 28 of May"),
        ("", None),
        ("  ", None),
        ("x" * 65, None),
        (28, None),
        (None, None),
    ],
)
def test_request_that_is_answered_is_read_as_it_is_written(named: Any, read: str | None) -> None:
    assert read_answered_request({"answers_request": named}) == read
    assert read_answered_request({}) is None


TARIFF_MAP = TariffMap(
    TariffMapRow(prefix, prefix, center, "", "high", "")
    for prefix, center in (("8471", "CEE001"), ("8703", "CEE003"), ("61", "CEE099"), ("62", "CEE098"))
)


@pytest.mark.parametrize(
    ("goods", "center"),
    [
        ([{"hts": "8703230170", "value_usd": 1}, {"hts": "8703.23"}, {"hts": "8471300100", "value_usd": 9}], "CEE001"),
        ([{"hts": "8703230170"}, {"hts": "87032301"}, {"hts": "8471300100", "value_usd": 9}], "CEE003"),
        ([{"hts": "8703230170", "value_usd": -9}, {"hts": "8471300100", "value_usd": True}], "CEE001"),
        ([{"hts": "8703230170", "value_usd": 9}, {"hts": "8471300100", "value_usd": 9}], "CEE001"),
        ([{"hts": "6109100012"}], "CEE007"),
        ([{"hts": "6203420711"}], None),
        ([{"hts": "9999999999"}], None),
        ([{"value_usd": 9}, "8471", 7, None], None),
        ("8471300100", None),
        ({"hts": "8471300100"}, None),
        (None, None),
    ],
)
def test_goods_of_a_filing_belong_to_the_open_center_with_most_of_them(goods: Any, center: str | None) -> None:
    opened = OPEN | {"CEE001": "CEE001", "CEE003": "CEE003"}
    assert center_of_goods({"goods": goods}, TARIFF_MAP, opened) == center


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "appeal-names-no-center"),
        ({"current_center": 7, "preferred_center": ["CEE010"]}, "appeal-names-no-center"),
        ({"current_center": "CEE005"}, "appeal-names-other-center"),
        ({"preferred_center": "CEE007"}, "appeal-names-own-center"),
        ({"current_center": "CEE007", "preferred_center": "CEE010"}, None),
    ],
)
def test_appeal_with_nothing_to_decide_says_so(body: dict[str, Any], code: str | None) -> None:
    flaws = [each for each in codes(route("center-appeal", account(), **body)) if each.startswith("appeal-names")]
    assert flaws == ([code] if code else [])
