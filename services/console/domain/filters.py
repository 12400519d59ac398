"""The filters of the queue as its address holds them: the names and values of the work queue, and `any`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qsl, urlencode

from services.console.domain.words import center_name, say_code, say_text

ANY: Final = "any"

FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "center": "Center",
        "process": "Process",
        "state": "State",
        "due_before": "Due before",
        "importer": "Importer",
        "entry": "Entry",
        "division": "Division",
        "kind": "Kind",
        "holder": "Holder",
        "overdue": "Past due",
        "text": "Words",
    }
)
"""Filters that have a field in the form, with its label."""

OTHERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "stage": "Stage",
        "waits_for": "Waits for",
        "assigned_to": "Offered first to",
        "filing": "Filing",
        "protest": "Protest",
        "tariff": "Tariff number",
        "priority": "Priority",
        "value_from": "Worth at least",
        "value_below": "Worth less than",
        "due_from": "Due from",
        "due_within": "Due within days",
        "opened_from": "In hand since",
        "opened_before": "In hand since before",
    }
)
"""Filters that a view or a link may have besides."""

LABELS: Final[Mapping[str, str]] = MappingProxyType({**FIELDS, **OTHERS})


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked of the queue, by name; a name with several values holds for any of them."""

    given: Mapping[str, tuple[str, ...]]

    def one(self, name: str) -> str:
        """The value of a field, several of them with spaces between; empty where nothing is asked."""
        return " ".join(self.given.get(name, ()))

    @property
    def asked(self) -> dict[str, list[str]]:
        """What the work queue is asked for: every value but `any`."""
        return {name: list(values) for name, values in self.given.items() if ANY not in values}

    @property
    def query(self) -> str:
        """The query string of the work queue's list."""
        return urlencode(self.asked, doseq=True)

    @property
    def address(self) -> str:
        """The query string of the page; that no Center is chosen is said too."""
        return urlencode({"center": "", **self.given}, doseq=True)

    @property
    def others(self) -> list[tuple[str, str, str]]:
        """What is asked for that has no field in the form: name, label and value."""
        return [(name, label, value) for name, label in OTHERS.items() for value in self.given.get(name, ())]

    @property
    def words(self) -> list[tuple[str, str]]:
        """Every filter with its label."""
        return [
            (LABELS[name], " or ".join(_say(name, value) for value in values)) for name, values in self.asked.items()
        ]


def _say(name: str, value: str) -> str:
    """A value in words, where it is a code that has some.

    >>> _say("center", "CEE003"), _say("process", "entry-summary-review"), _say("due_before", "2026-12-04")
    ('Automotive and Aerospace', 'entry summary review', '4 Dec 2026')
    """
    match name:
        case "center":
            return center_name(value)
        case "process" | "division" | "stage" | "waits_for":
            return say_code(value)
        case _:
            return say_text(value)


def read_filters(pairs: Iterable[tuple[str, str]], home: str | None) -> Filters:
    """The filters of an address: open items where no state is named, those of `home` where no Center is.

    >>> read_filters([("process", "quota"), ("state", "open claimed"), ("color", "red")], "CEE003").query
    'process=quota&state=open&state=claimed&center=CEE003'
    >>> read_filters([("center", ""), ("state", "any")], "CEE003").query
    ''
    """
    given: dict[str, tuple[str, ...]] = {}
    names = set()
    for name, text in pairs:
        names.add(name)
        values = text.split() if name == "state" else [text.strip()]
        if name in LABELS and any(values):
            given[name] = (*given.get(name, ()), *values)
    given.setdefault("state", ("open",))
    if home is not None and "center" not in names:
        given["center"] = (home,)
    return Filters(given)


def filters_of_query(query: str) -> Filters:
    """The filters of a query string of the work queue: what it leaves open stays open."""
    pairs = parse_qsl(query)
    if all(name != "state" for name, _ in pairs):
        pairs.append(("state", ANY))
    return read_filters(pairs, None)


def address_of_view(query: str) -> str:
    """The page of a view, by its query string of the work queue.

    >>> address_of_view("holder=me&state=claimed"), address_of_view("center=PNDING&overdue=true")
    ('/queue?center=&holder=me&state=claimed', '/queue?center=PNDING&overdue=true&state=any')
    """
    return f"/queue?{filters_of_query(query).address}"
