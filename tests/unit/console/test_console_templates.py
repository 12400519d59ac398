"""Pages as their templates write them, where what is shown decides which links they have."""

import re
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.console.acts.calls import Panel, Person, Services, Silent, Times
from services.console.acts.reads import Account, Deadlines, Entries, Items, Radar, RadarEntries
from services.console.api.frame import Visitor, build_templates

TEMPLATES = Path(__file__).resolve().parents[3] / "services" / "console" / "templates"
SILENT: Panel[Any] = Panel("routing", silent=Silent("routing", None))
OFFICER = Visitor(
    Person(Services({}, Times(*(1.0 for _ in fields(Times)))), None), "session", "kim", "Kim", ("import-specialist",)
)


def links_of(template: str, **content: Any) -> list[str]:
    """Where the links of a page lead, but those of its frame."""
    text = (
        build_templates()
        .get_template(template)
        .render(
            who=OFFICER,
            path="/",
            navigation=[],
            today=date(2026, 3, 6),
            now=datetime(2026, 3, 6, tzinfo=UTC),
            is_official=False,
            is_development=False,
            form_key=lambda: "key",
            **content,
        )
    )
    return re.findall(r'<a [^>]*href="([^"]+)"', text.partition("<main")[2].partition("</main")[0])


@pytest.mark.parametrize(
    ("shown", "links"),
    [
        (
            "07-544500400",
            [
                "/centers/CEE003",
                "/accounts/07-544500400/days.ics",
                "/queue?center=&amp;importer=07-544500400",
                "/accounts/07-544500400/entries.csv?state=running",
                "?state=running#entries",
                "?state=running&amp;after=cursor#entries",
            ],
        ),
        ("***-**-9749", ["/centers/CEE003", "?state=running#entries", "?state=running&amp;after=cursor#entries"]),
    ],
)
def test_an_account_whose_number_is_hidden_has_no_link_that_leads_nowhere(shown: str, links: list[str]) -> None:
    account = Account(
        importer_number=shown,
        name="A",
        size="small",
        is_broker=False,
        family=None,
        programs_in_force=[],
        center="CEE003",
        basis=None,
        effective_on=date(2026, 1, 2),
    )
    found = links_of(
        "account.html",
        account=account,
        assignment=SILENT,
        notices=SILENT,
        days=Panel("liquidation", value=Deadlines(items=[])),
        items=Panel("workqueue", value=Items(items=[], next="/items?after=more")),
        entries=Panel("liquidation", value=Entries(items=[], next="/entries?after=cursor")),
        entries_more="cursor",
        names={},
        protests=SILENT,
        bills=SILENT,
        refunds=SILENT,
        states={"running": ("not liquidated yet", ())},
        state="running",
    )
    assert [link for link in found if link] == links  # the empty ones try again


def test_the_entries_of_a_cell_of_the_radar_go_on() -> None:
    found = links_of(
        "radar.html",
        radar=Radar(date=date(2026, 3, 6), clock_unknown=0, deemed_cases_open=0, counts=[]),
        horizons={"60": "31 to 60 days"},
        causes=[],
        counts={},
        chosen=Panel("liquidation", value=RadarEntries(items=[], next="/radar/entries?after=cursor")),
        more="cursor",
        horizon="60",
        cause="extension-needed",
        center="CEE003",
        every=["CEE003"],
        found=set(),
        drafts=SILENT,
        cases=SILENT,
        unknown=SILENT,
    )
    cell = "horizon=60&amp;cause=extension-needed"
    assert [link for link in found if link] == [
        f"/radar.csv?center=CEE003&amp;{cell}",
        f"/radar?center=CEE003&amp;{cell}&amp;after=cursor#cell",
    ]


@pytest.mark.parametrize("template", ["entry.html", "item.html"])
def test_no_page_asks_for_a_version_before_the_first(template: str) -> None:
    """A template that names what is not there fails, and `loop.previtem` of the first is not there."""
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    assert "previtem" in text
    assert "{% if loop.previtem" not in text


def test_head_says_for_whom_somebody_acts() -> None:
    def head_of(who: Visitor) -> str:
        templates = build_templates()
        frame = {"path": "/", "navigation": [], "today": date(2026, 3, 6), "now": datetime(2026, 3, 6, tzinfo=UTC)}
        text = templates.get_template("message.html").render(
            who=who, is_official=False, is_development=False, form_key=lambda: "key", title="T", text="t", **frame
        )
        return text.partition("<header")[2].partition("</header>")[0]

    assert "Kim, acting for lee" in head_of(replace(OFFICER, acting_for="lee"))
    assert "acting for" not in head_of(OFFICER)
