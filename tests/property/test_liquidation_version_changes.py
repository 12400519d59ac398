"""Changes between two versions of a summary: none from one to itself, enough to make the second of the first."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.liquidation.domain.version_change import (
    apply_changes,
    compare_versions,
    read_content,
    sum_money,
)

HEADINGS = ("8471300100", "99038815", "98020080", "7318159000")
MONEY = st.integers(0, 100_000).map(lambda cents: f"{cents // 100}.{cents % 100:02}")
ROWS = {
    "tariffs": st.lists(
        st.fixed_dictionaries({"hts": st.sampled_from(HEADINGS), "value_usd": st.integers(0, 5), "duty_usd": MONEY}),
        min_size=1,
        max_size=5,
    ),
    "cases": st.lists(
        st.fixed_dictionaries({"case_number": st.sampled_from(["A570012000", "C570013000"]), "deposit_usd": MONEY}),
        max_size=3,
    ),
    "quantities": st.lists(
        st.fixed_dictionaries({"unit": st.sampled_from(["NO", "KG"]), "amount": st.sampled_from(["1", "2"])}),
        max_size=3,
    ),
    "fees": st.lists(
        st.fixed_dictionaries({"class_code": st.sampled_from(["499", "501"]), "amount_usd": MONEY}), max_size=3
    ),
}


def line_of(number: int) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"line_number": st.just(number), "country_of_origin": st.sampled_from(["CN", "MX"]), **ROWS},
        optional={"preference": st.sampled_from([None, "S"]), "exporter_id": st.sampled_from([None, "CNX"])},
    )


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    numbers = draw(st.lists(st.integers(1, 5), unique=True, min_size=1, max_size=4))
    header = draw(
        st.fixed_dictionaries(
            {
                "entry_number": st.just("B7603245278"),
                "version": st.integers(1, 3),
                "importer_number": st.sampled_from(["07-345678900", "12-345678900"]),
                "reconciliation_issues": st.lists(st.sampled_from(["value", "FTA"]), max_size=2),
            },
            optional={
                "paid_on": st.sampled_from([None, "2026-03-12"]),
                "reasons": st.just(["H06"]),
            },
        )
    )
    return header | {"lines": [draw(line_of(number)) for number in numbers]}


@given(bodies())
def test_version_has_no_changes_from_itself(body: dict[str, Any]) -> None:
    changes = compare_versions(body, body)
    assert changes.is_empty
    assert not changes.money


@given(bodies(), bodies())
def test_changes_make_the_second_version_out_of_the_first(first: dict[str, Any], second: dict[str, Any]) -> None:
    changes = compare_versions(first, second)
    assert apply_changes(first, changes) == read_content(second)
    assert changes.is_empty == (read_content(first) == read_content(second))


@given(bodies(), bodies())
def test_changes_back_take_back_the_money(first: dict[str, Any], second: dict[str, Any]) -> None:
    there, back = compare_versions(first, second), compare_versions(second, first)
    assert {code: -cents for code, cents in there.money.items()} == dict(back.money)
    before, after = sum_money(first), sum_money(second)
    assert all(after.get(code, 0) - before.get(code, 0) == cents for code, cents in there.money.items())


@given(bodies())
def test_what_is_absent_and_what_is_null_say_the_same(body: dict[str, Any]) -> None:
    told = body | {"paid_on": body.get("paid_on"), "mode_of_transport": None, "reconciliation_issues": None}
    told["reconciliation_issues"] = body["reconciliation_issues"] or None
    assert compare_versions(body, told).is_empty


def test_changed_duty_and_dropped_line_are_told_by_row_and_class() -> None:
    first = {
        "entry_number": "B7603245278",
        "version": 1,
        "lines": [
            {
                "line_number": 1,
                "country_of_origin": "CN",
                "tariffs": [
                    {"hts": "8471300100", "value_usd": 125000, "duty_usd": "0.00"},
                    {"hts": "99038815", "value_usd": 0, "duty_usd": "9375.00"},
                ],
            },
            {
                "line_number": 2,
                "country_of_origin": "CN",
                "tariffs": [{"hts": "7318159000", "value_usd": 10, "duty_usd": "1.00"}],
                "fees": [{"class_code": "499", "amount_usd": "33.58"}],
            },
        ],
    }
    kept = first["lines"][0]
    second = {
        "entry_number": "B7603245278",
        "version": 2,
        "lines": [kept | {"country_of_origin": "MX", "tariffs": kept["tariffs"][:1]}],
    }
    found = compare_versions(first, second)
    (line,) = found.changed
    assert [(each.field, each.before, each.after) for each in line.fields] == [("country_of_origin", "CN", "MX")]
    (row,) = line.rows
    assert (row.rows, row.key, row.before_at, row.after) == ("tariffs", "99038815", 1, None)
    assert [each["line_number"] for each in found.dropped] == [2]
    assert dict(found.money) == {"additional-duty": -937500, "duty": -100, "499": -3358}
