"""What filing systems say of an entry: filed, corrected, released."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from shared.contracts import lean
from shared.contracts.faults import Fault
from shared.contracts.terms import (
    Contract,
    Country,
    EntryNumber,
    EntryTypeCode,
    ImporterNumber,
    Instant,
    LegalDate,
    Money,
    PortCode,
    ShortText,
    TariffNumber,
    WholeDollars,
)

_FIRST_YEAR, _LAST_YEAR = 1986, 2099  # entry numbers of today's form begin in 1986; legal periods run for years
_LINES_ONCE: Final = "lines with each line_number once: renumber them"


def _demand_plausible(on: date) -> date:
    if not _FIRST_YEAR <= on.year <= _LAST_YEAR:
        raise PydanticCustomError(
            "implausible-date", "a day of the years {first} to {last}", {"first": _FIRST_YEAR, "last": _LAST_YEAR}
        )
    return on


FilingDate = Annotated[LegalDate, AfterValidator(_demand_plausible)]
"""A legal day that periods can be reckoned with."""


class LineTariff(Contract):
    """One tariff provision reported on a line; Chapter 98 and 99 provisions stand beside the underlying one."""

    hts: TariffNumber
    value_usd: WholeDollars
    duty_usd: Money


class LineCase(Contract):
    """An antidumping or countervailing duty case on a line with its cash deposit."""

    case_number: Annotated[str, StringConstraints(pattern=r"^[AC][0-9]{6,9}$")] = Field(
        description="Case number: A or C and the digits.", examples=["A570012000"]
    )
    rate_pct: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,5}(\.[0-9]{1,6})?$")]
    deposit_usd: Money


class LineQuantity(Contract):
    """A reported quantity in a unit of the tariff."""

    amount: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,15}(\.[0-9]{1,6})?$")]
    unit: Annotated[str, StringConstraints(max_length=32)] = Field(
        examples=["NO"], description="Unit of quantity as the tariff names it; empty where it names none."
    )


class LineFee(Contract):
    """A fee by accounting class code: 499 merchandise processing, 501 harbor maintenance, 311 informal …"""

    class_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")]
    amount_usd: Money


class EntryLine(Contract):
    """One line of an entry summary: one kind of goods from one maker and origin."""

    line_number: Annotated[int, Field(ge=1, le=999)]
    description: ShortText
    manufacturer_id: Annotated[str, StringConstraints(max_length=15)] | None = None
    country_of_origin: Country
    country_of_export: Country | None = None
    preference: Annotated[str, StringConstraints(max_length=10)] | None = None
    exporter_id: Annotated[str, StringConstraints(max_length=15)] | None = Field(
        default=None,
        description="Foreign exporter as the summary reports it: the same 15-character identification as"
        " manufacturer_id. Absent where the summary reports none.",
        examples=["CNEXPORT99SHE"],
    )
    tariffs: Annotated[tuple[LineTariff, ...], Field(min_length=1, max_length=32)]
    cases: Annotated[tuple[LineCase, ...], Field(max_length=16)] = ()
    quantities: Annotated[tuple[LineQuantity, ...], Field(max_length=8)] = ()
    fees: Annotated[tuple[LineFee, ...], Field(max_length=16)] = ()


class EntryBody(Contract):
    """The whole of an entry summary as the filer asserts it."""

    entry_number: EntryNumber
    version: Annotated[int, Field(ge=1, le=9999, description="1 as filed; one more with each correction.")]
    entry_type: EntryTypeCode
    importer_number: ImporterNumber
    consignee_number: ImporterNumber | None = None
    port_of_entry: PortCode
    entry_date: FilingDate
    import_date: FilingDate | None = None
    mode_of_transport: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")] | None = None
    bond_type: Literal["0", "8", "9"] | None = None
    surety_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{3}$")] | None = None
    paid_on: FilingDate | None = None
    reconciliation_issues: Annotated[tuple[ShortText, ...], Field(max_length=16)] = ()
    notify_party: ImporterNumber | None = Field(
        default=None,
        description="Whom the summary names to receive refunds (CBP Form 7501, box 28, of CBP Form 4811); absent where"
        " it names nobody. A refund goes there only where that party is on file with the importer too.",
    )
    lines: Annotated[tuple[EntryLine, ...], Field(min_length=1, max_length=999)]

    @model_validator(mode="after")
    def _lines_are_numbered_once(self) -> Self:
        if len({line.line_number for line in self.lines}) != len(self.lines):
            raise PydanticCustomError("duplicate-line", _LINES_ONCE)
        return self

    @property
    def filer_code(self) -> str:
        """The filer's three-character code, which begins the entry number."""
        return self.entry_number[:3]


class EntryFiled(EntryBody):
    """The entry summary as first filed: version 1."""

    version: Annotated[int, Field(ge=1, le=1, description="Always 1: corrections have their own event.")]


class EntryCorrected(EntryBody):
    """A post-summary correction: the whole body again, one version on, with the filer's reason codes."""

    version: Annotated[int, Field(ge=2, le=9999, description="One more than the version it replaces.")]
    reasons: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{2}$")], ...], Field(max_length=32)
    ] = ()


class EntryReleased(Contract):
    """Cargo of an entry released by CBP."""

    entry_number: EntryNumber
    released_at: Instant
    port_of_release: PortCode
    release_kind: Annotated[str, StringConstraints(min_length=1, max_length=32)] = Field(examples=["conditional"])


def find_faults_of_the_whole(kind: type[Contract], data: Mapping[str, Any]) -> Iterator[Fault]:
    """Rules between the fields of data of this kind that were refused, as far as they can be looked at."""
    lines = data.get("lines")
    if not issubclass(kind, EntryBody) or not isinstance(lines, list):
        return
    numbers = Counter(
        line["line_number"]
        for line in lines
        if isinstance(line, dict) and isinstance(line.get("line_number"), int | str)
    )
    if repeated := [number for number, count in numbers.items() if count > 1]:
        shown = ", ".join(str(number) for number in repeated[:5])
        yield Fault("data.lines", "duplicate-line", _LINES_ONCE, f"line_number {shown} more than once")


_ABSENT: Final = (b',"exporter_id":null', b',"notify_party":null')


def encode_body(body: EntryBody) -> bytes:
    """The JSON of an entry body; fields that came later are written only where they say something.

    Fingerprints of content are taken of this JSON: what was filed before must keep its own, so that a repeat of it is
    recognised and does not contradict itself.
    """
    # A quotation mark inside a JSON string is escaped, so these bytes are never part of a value.
    json = lean.encode(body)
    for absent in _ABSENT:
        json = json.replace(absent, b"")
    return json
