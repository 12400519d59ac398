"""How a declaration is read: whatever a spreadsheet, a broker's system or a person makes of a list of entry numbers.

Almost nothing refuses the file: not its encoding, separator, order of columns, or what else stands in it. Of each row
only the cell that is to be an entry number is kept.
"""

import codecs
import csv
import re
from collections.abc import AsyncIterable, AsyncIterator
from typing import Any, Final, Literal

import orjson

from services.liquidation.acts.declaring import FileRow
from services.liquidation.domain.program.rows import read_number
from shared.runtime.errors import Malformed

Form = Literal["csv", "ndjson", "json"]
FORMS: Final[dict[str, Form]] = {
    "text/csv": "csv",
    "text/plain": "csv",
    "application/vnd.ms-excel": "csv",
    "application/x-ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "application/json": "json",
}
MAX_LINE: Final = 65_536
MAX_JSON: Final = 4 << 20
MAX_CELL: Final = 200
"""Characters of a cell that are looked at; an entry number with all that may stand around it has fewer."""
_SEPARATORS: Final = ",;\t|"
_UTF_16: Final = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_NUMBERS: Final = re.compile(r"number|num|no\b|nr|#", re.IGNORECASE)
_KEYS: Final = ("entry_number", "entryNumber", "entry number", "entry", "Entry Number", "Entry")


async def read_rows(body: AsyncIterable[bytes], form: Form) -> AsyncIterator[FileRow]:
    """The rows of a file with their entry numbers as they came; raises `Malformed` where it cannot be read further."""
    if form == "json":
        for row in _read_json(await _read_whole(body)):
            yield row
        return
    number = 0
    if form == "ndjson":
        async for line in _read_lines(body):
            if line.strip():
                number += 1
                yield FileRow(number, line, _cell_of_json(line)[:MAX_CELL])
        return
    async for row in _read_csv(_read_lines(body)):
        yield row


async def _read_lines(body: AsyncIterable[bytes]) -> AsyncIterator[str]:
    decoder: codecs.IncrementalDecoder | None = None
    head, rest = b"", ""
    try:
        async for chunk in body:
            if decoder is None:
                head += chunk
                if len(head) < 4:
                    continue
                decoder, head = _choose_decoder(head)
                chunk = head  # noqa: PLW2901  the first chunks are read together
            *lines, rest = (rest + decoder.decode(chunk)).split("\n")
            for line in lines:
                yield _checked(line.removesuffix("\r"))
            _checked(rest)
        if decoder is None:
            decoder, head = _choose_decoder(head)
            rest = decoder.decode(head)
        rest += decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise _unreadable("It is neither UTF-8 nor UTF-16.") from None
    for line in rest.split("\n"):
        if line.strip():
            yield line.removesuffix("\r")


def _choose_decoder(head: bytes) -> tuple[codecs.IncrementalDecoder, bytes]:
    """By the byte order mark, or by the zero bytes that Latin letters have in UTF-16."""
    for mark, name in _UTF_16:
        if head.startswith(mark):
            return codecs.getincrementaldecoder(name)(), head[len(mark) :]
    if head[1:2] == b"\0":
        return codecs.getincrementaldecoder("utf-16-le")(), head
    if head[:1] == b"\0":
        return codecs.getincrementaldecoder("utf-16-be")(), head
    return codecs.getincrementaldecoder("utf-8-sig")(), head


def _checked(line: str) -> str:
    if len(line) > MAX_LINE:
        raise _unreadable(f"A line holds more than {MAX_LINE} characters.")
    return line


async def _read_csv(lines: AsyncIterator[str]) -> AsyncIterator[FileRow]:
    column, separator, header, number = -1, ",", "", 0
    async for line in lines:
        if not line.strip():
            continue
        if column < 0:
            separator = max(_SEPARATORS, key=line.count) if any(map(line.count, _SEPARATORS)) else ","
            cells = _split(line, separator)
            column = _find_column(cells)
            if column < 0:
                column = next((place for place, cell in enumerate(cells) if read_number(cell)[0] is not None), -1)
                if column < 0:
                    raise _no_column()
            else:
                header = line + "\n"
                continue
        number += 1
        cells = _split(line, separator)
        cell = cells[column][:MAX_CELL] if column < len(cells) else ""
        # The header says what the rows mean: with the first row it belongs to what was sent.
        yield FileRow(number, header + line + "\n" if number == 1 else line + "\n", cell)
    if column < 0:
        return


def _split(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator))
    except (csv.Error, StopIteration):
        return line.split(separator)


def _find_column(cells: list[str]) -> int:
    """The column whose heading names an entry, before others the one that says number."""
    named = [place for place, cell in enumerate(cells) if "entry" in cell.lower() and read_number(cell)[0] is None]
    numbers = [place for place in named if _NUMBERS.search(cells[place])]
    return (numbers or named or [-1])[0]


def _cell_of_json(line: str) -> str:
    try:
        return _cell(orjson.loads(line))
    except orjson.JSONDecodeError:
        return line.strip()


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        found = next((value[key] for key in _KEYS if key in value), None)
        if found is None:
            found = next((each for key, each in value.items() if "entry" in key.lower()), "")
        return str(found)
    return str(value)


async def _read_whole(body: AsyncIterable[bytes]) -> bytes:
    whole = bytearray()
    async for chunk in body:
        whole += chunk
        if len(whole) > MAX_JSON:
            raise _unreadable(f"A JSON document holds more than {MAX_JSON >> 20} MB: send NDJSON or CSV.")
    return bytes(whole)


def _read_json(content: bytes) -> list[FileRow]:
    try:
        given = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise _unreadable(f"It is not JSON: {error}.") from None
    if isinstance(given, dict):
        given = next((each for key, each in given.items() if "entr" in key.lower() and isinstance(each, list)), None)
    if not isinstance(given, list):
        raise _no_column()
    return [FileRow(number, f"{cell}\n", cell[:MAX_CELL]) for number, cell in enumerate(map(_cell, given), 1)]


def _unreadable(why: str) -> Malformed:
    return Malformed(
        f"The file cannot be read. {why}",
        rule="refund-declaration",
        code="unreadable",
        remedy="Save it as CSV in UTF-8, an entry number on each row, and send it again.",
    )


def _no_column() -> Malformed:
    return Malformed(
        "No column of the file is named entry number, and no cell of its first row is one.",
        rule="refund-declaration",
        code="no-entry-column",
        remedy='Name the column "Entry number"; others may stand beside it.',
    )
