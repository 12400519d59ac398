"""The days of the facts as the table of orders knows them."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date

from services.liquidation.domain.calculator.facts import CalculatorFacts
from services.liquidation.domain.history_order import NamedDay, name_days


def list_days(facts: CalculatorFacts) -> list[NamedDay]:
    """Every day of the facts by its field, those of several suspensions, extensions and imports each by its own.

    >>> facts = CalculatorFacts(entry_type="01", entry_date=date(2026, 3, 2))
    >>> [each.field for each in list_days(facts)]
    ['entry_date']
    """
    given = {each.name: getattr(facts, each.name) for each in fields(facts)}
    own = name_days({name: value for name, value in given.items() if isinstance(value, date)})
    return [*own, *_list_grouped(facts)]


def _list_grouped(facts: CalculatorFacts) -> Iterator[NamedDay]:
    groups = (
        (
            "suspensions",
            facts.suspensions,
            {"suspension_began_on": "began_on", "suspension_lifted_on": "lift_noticed_on"},
        ),
        (
            "extensions",
            facts.extensions,
            {"extension_requested_on": "requested_on", "extension_posted_on": "posted_on"},
        ),
        ("reliquidations", facts.reliquidations, {"reliquidated_on": "on"}),
        (
            "designated_imports",
            facts.designated_imports,
            {"import_liquidated_on": "liquidated_on", "import_final_on": "final_1514_on"},
        ),
    )
    for name, several, names in groups:
        for number, each in enumerate(several):
            for fact, field in names.items():
                on = getattr(each, field)
                if on is not None:
                    yield NamedDay(fact, on, f"{name}.{number}.{field}", f"{name}.{number}")
