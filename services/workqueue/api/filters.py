"""The filter of items in a query string: typed, the same for lists, counts, tables, bulk acts and saved views."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Annotated, Any, Final, get_args
from urllib.parse import parse_qsl, urlencode

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.workqueue.api.common import pending_cutoff_of
from services.workqueue.domain.filter import NOBODY, DueBucket, Filter, Overdue, span_of
from services.workqueue.domain.item import WAITING, Division, Kind, State
from shared.contracts.faults import explain
from shared.contracts.terms import Code, EntryTypeCode, PortCode, TariffNumber
from shared.customs.calendar import add_days, end_of_legal_day
from shared.runtime.errors import FieldFault, Refused
from shared.runtime.identity import Identity
from shared.runtime.logging import mask_importer_numbers
from shared.web.fields import LARGEST_EXACT, LegalDay
from shared.web.pagination import DEFAULT_LIMIT, MAX_LIMIT, PageParams
from shared.web.requests import canonical_entry_number, today_of

MOST_VALUES: Final = 50
MOST_ROWS: Final = 20_000
"""Rows of a table (CSV) in one answer."""
ME: Final = "me"
_Person = Annotated[str, Field(min_length=1, max_length=200)]


class FilterIn(BaseModel):
    """Conditions on items, all of which must hold; one that is sent several times holds for any of its values.

    An unknown name is refused: a condition that was misspelt would give everything.
    """

    model_config = ConfigDict(extra="forbid")

    center: list[Code] = Field(default=[], max_length=MOST_VALUES, examples=[["CEE007"]])
    division: list[Division] = Field(default=[], max_length=len(get_args(Division)))
    process: list[Code] = Field(default=[], max_length=MOST_VALUES, examples=[["ad-cvd"]])
    kind: list[Kind] = Field(default=[], max_length=len(get_args(Kind)), description="What the items are about.")
    state: list[State] = Field(
        default=[],
        max_length=len(get_args(State)),
        description="In any of these states: `state=open&state=claimed`.",
    )
    stage: list[Code] = Field(default=[], max_length=MOST_VALUES, description="Stages of processes: GET /processes.")
    waits_for: list[Code] = Field(
        default=[],
        max_length=MOST_VALUES,
        description=f"Who has to do something first; `{NOBODY}`: the Center itself.",
    )
    holder: list[_Person] = Field(
        default=[],
        max_length=MOST_VALUES,
        description=f"Held by this user, or finished by them; `{ME}` is the caller, `{NOBODY}` what nobody holds.",
        examples=[[ME]],
    )
    assigned_to: list[_Person] = Field(
        default=[], max_length=MOST_VALUES, description=f"Offered first to this user; `{ME}` and `{NOBODY}` as above."
    )
    importer: list[Code] = Field(default=[], max_length=MOST_VALUES, description="Importer of record numbers.")
    entry: str | None = Field(
        default=None,
        max_length=20,
        description="Entry number, with or without hyphens: all work on it, filings included.",
    )
    filing: Code | None = Field(default=None, description="Number of a post-entry filing.")
    protest: Code | None = Field(default=None, description="Number of a protest.")
    tariff: list[TariffNumber] = Field(
        default=[],
        max_length=MOST_VALUES,
        description="Ten digits, of chapters 98 and 99 too, that a line of the entry declared when it was called for"
        " review, in any version; a letter and a consultation name theirs in `goods`.",
        examples=[["8471300100"]],
    )
    entry_type: list[EntryTypeCode] = Field(
        default=[],
        max_length=MOST_VALUES,
        description="Types of the entry that an item is about; no filing has one.",
        examples=[["03"]],
    )
    port_of_entry: list[PortCode] = Field(
        default=[], max_length=MOST_VALUES, description="Ports of entry (Schedule D); no filing has one."
    )
    priority: list[Annotated[int, Field(ge=1, le=9)]] = Field(default=[], max_length=9, description="1 is most urgent.")
    value_from: int | None = Field(
        default=None, ge=0, le=LARGEST_EXACT, description="Worth as many whole US dollars or more."
    )
    value_below: int | None = Field(
        default=None, ge=0, le=LARGEST_EXACT, description="Worth fewer whole US dollars than this."
    )
    due_from: LegalDay | None = Field(default=None, description="Only items due on this day or later.")
    due_before: LegalDay | None = Field(
        default=None, description="Only items due before this day; ended ones only where `state` asks for them."
    )
    due_within: int | None = Field(
        default=None,
        ge=0,
        le=3650,
        description="Only items due within so many days from today, late ones too; ended ones as for `due_before`.",
    )
    due: list[DueBucket] = Field(
        default=[],
        max_length=len(get_args(DueBucket)),
        description="Due before today, today, after that up to Sunday (`this-week`), in the week after, later, on no"
        " known day; ended ones as for `due_before`.",
        examples=[["overdue", "today"]],
    )
    opened_from: LegalDay | None = Field(default=None, description="In hand since this legal day or later.")
    opened_before: LegalDay | None = Field(default=None, description="In hand since before this legal day.")
    overdue: bool = Field(
        default=False,
        description="Only what is unfinished and was due before today, or waits for a Center past the goal.",
    )
    text: str | None = Field(
        default=None,
        min_length=2,
        max_length=200,
        description="Words of a title, an act, a reason, a finding, the questions or an answer of a CBP 28 or 29, all"
        ' in one text; `"a phrase"`, `or`, `-not`.',
        examples=["assists -royalty"],
    )


class ListIn(FilterIn):
    """A filter, and which page of what it asks for."""

    after: str | None = Field(default=None, max_length=2000, description="The cursor from `next` of the page before.")
    limit: int = Field(default=DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="Rows in a page at most.")


class TableIn(FilterIn):
    """A filter, and which part of a table of what it asks for."""

    after: str | None = Field(
        default=None, max_length=2000, description="The cursor from the `Link` of the part before."
    )
    limit: int = Field(default=MOST_ROWS, ge=1, le=MOST_ROWS, description="Rows at most.")


def page_of(given: ListIn | TableIn) -> PageParams:
    """The page that a call asks for."""
    return PageParams(given.after, given.limit)


def filter_of(given: FilterIn, caller: Identity, request: Request) -> Filter:
    """What a filter means for this caller today: `me`, days from today, work that still waits where a day is named."""
    today = today_of(request)
    due_before = given.due_before
    if given.due_within is not None:
        within = add_days(today, given.due_within + 1)
        due_before = within if due_before is None else min(due_before, within)
    is_by_day = due_before is not None or given.due_from is not None or bool(given.due)
    return Filter(
        centers=tuple(given.center),
        divisions=tuple(given.division),
        processes=tuple(given.process),
        kinds=tuple(given.kind),
        states=tuple(given.state) or (WAITING if is_by_day else ()),
        stages=tuple(given.stage),
        waits_for=tuple(given.waits_for),
        holders=_people(given.holder, caller),
        assigned_to=_people(given.assigned_to, caller),
        importer_numbers=tuple(given.importer),
        entry_number=canonical_entry_number(given.entry) if given.entry is not None else None,
        filing_number=given.filing,
        protest_number=given.protest,
        tariffs=tuple(given.tariff),
        entry_types=tuple(given.entry_type),
        ports_of_entry=tuple(given.port_of_entry),
        priorities=tuple(given.priority),
        value_from=given.value_from,
        value_below=given.value_below,
        due_from=given.due_from,
        due_before=due_before,
        due_in=tuple(span_of(bucket, today) for bucket in given.due),
        opened_from=_start(given.opened_from),
        opened_before=_start(given.opened_before),
        overdue=Overdue(today, pending_cutoff_of(request)) if given.overdue else None,
        words=given.text,
    )


def read_query(query: str) -> FilterIn:
    """The filter that a query string holds; raises `Refused` with every name and value that is wrong."""
    document: dict[str, Any] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in _REPEATED:
            document.setdefault(name, []).append(value)
        else:
            document[name] = value
    try:
        return FilterIn.model_validate(document)
    except ValidationError as error:
        faults = explain(error.errors(include_url=False), document, lambda _: _shape())
        raise Refused(
            "The query is no filter of items.",
            rule="request-values",
            code="invalid-request",
            remedy="Take the names and values of GET /items.",
            faults=[
                FieldFault(each.field, each.code, mask_importer_numbers(str(each).removeprefix(f"{each.field}: ")))
                for each in faults
            ],
        ) from None


def write_query(given: FilterIn) -> str:
    """The filter as a query string, conditions in their order: of equal filters it is the same."""
    values = FilterIn.model_validate(given.model_dump(include=set(FilterIn.model_fields))).model_dump(
        mode="json", exclude_defaults=True
    )
    pairs = [(name, each) for name, value in values.items() for each in (value if isinstance(value, list) else [value])]
    return urlencode([(name, str(value).lower() if isinstance(value, bool) else value) for name, value in pairs])


def _people(named: list[str], caller: Identity) -> tuple[str, ...]:
    return tuple(caller.subject if each == ME else each for each in named)


def _start(day: date | None) -> datetime | None:
    return None if day is None else end_of_legal_day(add_days(day, -1)) + timedelta(microseconds=1)


@cache
def _shape() -> Mapping[str, Any]:
    return FilterIn.model_json_schema()


_REPEATED: Final = frozenset(name for name, field in FilterIn.model_fields.items() if field.default == [])
