"""Rules of days gone by stay as they were, whatever maps and Centers are announced later."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.directory import Action, Change, build_directory, check_change
from services.routing.domain.policies import DEFAULT_VERSION, shipped_policies
from services.routing.domain.rulebook import Dated, RuleBook
from services.routing.domain.selection import first_criteria
from shared.customs.centers import centers
from shared.customs.tariff_map import TariffMap, TariffMapRow, default_tariff_map

START = date(2026, 1, 1)
CODES = sorted(centers())
ACTIONS: tuple[Action, ...] = ("open", "close", "stay-open")
HEADINGS = ("0101", "2710", "6109", "8471", "8541", "9403")

days = st.integers(0, 400).map(lambda count: START + timedelta(days=count))


@st.composite
def maps(draw: st.DrawFn) -> list[Dated[TariffMap]]:
    """Versions with their first days, in the order of publication; some begin on the same day."""
    published = [Dated(date.min, default_tariff_map())]
    for number in range(draw(st.integers(0, 5))):
        rows = [
            TariffMapRow(heading, heading, draw(st.sampled_from(CODES)), "test", "high", "") for heading in HEADINGS
        ]
        published.append(Dated(draw(days), TariffMap(rows, f"v{number}")))
    return published


def rules_of(tariff_maps: list[Dated[TariffMap]], changes: list[Change]) -> RuleBook:
    return RuleBook(
        tariff_maps,
        [Dated(date.min, first_criteria(100))],
        [Dated(date.min, shipped_policies()[DEFAULT_VERSION])],
        build_directory(changes),
    )


def answers(book: RuleBook, on: date) -> list[str | None]:
    rules = book.on(on)
    mapped = [rules.tariff_map.center_for(heading) for heading in HEADINGS]
    return [*mapped, *(rules.open_centers.get(code) for code in mapped if code is not None)]


@given(maps(), days, st.data())
def test_map_published_for_a_later_day_leaves_every_earlier_day_as_it_was(
    published: list[Dated[TariffMap]], today: date, data: st.DataObject
) -> None:
    asked = data.draw(st.lists(days.map(lambda day: min(day, today)), min_size=1, max_size=10))
    effective_on = today + timedelta(days=data.draw(st.integers(1, 60)))
    new = TariffMap([TariffMapRow(item, item, "CEE011", "test", "high", "") for item in HEADINGS], "new")
    before, after = rules_of(published, []), rules_of([*published, Dated(effective_on, new)], [])
    assert [answers(after, day) for day in asked] == [answers(before, day) for day in asked]
    assert after.on(effective_on).tariff_map is new


@given(st.data())
def test_change_of_the_directory_that_is_let_pass_leaves_every_earlier_day_as_it_was(data: st.DataObject) -> None:
    changes: list[Change] = []
    today = START
    for number in range(data.draw(st.integers(1, 12))):
        today += timedelta(days=data.draw(st.integers(0, 20)))
        code = data.draw(st.sampled_from([*CODES, "CEE011", "CEE012"]))
        action: Action = data.draw(st.sampled_from(ACTIONS))
        details: dict[str, str] = {
            "open": {"name": "X", "numeric_code": f"{100 + number}", "office_city": "Denver", "state": "CO"},
            "close": {"successor": data.draw(st.sampled_from([*CODES, "CEE011", "CEE012"]))},
            "stay-open": {},
        }[action]
        wanted = Change("center", code, code, action, today + timedelta(days=data.draw(st.integers(0, 20))), details)
        if check_change(wanted, changes, today) is not None:
            continue
        before = build_directory(changes)
        changes.append(wanted)
        after = build_directory(changes)
        for back in range(0, 60, 7):
            day = today - timedelta(days=back)
            known = before.open_centers(day)
            assert {code: center for code, center in after.open_centers(day).items() if code in known} == known
        for day in after.days_of_change():
            assert all(after.open_center(item, day) for item in CODES), (
                "the work of a Center always has somewhere to go"
            )
