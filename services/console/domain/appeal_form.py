"""An appeal against the assigned Center, written step by step: its goods by lines of text, its contents by fields."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

STEPS: Final = ("Your Center", "Your goods", "The Center you want", "What is missing", "File and print")
LAST: Final = len(STEPS)

GIVEN_AT: Final[Mapping[str, int]] = MappingProxyType(
    {"current-center": 3, "preferred-center": 3, "importer-numbers": 3, "justification": 3, "import-data": 2}
)
"""At which step each of the contents is given."""


def write_goods(rows: Iterable[tuple[str, int, int]]) -> str:
    """Goods as lines of text: tariff number, dollars, lines on entries; the most dollars first.

    >>> write_goods([("8471", 100, 2), ("8703", 2500, 1)])
    '8703 2500 1\\n8471 100 2'
    """
    return "\n".join(f"{number} {usd} {lines}" for number, usd, lines in sorted(rows, key=lambda row: -row[1]))


def read_goods(text: str) -> tuple[list[tuple[str, int, int]], list[str]]:
    """The rows of such a text, and the lines that cannot be read; without a number of lines one is meant.

    >>> read_goods("8703.23 2,500 3\\nabc\\n8471 $100")
    ([('870323', 2500, 3), ('8471', 100, 1)], ['abc'])
    """
    rows, wrong = [], []
    for line in filter(None, map(str.strip, text.splitlines())):
        number, *rest = line.replace(",", "").replace("$", "").split()
        number = number.replace(".", "")
        is_number = number.isascii() and number.isdigit() and 4 <= len(number) <= 10
        if not is_number or not 1 <= len(rest) <= 2 or not all(each.isascii() and each.isdigit() for each in rest):
            wrong.append(line)
            continue
        rows.append((number, int(rest[0]), int(rest[1]) if len(rest) > 1 else 1))
    return rows, wrong


def read_history(text: str) -> dict[str, Any]:
    """The body of the question which Center an import history would get."""
    return {
        "history": [
            {"hts": number, "value_usd": usd, "lines": lines, "goods": lines}
            for number, usd, lines in read_goods(text)[0]
        ]
    }


def read_bonds(text: str) -> dict[str, str]:
    """Bonds by importer number, from lines of both; a line without a bond says nothing.

    >>> read_bonds("07-345678900 SYN-1\\n08-345678900")
    {'07-345678900': 'SYN-1'}
    """
    pairs = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    return {pair[0]: pair[1].strip() for pair in pairs if len(pair) > 1}


def read_supplement(form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What is supplied to an appeal: only what was filled in, so that nothing that was said before is replaced.

    >>> read_supplement({"justification": ["More pork."], "goods": ["0203 900"], "bonds": [""]})
    {'justification': 'More pork.', 'import_history': [{'hts': '0203', 'value_usd': 900}]}
    """
    written = {name: values[0] for name, values in form.items()}
    fields = {"current": "current_center", "preferred": "preferred_center", "justification": "justification"}
    body: dict[str, Any] = {field: written[name] for name, field in fields.items() if written.get(name)}
    if numbers := written.get("numbers", "").replace(",", " ").split():
        body["importer_numbers"] = list(dict.fromkeys(numbers))
    if bonds := read_bonds(written.get("bonds", "")):
        body["bond_numbers"] = bonds
    if rows := read_goods(written.get("goods", ""))[0]:
        body["import_history"] = [{"hts": number, "value_usd": usd} for number, usd, _ in rows]
        if written.get("is_projection"):
            body["is_projection"] = True
    return body


def read_appeal(written: Mapping[str, str], importer_number: str) -> dict[str, Any]:
    """The body of an appeal; what is empty is left out, so that the service says what is missing.

    >>> read_appeal({"preferred": "CEE010", "goods": "8479 900", "bond": "S1"}, "07-1")["bond_numbers"]
    {'07-1': 'S1'}
    """
    numbers = [importer_number, *written.get("numbers", "").replace(",", " ").split()]
    body: dict[str, Any] = {"importer_number": importer_number, "importer_numbers": list(dict.fromkeys(numbers))}
    fields = {"current": "current_center", "preferred": "preferred_center", "justification": "justification"}
    body |= {field: written[name] for name, field in fields.items() if written.get(name)}
    if bond := written.get("bond"):
        body["bond_numbers"] = {importer_number: bond}
    if rows := read_goods(written.get("goods", ""))[0]:
        body["import_history"] = [{"hts": number, "value_usd": usd} for number, usd, _ in rows]
    if written.get("is_projection"):
        body["is_projection"] = True
    return body
