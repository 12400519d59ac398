"""What an outsider has to do, or may do until a day, in the order of the days."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.console.acts.reads import EntryLine, Letter, Payoff
from services.console.domain.words import say_entry, say_money

NOT_KNOWN_WHERE: Final = "Where to pay is unknown here: see the bill."


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing to do; `on` is the last day that is safe, None where none is known."""

    on: date | None
    act: str
    about: str
    entry_number: str
    href: str
    lapse: str
    word: str
    """The word of the glossary that it hangs on."""
    more: str = ""


def list_letters(letters: Iterable[Letter], waiting: Sequence[str]) -> Iterator[ToDo]:
    """Letters that wait for an answer."""
    for each in letters:
        if each.state not in waiting:
            continue
        is_question = each.form == "CBP-28"
        entry = each.entry_numbers[0]
        more = f" and {len(each.entry_numbers) - 1} more" if len(each.entry_numbers) > 1 else ""
        yield ToDo(
            each.due_on,
            "Answer CBP's questions" if is_question else "Answer what CBP proposes",
            f"{'CBP 28' if is_question else 'CBP 29'}, entry {say_entry(entry)}{more}",
            entry,
            f"/letters/{each.request_id}",
            "CBP decides with what it has." if is_question else "CBP does what it proposed.",
            "cbp-28" if is_question else "cbp-29",
        )


def list_bills(bills: Iterable[tuple[str, Payoff]], today: date) -> Iterator[ToDo]:
    """Bills with what to pay on a day and where; each with the number of its entry."""
    for entry, each in bills:
        more = (
            [f"The same until {_short(each.good_through)}; after that interest is added."] if each.good_through else []
        )
        if each.to_pay_usd is None:
            amount = f"how much is not known: {each.unknown_because}"
        else:
            amount = f"{say_money(each.to_pay_usd)} if it arrives on {_short(each.on)}"
        if each.delinquency_usd not in (None, "0.00"):
            more.append(f"{say_money(each.delinquency_usd)} of it is interest for paying late.")
        more.append(each.pay_to or NOT_KNOWN_WHERE)
        yield ToDo(
            each.due_on,
            "Pay a bill",
            f"{each.bill_number}, entry {say_entry(entry)}: {amount}",
            entry,
            f"/my/bills/{each.bill_number}",
            "Interest runs on. The surety is asked to pay." if each.due_on >= today else "It grows every 30 days.",
            "bill",
            " ".join(more),
        )


def list_protests(entries: Iterable[EntryLine], today: date) -> Iterator[ToDo]:
    """Liquidations that can still be protested."""
    for each in entries:
        if each.protest_until is not None and each.protest_until >= today:
            yield ToDo(
                each.protest_until,
                "Protest, if you do not agree",
                f"entry {say_entry(each.entry_number)}, liquidated on {_short(each.liquidated_on)}",
                each.entry_number,
                f"/my/protest?entry={each.entry_number}",
                "The amount cannot be changed any more.",
                "protest",
            )


def by_day(found: Iterable[ToDo]) -> list[ToDo]:
    """What ends first, first; what has no day that is known, last."""
    return sorted(found, key=lambda each: (each.on or date.max, each.about))


def _short(day: date | None) -> str:
    """A day within a sentence.

    >>> _short(date(2026, 3, 2)), _short(None)
    ('2 Mar 2026', 'an unknown day')
    """
    return "an unknown day" if day is None else f"{day.day} {day:%b %Y}"
