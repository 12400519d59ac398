"""Programs of mass change in words: what an order removes, from whom, by whose power, and what is only assumed.

A definition is what the service keeps of a revision, whole. As text it has a line for each part, so that a fault of a
field can be shown where the field is.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from services.console.domain.words import say_code, say_entry_type

MARKS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "k": ("recalled", "Written from memory: compare it with the source before a release."),
        "j": ("judged", "Decided by the authors of the program; no source says it."),
        "U": ("unsettled", "No source settles it, or a court has still to."),
    }
)
"""How well an assumption is known: the word for its mark, and what that means."""

INTAKES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "declared": "Importers and filers ask for their entries.",
        "automatic": "It takes all that it reaches by itself; an importer may decline.",
        "offered": "It takes and reckons all that it reaches, and each importer answers.",
    }
)
WRITERS: Final[Mapping[str, str]] = MappingProxyType(
    {"center": "the Center, by CBP's own power", "court-judgment": "a judgment of the court"}
)
DECLARERS: Final[Mapping[str, str]] = MappingProxyType(
    {"importer": "the importer of record", "filer-of-entry": "the filer of the entry"}
)
STANDINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "running": "posts on its days",
        "paused": "paused: it posts nothing on its days",
        "stayed": "stayed by an order: it posts nothing on its days, and nothing is paid",
        "ended": "ended: what it posted stands",
        "aborted": "aborted: what was not posted is withdrawn",
    }
)
"""How a program stands, once it is in force."""
_ACTS: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "pause": ("pause", "Pause it", "Why"),
        "resume": ("resume", "Let it post again", "Why"),
        "stay": (
            "stay",
            "An order stays it",
            "Which order. Its runs stop, and nothing that was certified is paid. Weekly cycles go on: a hold keeps"
            " entries out of them.",
        ),
        "stay-hold": (
            "stay-hold",
            "An order stays it, and cycles are to leave its entries out",
            "Which order. A hold set is drafted with the stay; another person applies it, until the period of an entry"
            " ends.",
        ),
        "lift": ("lift", "The stay is lifted", "By which order"),
        "end": ("end", "End it", "Why. Nothing is declared to it or posted by it any more; what it posted stands."),
        "abort": ("abort", "Abort it", "Why. It is for good: all that is not posted is withdrawn."),
    }
)
_STANDING_ACTS: Final[Mapping[str, tuple[tuple[str, str, str], ...]]] = MappingProxyType(
    {
        standing: tuple(_ACTS[act] for act in acts)
        for standing, acts in (
            ("running", ("pause", "stay", "stay-hold", "end", "abort")),
            ("paused", ("resume", "stay", "stay-hold", "end", "abort")),
            ("stayed", ("lift", "abort")),
            ("ended", ("stay", "abort")),
            ("aborted", ("stay",)),
        )
    }
)
_INTERESTS: Final[Mapping[str, str]] = MappingProxyType(
    {"1505c": "with interest by statute (19 USC 1505(c))", "none": "without interest"}
)
_SMALL: Final[Mapping[str, str]] = MappingProxyType(
    {
        "by-writer": "Less than 20 dollars is refunded where a court orders it, and else left.",
        "disregard": "Less than 20 dollars is left.",
        "refund": "Less than 20 dollars is refunded as well.",
    }
)
_WIDTH: Final = 118
"""Signs of a line in a definition as text; what is longer is written a part on each line."""
_ORDER: Final = (
    *("program", "title", "name", "field", "mark", "says", "basis", "order", "citation", "sources", "url"),
    *("assumptions", "removes", "headings", "entered_from", "entered_to", "except_removes", "goods", "origins"),
    *("tariff_prefixes", "preferences", "product", "entered", "intake", "offering", "answer_days", "silence"),
    *("money", "interest", "ordered_rate_pct", "ordered_from", "small", "fees", "base_check", "declaring", "from"),
    *("to", "max_rows", "cohorts", "when", "category", "entry_types", "suspended", "liquidated", "informal"),
    *("liquidated_days", "act", "code", "by", "after_days", "last_day", "on", "until", "importers", "excludes"),
    *("exclude_types", "corrections", "lock", "free_while_suspended", "revives", "unknown_days"),
)
"""The parts of a definition in the order in which they are read; a database gives them in another."""
_PLACE: Final = re.compile(r"\[([0-9]+)\]")


@dataclass(frozen=True, slots=True)
class CohortWords:
    """A cohort as a row of a table."""

    name: str
    who: str
    act: str
    writer: str
    opens: date | None
    until: date | None
    more: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field of a definition: the field, why, and where it stands in the text."""

    field: str
    message: str
    line: int | None
    text: str


def say_heading(text: str) -> str:
    """A tariff number, its beginning, or a range of these, with the dots of the schedule.

    >>> say_heading("99030120-99030124"), say_heading("9903.01.25"), say_heading("01-97"), say_heading("8471300100")
    ('9903.01.20 to 9903.01.24', '9903.01.25', '01 to 97', '8471.30.0100')
    """
    return " to ".join(_dotted(each) for each in text.replace(".", "").split("-"))


def _dotted(digits: str) -> str:
    if len(digits) <= 4:
        return digits
    return ".".join(part for part in (digits[:4], digits[4:6], digits[6:]) if part)


def say_days(first: str | None, last: str | None) -> str:
    """Days from one to another, both counted; a side that is open is not named.

    >>> say_days("2025-02-04", "2026-02-23"), say_days("2025-02-04", None), say_days(None, None)
    ('from 2025-02-04 to 2026-02-23', 'from 2025-02-04 on', 'on any day')
    """
    if first and last:
        return f"from {first} to {last}"
    return f"from {first} on" if first else f"until {last}" if last else "on any day"


def say_removals(definition: Mapping[str, Any]) -> list[str]:
    """The tariff numbers whose duty is removed, those with days of their own with these.

    >>> say_removals({"removes": [{"headings": "99030125", "entered_from": "2025-04-05"}, {"headings": "990302"}]})
    ['9903.01.25, entered from 2025-04-05 on', '9903.02']
    """
    return [
        say_heading(each["headings"])
        + (
            f", entered {say_days(each.get('entered_from'), each.get('entered_to'))}"
            if each.get("entered_from") or each.get("entered_to")
            else ""
        )
        for each in definition["removes"]
    ]


def say_goods(definition: Mapping[str, Any]) -> list[str]:
    """Of which goods the duty is removed; empty where of all.

    >>> say_goods({"goods": {"origins": ["CN", "HK"], "tariff_prefixes": ["8471300100"]}})
    ['made in CN, HK', 'of 8471.30.0100']
    """
    goods = definition.get("goods") or {}
    found = []
    if goods.get("origins"):
        found.append(f"made in {', '.join(goods['origins'])}")
    if goods.get("tariff_prefixes"):
        found.append(f"of {', '.join(map(say_heading, goods['tariff_prefixes']))}")
    if goods.get("preferences"):
        found.append(f"that claim preference {', '.join(goods['preferences'])}")
    if goods.get("importers"):
        found.append(f"of importers {_some(goods['importers'])}")
    if goods.get("product"):
        found.append(f"as the order describes them, which a person finds: {goods['product']}")
    return found


def say_money(definition: Mapping[str, Any]) -> str:
    """How the refund is reckoned, in sentences.

    >>> say_money({"money": {"interest": "none", "small": "refund", "base_check": "none"}})
    'Without interest. Less than 20 dollars is refunded as well. Fees stay as they were asserted.'
    """
    money = definition["money"]
    interest = _INTERESTS.get(money["interest"])
    if interest is None:
        interest = f"with simple interest of {money.get('ordered_rate_pct')} % from {money.get('ordered_from')}"
    said = [f"{interest[0].upper()}{interest[1:]}.", _SMALL[money["small"]], "Fees stay as they were asserted."]
    if money["base_check"] == "review":
        said.append("A line on which the ordinary duty may be missing goes to a person.")
    return " ".join(said)


def say_declaring(definition: Mapping[str, Any]) -> str:
    """Who may ask, and how many entries at a time.

    >>> say_declaring({"declaring": {"by": ["importer", "filer-of-entry"], "max_rows": 9999}})
    'the importer of record or the filer of the entry, up to 9,999 entries in a file'
    """
    declaring = definition["declaring"]
    return (
        f"{' or '.join(DECLARERS[each] for each in declaring['by'])}, up to {declaring['max_rows']:,} entries in a file"
    )


def say_offering(definition: Mapping[str, Any]) -> str:
    """How long an offer can be answered, and what silence means; empty where nothing is offered.

    >>> say_offering({"intake": "offered", "offering": {"answer_days": 120, "silence": "drop"}})
    'An answer is taken for 120 days; without one the refund is not made.'
    """
    if definition["intake"] != "offered":
        return ""
    offering = definition.get("offering") or {}
    days = offering.get("answer_days")
    if days is None:
        return "An answer is waited for without end."
    is_made = offering.get("silence") == "accept"
    return f"An answer is taken for {days} days; without one the refund is {'made' if is_made else 'not made'}."


def say_corrections(definition: Mapping[str, Any]) -> str:
    """Whether corrections wait while a refund is asked for.

    >>> say_corrections({"corrections": {"lock": True, "free_while_suspended": ["03"]}})
    'Corrections wait while a refund is asked for, but not of suspended entries of type 03.'
    """
    corrections = definition["corrections"]
    if not corrections["lock"]:
        return "Corrections are taken as ever."
    free = corrections.get("free_while_suspended") or ()
    but = f", but not of suspended entries of type {', '.join(free)}" if free else ""
    return f"Corrections wait while a refund is asked for{but}."


def say_cohorts(definition: Mapping[str, Any], acts: Mapping[str, str]) -> list[CohortWords]:
    """The cohorts in their order, of which the first that fits decides; `acts` are the service's words for acts."""
    return [
        CohortWords(
            each["name"],
            _say_when(each.get("when") or {}),
            acts.get(each["act"], say_code(each["act"])),
            WRITERS.get(each.get("by") or "", ""),
            _day(each.get("on")),
            _day(each.get("until")),
            _say_more(each),
        )
        for each in definition["cohorts"]
    ]


def _say_when(when: Mapping[str, Any]) -> str:
    found = []
    if when.get("category"):
        found.append(f"{say_code(when['category'])} entries")
    if when.get("entry_types"):
        found.append(f"of type {', '.join(when['entry_types'])}")
    for name, yes, no in (
        ("suspended", "suspended", "not suspended"),
        ("liquidated", "liquidated", "not liquidated"),
        ("informal", "informal", "not informal"),
    ):
        if when.get(name) is not None:
            found.append(yes if when[name] else no)
    if days := when.get("liquidated_days"):
        first, last = days
        if last is None:
            found.append(f"liquidated {first} days or more before the receipt")
        else:
            found.append(f"liquidated {first} to {last} days before the receipt")
    return ", ".join(found) or "all that are left"


def _say_more(cohort: Mapping[str, Any]) -> str:
    found = []
    if cohort.get("after_days"):
        found.append(f"{cohort['after_days']} days after the receipt")
    if cohort.get("last_day"):
        found.append(f"until day {cohort['last_day']} from the liquidation")
    if cohort.get("importers"):
        found.append(f"only importers {_some(cohort['importers'])}")
    return "; ".join(found)


def say_types(codes: Iterable[str]) -> str:
    """Entry types with their names.

    >>> say_types(["08"])
    '08 NAFTA/USMCA duty deferral'
    """
    return ", ".join(map(say_entry_type, codes))


def read_reversal(form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The body of what is to be reversed: entries on lines, or a run, or all that the program posted.

    >>> read_reversal({"entries": ["B7603245278"], "run": [""], "by": ["center"], "reason": ["Reversed."]})
    {'by': 'center', 'reason': 'Reversed.', 'entries': ['B7603245278']}
    >>> read_reversal({"by": ["court-judgment"], "reason": ["Reversed."], "is_in_suit": ["no"]})
    {'by': 'court-judgment', 'reason': 'Reversed.', 'is_in_suit': False}
    """
    names = ("entries", "run", "by", "reason", "court_ordered_on", "is_in_suit", "court_number")
    given = {name: (form.get(name) or ("",))[0].strip() for name in names}
    body: dict[str, Any] = {"by": given["by"], "reason": given["reason"]}
    if numbers := given["entries"].replace(",", " ").split():
        body["entries"] = numbers
    if given["run"]:
        body["run"] = int(given["run"]) if given["run"].isdecimal() else given["run"]
    if given["by"] == "court-judgment":
        body |= {name: given[name] for name in ("court_ordered_on", "court_number") if given[name]}
        body |= {"is_in_suit": given["is_in_suit"] == "yes"} if given["is_in_suit"] else {}
    return body


def read_request(form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Which request to reverse a form is about.

    >>> read_request({"request": ["2"]}), read_request({"request": ["x"]})
    ({'request': 2}, {'request': 'x'})
    """
    given = (form.get("request") or ("",))[0].strip()
    return {"request": int(given) if given.isdecimal() else given}


def _some(values: Sequence[str]) -> str:
    return ", ".join(values[:5]) + (f" and {len(values) - 5:,} others" if len(values) > 5 else "")


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def write_definition(definition: Mapping[str, Any]) -> str:
    """A definition as text to be edited: JSON, short parts on one line.

    >>> print(write_definition({"program": "x", "entered": {"from": "2025-02-04"}}))
    {
      "program": "x",
      "entered": {"from": "2025-02-04"}
    }
    """
    return "\n".join(text for text, _ in _lines(_in_order(definition), (), 0))


def complete(definition: Mapping[str, Any]) -> dict[str, Any]:
    """A definition with each part that it may have; as it is kept what says nothing is left out.

    >>> complete({"basis": {}, "declaring": {"from": "2026-04-20"}})["declaring"]
    {'until': None, 'from': '2026-04-20'}
    """
    lists: dict[str, list[Any]] = {
        name: [] for name in ("assumptions", "except_removes", "excludes", "exclude_types", "revives")
    }
    return {
        **lists,
        "unknown_days": None,
        **definition,
        "basis": {"sources": [], **definition["basis"]},
        "entered": {"from": None, "to": None, **(definition.get("entered") or {})},
        "declaring": {"until": None, **definition["declaring"]},
    }


def tidy(definition: Mapping[str, Any]) -> dict[str, Any]:
    """A definition without the parts that say nothing, as they come of a model.

    >>> tidy({"program": "x", "revives": [], "cohorts": [{"name": "all", "when": {"suspended": None}, "on": None}]})
    {'program': 'x', 'cohorts': [{'name': 'all', 'when': {}}]}
    """
    found = {name: _tidy(value) for name, value in definition.items()}
    return {name: value for name, value in found.items() if value not in (None, [], {}) or name == "when"}


def _tidy(value: Any) -> Any:
    match value:
        case dict():
            return tidy(value)
        case list():
            return [_tidy(each) for each in value]
        case _:
            return value


def _in_order(value: Any) -> Any:
    match value:
        case dict():
            places = {name: _ORDER.index(name) if name in _ORDER else len(_ORDER) for name in value}
            return {name: _in_order(value[name]) for name in sorted(value, key=places.__getitem__)}
        case list():
            return [_in_order(each) for each in value]
        case _:
            return value


def find_faults(definition: Mapping[str, Any], faults: Iterable[tuple[str, str]]) -> list[Fault]:
    """Faults of fields with their lines in the text of `write_definition`; None where the field is not there.

    A field is named as the service does, places in lists counted from 1 (`cohorts[2].by`) or from 0 (`cohorts.1.by`).

    >>> [each.line for each in find_faults({"a": [{"b": 1}, {"b": "x" * 100}]}, [("a[2].b", "w"), ("a.0.b", "w")])]
    [4, 3]
    """
    lines = [(text, set(paths)) for text, paths in _lines(_in_order(definition), (), 0)]
    return [_find_fault(lines, field, message) for field, message in faults]


def _find_fault(lines: Sequence[tuple[str, set[tuple[str, ...]]]], field: str, message: str) -> Fault:
    place = tuple(_PLACE.sub(lambda found: f".{int(found[1]) - 1}", field).split("."))
    while place:
        for number, (text, paths) in enumerate(lines, 1):
            if place in paths:
                return Fault(field, message, number, text.strip())
        place = place[:-1]  # what is missing is missed where it would stand
    return Fault(field, message, None, "")


def _lines(value: Any, path: tuple[str, ...], depth: int, lead: str = "") -> list[tuple[str, list[tuple[str, ...]]]]:
    """The lines of a value with the paths of what begins on each."""
    indent = "  " * depth
    whole = json.dumps(value, ensure_ascii=False)
    is_short = depth > 0 and len(indent) + len(lead) + len(whole) <= _WIDTH
    if is_short or not value or not isinstance(value, dict | list):
        return [(f"{indent}{lead}{whole}", _paths(value, path))]
    inner: list[tuple[str, str, Any]] = (
        [(f"{json.dumps(name, ensure_ascii=False)}: ", name, each) for name, each in value.items()]
        if isinstance(value, dict)
        else [("", str(place), each) for place, each in enumerate(value)]
    )
    opens, closes = ("{", "}") if isinstance(value, dict) else ("[", "]")
    found = [(f"{indent}{lead}{opens}", [path])]
    for number, (begins, name, each) in enumerate(inner, 1):
        part = _lines(each, (*path, name), depth + 1, begins)
        if number < len(inner):
            text, paths = part[-1]
            part[-1] = (f"{text},", paths)
        found += part
    return [*found, (f"{indent}{closes}", [])]


def _paths(value: Any, path: tuple[str, ...]) -> list[tuple[str, ...]]:
    found = [path]
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        found += _paths(each, (*path, str(name)))
    return found


def list_standing_acts(standing: str, *, is_stayed: bool) -> tuple[tuple[str, str, str], ...]:
    """What may follow for a program, with what each form asks; a stay outlasts an abort, until it is lifted.

    >>> [act for act, *_ in list_standing_acts("aborted", is_stayed=True)]
    ['lift']
    >>> [act for act, *_ in list_standing_acts("stayed", is_stayed=True)]
    ['lift', 'abort']
    """
    return _STANDING_ACTS["stayed"][:1] if is_stayed and standing != "stayed" else _STANDING_ACTS.get(standing, ())
