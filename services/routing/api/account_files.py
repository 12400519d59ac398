"""How a file of importer accounts is read: bytes as they arrive, row after row, each an account or a fault."""

import codecs
import csv
import re
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

import orjson
from pydantic import ValidationError

from services.routing.api.account_models import AccountIn, read_given
from services.routing.domain.account_imports import Fault, Format, Row
from services.routing.domain.accounts import GivenAccount
from shared.contracts.faults import explain
from shared.runtime.errors import Malformed
from shared.runtime.logging import mask_importer_numbers
from shared.web.guard import find_faults

MAX_ROW_CHARACTERS: Final = 65_536
MAX_ROW_LINES: Final = 100

CSV_FIELDS: Final[Mapping[str, str]] = {
    "importer_number": "importer_number",
    "name": "name",
    "size": "size",
    "trusted_programs": "trusted_programs",
    "center": "center",
    "assigned_center": "center",
    "effective_on": "effective_on",
    "is_broker": "is_broker",
    "broker_as_importer": "is_broker",
    "contact_email": "contact_email",
    "email": "contact_email",
    "filer_code": "filer_code",
    "other_names": "other_names",
    "family": "family",
    "registered_on": "registered_on",
}
"""The columns of a CSV file and the field of an account that each fills."""

_REQUIRED: Final = frozenset({"importer_number", "name"})
_BETWEEN_PROGRAMS: Final = re.compile(r"[|;,\s]+")


async def read_rows(body: AsyncIterable[bytes], form: Format) -> AsyncIterator[Row]:
    """The rows of a file. Raises `Malformed` where no further row can be made out; the rows before stand."""
    if form == "csv":
        async for row in _read_csv(_read_lines(body)):
            yield row
        return
    number = 0
    async for line in _read_lines(body):
        if line.strip():
            number += 1
            yield Row(number, line, _read_object(line))


def read_account(content: Mapping[str, Any]) -> GivenAccount | Fault:
    """The account of a row, or what is wrong with it, naming each field."""
    if unkeepable := [f"{fault.field.removeprefix('row.')}: {fault.message}" for fault in find_faults(content, "row")]:
        return _invalid_row(unkeepable)
    try:
        return read_given(AccountIn.model_validate(content))
    except ValidationError as error:
        faults = explain(error.errors(include_url=False), content, lambda _: _shape())
        return _invalid_row([str(replace(fault, field=fault.field or "row")) for fault in faults])


@cache
def _shape() -> Mapping[str, Any]:
    return AccountIn.model_json_schema()


def _invalid_row(wrong: list[str]) -> Fault:
    return Fault(
        "invalid-row", mask_importer_numbers("; ".join(wrong))[:1000], "Correct these fields and send the row."
    )


async def _read_lines(body: AsyncIterable[bytes]) -> AsyncIterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    rest = ""
    try:
        async for chunk in body:
            *lines, rest = (rest + decoder.decode(chunk)).split("\n")
            for line in lines:
                yield _checked_line(line.removesuffix("\r"))
            _checked_line(rest)
        rest += decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Malformed(
            "The file is not UTF-8.", rule="file-form", code="not-utf-8", remedy="Send it again, encoded as UTF-8."
        ) from None
    if rest:
        yield rest.removesuffix("\r")


def _checked_line(line: str) -> str:
    if len(line) > MAX_ROW_CHARACTERS:
        raise _too_long("A line")
    return line


def _too_long(what: str) -> Malformed:
    return Malformed(
        f"{what} holds more than {MAX_ROW_CHARACTERS} characters or {MAX_ROW_LINES} lines.",
        rule="file-form",
        code="row-too-long",
        remedy="Look for a quotation mark that is never closed; the rows before are applied.",
    )


async def _read_csv(lines: AsyncIterator[str]) -> AsyncIterator[Row]:
    names: list[str] | None = None
    header = ""
    number = 0
    pending: list[str] = []
    async for line in lines:
        if not pending and not line.strip():
            continue
        pending.append(line + "\n")
        cells = _read_record(pending)
        if cells is None:
            if len(pending) > MAX_ROW_LINES or sum(map(len, pending)) > MAX_ROW_CHARACTERS:
                raise _too_long(f"Row {number + 1}")
            continue
        text = "".join(pending)
        pending = []
        if names is None:
            header, names = text, _read_header(cells)
            continue
        number += 1
        # The header says what the rows mean: with the first row it belongs to what was sent.
        yield Row(number, header + text if number == 1 else text, _read_cells(names, cells))
    if pending:
        raise Malformed(
            f"Row {number + 1} ends within quotation marks.",
            rule="file-form",
            code="open-quotation",
            remedy="Close the quotation mark, or send the whole file; the rows before are applied.",
        )
    if names is None:
        raise _bad_header("The file has no header.")


def _read_record(lines: list[str]) -> list[str] | Fault | None:
    """The cells of a record, None while a quoted cell is still open, or what is wrong with the record."""
    try:
        return next(csv.reader(lines, strict=True))
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            return None
        return Fault("invalid-row", f"row: {error}.", "Double the quotation marks within a quoted cell.")


def _read_header(cells: list[str] | Fault) -> list[str]:
    if isinstance(cells, Fault):
        raise _bad_header(f"The header cannot be read: {cells.detail}.")
    names = [cell.strip() for cell in cells]
    if unknown := [name for name in names if name not in CSV_FIELDS]:
        raise _bad_header(f"The header names unknown columns: {', '.join(unknown)[:200]}.")
    fields = [CSV_FIELDS[name] for name in names]
    if missing := _REQUIRED - set(fields):
        raise _bad_header(f"The header lacks {', '.join(sorted(missing))}.")
    if len(set(fields)) < len(fields):
        raise _bad_header("The header names a field twice.")
    return fields


def _bad_header(detail: str) -> Malformed:
    return Malformed(
        detail, rule="file-form", code="bad-header", remedy=f"The columns are: {', '.join(sorted(CSV_FIELDS))}."
    )


def _read_cells(names: list[str], cells: list[str] | Fault) -> dict[str, Any] | Fault:
    if isinstance(cells, Fault):
        return cells
    if len(cells) != len(names):
        return Fault(
            "wrong-cell-count",
            f"row: it has {len(cells)} cells, the header {len(names)}.",
            "Quote cells that hold commas, and send a cell for every column.",
        )
    # A blank cell says nothing, as an absent field of a JSON row.
    content: dict[str, Any] = {name: cell.strip() for name, cell in zip(names, cells, strict=True) if cell.strip()}
    if "trusted_programs" in content:
        content["trusted_programs"] = [
            _read_program(item) for item in _BETWEEN_PROGRAMS.split(content["trusted_programs"]) if item
        ]
    if "other_names" in content:
        content["other_names"] = [name.strip() for name in content["other_names"].split("|") if name.strip()]
    return content


def _read_program(text: str) -> str | dict[str, str | None]:
    """`CTPAT`, or with its dates `CTPAT@2020-01-01/2024-12-31`, either of which may be left out."""
    program, mark, term = text.partition("@")
    if not mark:
        return program
    first, _, last = term.partition("/")
    return {"program": program, "from": first or None, "to": last or None}


def _read_object(line: str) -> Mapping[str, Any] | Fault:
    try:
        content = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return Fault("invalid-row", f"row: not JSON: {error}", "Send one JSON object on each line.")
    if not isinstance(content, dict):
        return Fault("invalid-row", "row: not a JSON object.", "Send one JSON object on each line.")
    return content
