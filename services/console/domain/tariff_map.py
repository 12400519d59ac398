"""The tariff map as its editor has it: rows to write and to take out."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

CONFIDENCES: Final = ("confirmed", "high", "medium", "low")
"""How sure a row is."""

_PARTS: Final = ("prefix_from", "prefix_to", "center", "source", "confidence", "note")


def read_row(form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The edit that a form asks for: one row to write, in place of those that are ticked to be taken out.

    >>> form = {"prefix_from": ["8541"], "prefix_to": [""], "center": ["CEE007"], "source": ["A notice"]}
    >>> form |= {"confidence": ["confirmed"], "reason": ["A notice."], "remove": ["8541 8543"]}
    >>> edit = read_row(form)
    >>> edit["remove"], edit["write"][0]["prefix_to"]
    ([{'prefix_from': '8541', 'prefix_to': '8543'}], '8541')
    """
    row = {name: (form.get(name) or [""])[0] for name in _PARTS}
    row["prefix_to"] = row["prefix_to"] or row["prefix_from"]
    pairs = [each.partition(" ") for each in form.get("remove", ())]
    return {
        "write": [row] if row["prefix_from"] else [],
        "remove": [{"prefix_from": first, "prefix_to": last} for first, _, last in pairs if first and last],
        "reason": (form.get("reason") or [""])[0],
    }
