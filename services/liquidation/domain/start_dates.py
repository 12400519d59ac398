"""The dates from which the clocks run: entry, importation, liquidation, and the demand on a surety."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from services.liquidation.domain.rules.rule import Finding
from shared.customs.calendar import add_months

EntryBasis = Literal["release", "filing-elected", "immediate-delivery", "withdrawal", "quota"]

MODERNIZED_ON: Final = date(1993, 12, 8)
"""The Customs Modernization Act; of an entry before it no date here is sure (law-before-1993)."""
NOTICE_MONTHS: Final = 15
SEARCH_FIELDS_NEEDED: Final = 2
SEARCH_FIELDS: Final = frozenset(
    {
        "entry-number",
        "filer",
        "importer-number",
        "port",
        "liquidation-date",
        "posted-date",
        "entry-date",
        "surety-code",
        "event-type",
        "basis",
        "action",
    }
)


@dataclass(frozen=True, slots=True)
class EntryDates:
    """Every day that could be the time of entry; all are kept, one governs."""

    released_on: date | None = None
    entry_filed_on: date | None = None
    summary_filed_on: date | None = None
    withdrawn_on: date | None = None
    presented_on: date | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice of liquidation: posted on the CBP website, or sent as a courtesy."""

    kind: Literal["posting", "courtesy"]
    on: date


def entry_date(basis: EntryBasis, dates: EntryDates) -> date | None:
    """The time of entry by its basis; None when the day that governs is not known.

    Rule entry-date [P], 19 CFR 101.1, 141.68: release; the filing, if the filer elected it; the summary after immediate
    delivery; the withdrawal of warehouse goods; the presentation of quota goods.

    >>> entry_date("immediate-delivery", EntryDates(released_on=date(2026, 3, 2), summary_filed_on=date(2026, 3, 9)))
    datetime.date(2026, 3, 9)
    """
    match basis:
        case "release":
            return dates.released_on
        case "filing-elected":
            return dates.entry_filed_on
        case "immediate-delivery":
            return dates.summary_filed_on
        case "withdrawal":
            return dates.withdrawn_on
        case "quota":
            return dates.presented_on


def importation_date(*, is_vessel: bool, arrived_on: date | None, arrived_in_port_on: date | None) -> date | None:
    """The day of importation; None when it is not known. The entry date never stands in for it.

    Rule importation-date [P], 19 CFR 101.1: by vessel the arrival in the port where it means to unlade, otherwise the
    arrival in the customs territory.

    >>> importation_date(is_vessel=True, arrived_on=date(2026, 2, 27), arrived_in_port_on=date(2026, 3, 1))
    datetime.date(2026, 3, 1)
    """
    return arrived_in_port_on if is_vessel else arrived_on


def liquidation_date(notices: Iterable[Notice]) -> date | None:
    """The date of a liquidation: its first posting; None while nothing is posted, whatever courtesy notice was sent.

    Rules liquidation-date [S], 19 CFR 159.9(a)-(c)(1): the posting on the CBP website is the evidence in law;
    inv-courtesy [S]: a courtesy notice has no effect in law.

    >>> liquidation_date([Notice("courtesy", date(2026, 8, 7)), Notice("posting", date(2026, 8, 14))])
    datetime.date(2026, 8, 14)
    """
    return min((notice.on for notice in notices if notice.kind == "posting"), default=None)


def notice_kept_until(posted_on: date) -> date:
    """Until when a posted notice is kept at least.

    Rules liquidation-date, ext-notice [S], susp-notice [P], 19 CFR 159.9, 159.12: 15 months.

    >>> notice_kept_until(date(2026, 8, 14))
    datetime.date(2027, 11, 14)
    """
    return add_months(posted_on, NOTICE_MONTHS)


def judge_notice_search(fields: Collection[str]) -> Finding:
    """Whether the public search of notices takes these fields.

    Rule notice-search-fields [S], CBP Dec. 16-25 (81 FR 89375): two or more of the listed ones.

    >>> judge_notice_search({"port", "surety-code"}).outcome
    'searchable'
    """
    known = sorted(SEARCH_FIELDS.intersection(fields))
    outcome = "searchable" if len(known) >= SEARCH_FIELDS_NEEDED else "too-few-fields"
    return Finding("notice-search-fields", outcome, f"{len(known)} fields of a notice: {', '.join(known) or 'none'}")


def deemed_liquidation_date(period_ended_on: date, posted_on: date | None = None) -> date:
    """The date of a liquidation by operation of law: the end of the period, also when it is posted later.

    Rule liquidation-date-deemed [S], 19 CFR 159.9(c)(2)(i), 19 USC 1504. A posting before the end of the period is not
    one of a deemed liquidation and raises `ValueError`.

    >>> deemed_liquidation_date(date(2027, 3, 2), posted_on=date(2027, 3, 12))
    datetime.date(2027, 3, 2)
    """
    if posted_on is not None and posted_on < period_ended_on:
        raise ValueError(f"posted on {posted_on}, before the period ended on {period_ended_on}")
    return period_ended_on


def surety_demand_date(mailed_on: date, *, identifies_debt: bool) -> date | None:
    """The day from which a surety's time to protest runs; None when the demand may not start it.

    Rule demand-date-surety [P], 19 USC 1514(c)(3), Old Republic (CIT 1986).

    >>> surety_demand_date(date(2026, 9, 1), identifies_debt=True)
    datetime.date(2026, 9, 1)
    """
    return mailed_on if identifies_debt else None
