"""What holds of every page: vendored files as named, templates without inline code, and who may send forms."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from cli.assets import MANIFESTS, differing
from services.console.acts.calls import Panel, Silent
from services.console.acts.secrets import Vault, act_key
from services.console.api.frame import form_key
from services.console.domain.comparison import compare
from services.console.domain.tracks import LEFT, RIGHT, WIDTH, Event, draw

TEMPLATES = Path(__file__).resolve().parents[3] / "services" / "console" / "templates"


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.parts[-4])
def test_vendored_files_are_those_that_the_manifest_names(manifest: Path) -> None:
    assert differing(manifest) == []


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.stem)
def test_template_has_no_inline_code_or_style(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|\son[a-z]+=|hx-on|=.js:|<style|javascript:|\|\s*safe", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


def test_form_key_is_of_its_session_and_of_no_other() -> None:
    vault = Vault("k" * 40)
    key = vault.form_key("mine")
    assert vault.is_form_key("mine", key)
    assert not vault.is_form_key("other", key)
    assert not Vault("x" * 40).is_form_key("mine", key)
    assert act_key(key, "/items/1/claim") != act_key(vault.form_key("mine"), "/items/1/claim")
    assert act_key(key, "/items/1/claim") != act_key(key, "/items/2/claim")


@pytest.mark.parametrize(("is_known", "is_kept"), [(False, True), (True, False)])
def test_form_has_the_key_that_was_sent_when_nobody_knows_whether_it_was_done(is_known: bool, is_kept: bool) -> None:
    vault = Vault("k" * 40)
    refused: Panel[None] = Panel("workqueue", silent=Silent("workqueue", None, is_known=is_known))
    sent = vault.form_key("mine")
    shown = form_key(vault, "mine", sent, refused)
    assert (shown == sent, vault.is_form_key("mine", shown)) == (is_kept, True)


def test_what_one_key_sealed_no_other_opens() -> None:
    sealed = Vault("k" * 40).seal({"token": "secret"})
    assert b"secret" not in sealed
    assert Vault("k" * 40).open(sealed) == {"token": "secret"}
    assert Vault("x" * 40).open(sealed) is None


def test_marks_stand_where_their_days_are() -> None:
    events = [
        Event(1, "release", "act", "Released", date(2026, 1, 1), None, is_done=True),
        Event(2, "liquidation", "law", "Deemed", date(2026, 12, 31), date(2027, 1, 1), is_done=False),
    ]
    picture = draw(events, date(2026, 7, 2))
    assert picture is not None
    released, safe, arguable = picture.marks
    assert (released.x, released.sign) == (LEFT, "happened")
    assert (arguable.x, arguable.sign) == (WIDTH - RIGHT, "arguable")
    assert safe.x in range(arguable.x - 4, arguable.x)
    assert abs(picture.today_x - (LEFT + WIDTH - RIGHT) // 2) <= 2
    assert [lane.label for lane in picture.lanes] == ["Release", "Liquidation"]
    assert len(picture.ticks) <= 8


def test_a_window_is_a_bar_to_its_safe_day_and_on_to_the_last_arguable_one() -> None:
    entered, safe, arguable = date(2026, 1, 1), date(2026, 7, 1), date(2026, 7, 11)
    events = [
        Event(1, "protest", "law", "Protest", safe, arguable, is_done=False, since=entered),
        Event(2, "protest", "law", "Surety", date(2026, 10, 8), None, is_done=False, since=date(2026, 4, 1)),
        Event(3, "protest", "law", "Suit", date(2026, 12, 1), None, is_done=False, since=date(2026, 11, 1)),
    ]
    picture = draw(events, date(2026, 3, 1))
    assert picture is not None
    first, second, third = picture.bars
    assert (first.x, first.number, first.more > 0) == (LEFT, 1, True)
    days = (date(2026, 12, 1) - entered).days
    per_day = (WIDTH - LEFT - RIGHT) / days
    assert abs(first.width - (safe - entered).days * per_day) <= 1
    assert abs(first.more - 10 * per_day) <= 1
    assert second.y > first.y, "they overlap"
    assert third.y == first.y, "it begins when the first is over"
    assert second.more == 0


def test_other_facts_are_a_second_line_of_each_track() -> None:
    def deemed(on: date) -> Event:
        return Event(1, "liquidation", "law", "Deemed", on, None, is_done=False)

    was, then = deemed(date(2026, 6, 1)), deemed(date(2026, 12, 1))
    picture = draw([was], date(2026, 1, 1), [then])
    assert picture is not None
    assert [lane.label for lane in picture.lanes] == ["Liquidation", ""]
    before, after = picture.marks
    assert (before.is_second, after.is_second) == (False, True)
    assert after.y > before.y
    assert after.x > before.x
    assert picture.lanes[1].y == after.y
    alone = draw([was], date(2026, 1, 1))
    assert alone is not None
    assert alone.height < picture.height


@dataclass(frozen=True)
class Day:
    what: str
    safe: date


def test_clocks_of_two_sets_of_facts_stand_beside_each_other() -> None:
    before = [Day("deemed", date(2027, 3, 2)), Day("protest", date(2026, 9, 1))]
    now = [Day("deemed", date(2027, 3, 9)), Day("bill", date(2026, 5, 1))]
    compared = {each.one.what: each for each in compare(now, before)}
    assert list(compared) == ["bill", "protest", "deemed"]  # by their days
    assert {what: each.moves for what, each in compared.items()} == {"bill": None, "protest": None, "deemed": 7}
    assert (compared["bill"].was, compared["protest"].then) == (None, None)


def test_an_entry_without_days_has_no_picture() -> None:
    assert draw([], date(2026, 7, 2)) is None
