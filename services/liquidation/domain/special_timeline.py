"""What comes for an entry besides liquidation: the end of a temporary importation, and when a reconciliation is due."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.preference_programs import has_agreement_issue
from services.liquidation.domain.special_clocks import (
    agreement_reconciliation_due,
    find_short_period,
    reconciliation_due,
    tib_due,
)
from services.liquidation.domain.timeline import Coming
from shared.customs.calendar import Due
from shared.customs.entry_types import entry_type

TIB_CHAPTER: Final = "9813"


@dataclass(frozen=True, slots=True)
class SpecialFacts:
    """What the summary that stands says of these clocks; a day that is None is not known.

    `tariff_numbers` are those of its lines, `issues` what it leaves to a reconciliation or settles as one,
    `summary_filed_on` its first filing, `reconciliation_due_on` what people recorded of a reconciliation.
    """

    entry_type: str
    tariff_numbers: tuple[str, ...] = ()
    imported_on: date | None = None
    issues: tuple[str, ...] = ()
    summary_filed_on: date | None = None
    reconciliation_due_on: date | None = None


def list_special(facts: SpecialFacts, law: LawSettings) -> Iterator[Coming]:
    """The clocks of a temporary importation, of a flagged entry and of a reconciliation; nothing for other entries.

    >>> found = list_special(SpecialFacts("23", ("9813.00.75",), date(2026, 3, 2)), LAW)
    >>> [(each.rule, str(each.safe)) for each in found]
    [('tib-short-heading', '2026-09-02')]
    """
    kind = entry_type(facts.entry_type)
    if kind.tib:
        yield from _of_temporary_importation(facts, law)
    if kind.reconciliation:
        yield _of_reconciliation(facts)
    elif facts.issues:
        yield from _of_flag(facts, law)


def _of_temporary_importation(facts: SpecialFacts, law: LawSettings) -> Iterator[Coming]:
    """Rules tib-initial, tib-short-heading [S], HTSUS chapter 98 subchapter XIII, US note 1(a): one for each period."""
    what = "temporary importation ends"
    if facts.imported_on is None:
        unknown = f"{what}: the day of importation is not known"
        yield Coming("tib-ends", unknown, "tib-initial", None, None, {"missing": "imported_on"})
        return
    for rule, headings in _sort_headings(facts.tariff_numbers, facts.imported_on).items():
        until = tib_due(facts.imported_on, heading=headings[0] if headings else None, law=law)
        inputs = {"imported_on": str(facts.imported_on), "heading": ", ".join(headings) or "none of 9813 is stated"}
        yield Coming("tib-ends", what, rule, until.safe, until.last_arguable, inputs)


def _sort_headings(tariff_numbers: Iterable[str], imported_on: date) -> dict[str, list[str]]:
    """The temporary headings of a summary by the rule of their period, the shorter first."""
    headings = sorted({each for each in tariff_numbers if each.replace(".", "").startswith(TIB_CHAPTER)})
    short = [each for each in headings if find_short_period(each, imported_on) is not None]
    others = [each for each in headings if each not in short]
    found = {"tib-short-heading": short} if short else {}
    return found if short and not others else found | {"tib-initial": others}


def _of_flag(facts: SpecialFacts, law: LawSettings) -> Iterator[Coming]:
    """Rules recon-other, recon-fta [P], 19 USC 1484(b), 1520(d): counted from the earliest entry that is reconciled.

    Of one entry only its own day is known, so that this is the latest day that is possible.
    """
    earlier = "this entry; one before it in the same reconciliation makes it earlier"
    if not all(has_agreement_issue([each]) for each in facts.issues):
        yield _due_at_latest(
            "reconciliation due at the latest",
            "recon-other",
            "summary_filed_on",
            facts.summary_filed_on,
            earlier,
            reconciliation_due(facts.summary_filed_on, law) if facts.summary_filed_on is not None else None,
        )
    if has_agreement_issue(facts.issues):
        yield _due_at_latest(
            "reconciliation of a trade agreement due at the latest",
            "recon-fta",
            "imported_on",
            facts.imported_on,
            earlier,
            agreement_reconciliation_due(facts.imported_on, law) if facts.imported_on is not None else None,
        )


def _due_at_latest(what: str, rule: str, fact: str, on: date | None, counted: str, until: Due | None) -> Coming:
    if until is None:
        return Coming("reconciliation-due", f"{what}: not known", rule, None, None, {"missing": fact})
    inputs = {fact: str(on), "counted_from": counted}
    return Coming("reconciliation-due", what, rule, until.safe, until.last_arguable, inputs)


def _of_reconciliation(facts: SpecialFacts) -> Coming:
    """Rules recon-other, recon-fta [P]: as recorded, because no summary says which entries it reconciles since when."""
    is_agreement = bool(facts.issues) and all(has_agreement_issue([each]) for each in facts.issues)
    rule, due_on = "recon-fta" if is_agreement else "recon-other", facts.reconciliation_due_on
    if due_on is None:
        missing = {"missing": "reconciliation_due_on"}
        return Coming("reconciliation-due", "reconciliation due: not known", rule, None, None, missing)
    inputs = {"reconciliation_due_on": str(due_on)}
    return Coming("reconciliation-due", "reconciliation due", rule, due_on, due_on, inputs)
