"""A form with one file: read piece by piece, its file on disk beyond a megabyte, never more than may be."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import BinaryIO, Final

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from shared.files.size import refuse_size
from shared.runtime.errors import Malformed

_AROUND_THE_FILE: Final = 65_536
"""Bytes of a form besides the file: boundaries, headers, the other fields."""
_MAX_FIELD: Final = 1024


@dataclass(frozen=True, slots=True)
class FileForm:
    """The file of a form with the name that it came under, and the other fields."""

    file: BinaryIO
    name: str
    fields: Mapping[str, str]


@asynccontextmanager
async def read_file_form(request: Request, max_bytes: int, fields: Sequence[str]) -> AsyncIterator[FileForm]:
    """The form of a call, which has a field `file` and may have these others; gone when the block ends.

    Raises `Malformed` for what is no such form, `Refused` for one whose file is too large.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "multipart/form-data":
        raise Malformed(
            "A file comes in a form.",
            rule="file-form",
            code="unsupported-media-type",
            remedy="Send multipart/form-data with a field `file`: curl --form file=@invoice.pdf.",
            status=415,
        )
    parser = MultiPartParser(
        request.headers,
        _limited(request, max_bytes),  # type: ignore[arg-type]  # any iterator does
        max_files=1,
        max_fields=len(fields),
        max_part_size=_MAX_FIELD,
    )
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise _bad_form(error.message) from error
    try:
        file = form.get("file")
        others = {name: value for name, value in form.items() if name in fields and isinstance(value, str)}
        if not isinstance(file, UploadFile) or set(form) - {"file", *others}:
            raise _bad_form(f"It has a field `file`, which is a file with a name, and may have {' and '.join(fields)}.")
        yield FileForm(file.file, file.filename or "", others)
    finally:
        await form.close()


async def _limited(request: Request, max_bytes: int) -> AsyncIterator[bytes]:
    received = 0
    try:
        async for chunk in request.stream():
            received += len(chunk)
            if received > max_bytes + _AROUND_THE_FILE:
                raise refuse_size(max_bytes)
            yield chunk
    except ClientDisconnect:
        raise Malformed(
            "The connection broke before the end of the file.",
            rule="file-form",
            code="file-broke-off",
            remedy="Send the file again with the same Idempotency-Key.",
        ) from None


def _bad_form(detail: str) -> Malformed:
    return Malformed(
        f"The form cannot be read: {detail}",
        rule="file-form",
        code="malformed",
        remedy="Send multipart/form-data with a field `file`: curl --form file=@invoice.pdf.",
    )
