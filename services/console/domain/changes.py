"""What differs between two versions of an entry summary, value by value, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Difference:
    """A value before and after; empty where there was, or is, none."""

    name: str
    before: str
    after: str


def differences(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Difference]:
    """The values of a row that differ; of a row that came or went all of them.

    >>> differences({"hts": "99038815", "duty_usd": "9375.00"}, {"hts": "99038815", "duty_usd": "0.00"})
    [Difference(name='duty_usd', before='9375.00', after='0.00')]
    """
    first, second = before or {}, after or {}
    names = dict.fromkeys([*first, *second])
    return [
        Difference(name, say_value(first.get(name)), say_value(second.get(name)))
        for name in names
        if first.get(name) != second.get(name)
    ]


def say_value(value: Any) -> str:
    """A value of a summary in words.

    >>> say_value(None), say_value(True), say_value(["a", "b"]), say_value("CN")
    ('', 'yes', 'a, b', 'CN')
    """
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(map(say_value, value))
        case dict():
            return ", ".join(f"{name} {say_value(each)}" for name, each in value.items())
        case _:
            return str(value)
