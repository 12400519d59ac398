"""The field's values as they stand on the wire: numbers, codes, dates and money with their shapes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, LiteralString

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from shared.customs.country import COUNTRY_CODES
from shared.customs.entry_number import InvalidEntryNumber, check_digit, parse_entry_number, tidy_entry_number
from shared.customs.entry_types import entry_types
from shared.customs.importer_number import tidy_importer_number
from shared.customs.tariff_number import tidy_tariff_number

ENTRY_NUMBER_PATTERN = r"^[0-9A-Z]{3}[0-9]{8}$"
IMPORTER_NUMBER_PATTERN = r"^([0-9]{2}-[0-9]{7}[0-9A-Z]{2}|[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{6}-[0-9]{5})$"


_ENTRY_NUMBER_FORM: Final = (
    "an entry number of 11 characters: filer code of three capitals or digits (not 000), seven digits, check digit, "
    "such as B7603245278 or B76-0324527-8"
)


def _entry_number(value: str) -> str:
    if len(value) != 11:
        raise PydanticCustomError("bad-entry-number", _ENTRY_NUMBER_FORM)
    try:
        return parse_entry_number(value)
    except InvalidEntryNumber as error:
        if error.code == "bad-entry-number":
            raise PydanticCustomError(error.code, _ENTRY_NUMBER_FORM) from error
        raise PydanticCustomError(
            error.code,
            "check digit {digit} after these ten characters (CATAIR AE Table 1): compare it with the entry summary",
            {"digit": check_digit(value[:10])},
        ) from error


@dataclass(frozen=True, slots=True)
class OneOf:
    """A check that a code is one of a table's; the lean readings make a lookup of it."""

    code: str
    values: frozenset[str]
    remedy: LiteralString

    def __call__(self, value: str) -> str:
        """Give the value back; raises pydantic's error with what to send instead."""
        if value not in self.values:
            raise PydanticCustomError(self.code, self.remedy)
        return value


_ENTRY_TYPE = OneOf("entry-type", frozenset(entry_types()), "an entry type code of two digits, such as 01")
_COUNTRY = OneOf(
    "country", COUNTRY_CODES, "a country by two capitals of ISO 3166-1 (or an addition of CBP), such as CN"
)


def _tidied(tidy: Callable[[str], str]) -> BeforeValidator:
    """Take the other ways of writing a number that leave no doubt; for what the lean reading has refused only."""

    def validate(value: Any) -> Any:
        return tidy(value) if isinstance(value, str) else value

    return BeforeValidator(validate)


TIDY_ENTRY_NUMBER: Final = _tidied(tidy_entry_number)
TIDY_IMPORTER_NUMBER: Final = _tidied(tidy_importer_number)
TIDY_TARIFF_NUMBER: Final = _tidied(tidy_tariff_number)

EntryNumber = Annotated[
    str,
    TIDY_ENTRY_NUMBER,
    AfterValidator(_entry_number),
    Field(
        description="Entry number: filer code, seven digits, check digit; 11 characters without hyphens.",
        examples=["B7603245278"],
        json_schema_extra={"pattern": ENTRY_NUMBER_PATTERN},
    ),
]
ImporterNumber = Annotated[
    str,
    StringConstraints(pattern=IMPORTER_NUMBER_PATTERN),
    TIDY_IMPORTER_NUMBER,
    Field(
        description="Importer of record number: employer (NN-NNNNNNNXX), social security (NNN-NN-NNNN) "
        "or CBP-assigned (YYDDPP-NNNNN). Treated as personal data.",
        examples=["07-345678900"],
    ),
]
EntryTypeCode = Annotated[str, AfterValidator(_ENTRY_TYPE), Field(description="CBP entry type code.", examples=["01"])]
Country = Annotated[str, AfterValidator(_COUNTRY), Field(description="Country, ISO 3166-1 alpha-2.", examples=["CN"])]
PortCode = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}$"),
    Field(description="Schedule D port code.", examples=["2704"]),
]
TariffNumber = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{8}([0-9]{2})?$"),
    TIDY_TARIFF_NUMBER,
    Field(description="HTSUS number, 8 or 10 digits without dots.", examples=["8471300100"]),
]
Money = Annotated[
    str,
    StringConstraints(pattern=r"^-?[0-9]{1,13}(\.[0-9]{1,2})?$"),
    Field(description="US dollars as a decimal string with at most two decimals.", examples=["9375.00"]),
]
WholeDollars = Annotated[
    int, Field(ge=0, le=9_999_999_999, description="Entered value in whole US dollars.", examples=[125000])
]
LegalDate = Annotated[date, Field(description="Legal day in America/New_York.", examples=["2026-03-02"])]
Instant = Annotated[
    AwareDatetime, Field(description="Instant, RFC 3339 with offset.", examples=["2026-03-02T19:03:11Z"])
]
CenterCode = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z0-9]{3,8}$"),
    Field(description="Center identifier.", examples=["CEE007"]),
]
ShortText = Annotated[str, StringConstraints(max_length=500)]
SaidText = Annotated[ShortText, StringConstraints(min_length=1)]  # what must be said: a reason, an explanation
Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class Contract(BaseModel):
    """A part of an event: immutable, strict about types, tolerant of fields it does not know."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")
