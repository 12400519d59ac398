"""What a file is, by its content: the name that it was sent under says nothing."""

import codecs
import csv
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from types import MappingProxyType
from typing import BinaryIO, Final, Literal

Kind = Literal["pdf", "png", "jpeg", "tiff", "xlsx", "docx", "csv", "text", "email"]

_CHUNK: Final = 65_536
_HEAD: Final = 65_536
_MAX_DIRECTORY: Final = 1_048_576
"""Bytes of the list of a zip file's members at most: reading it takes some ten times as much memory."""
_ZIP_END: Final = 22
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_HEADER: Final = re.compile(rb"[!-9;-~]+:")
_CSV_ROWS: Final = 20


@dataclass(frozen=True, slots=True)
class KindOfFile:
    """A kind of file that is taken: under which type it is given out, and how its name may end."""

    media_type: str
    endings: tuple[str, ...]


KINDS: Final[Mapping[Kind, KindOfFile]] = MappingProxyType(
    {
        "pdf": KindOfFile("application/pdf", ("pdf",)),
        "png": KindOfFile("image/png", ("png",)),
        "jpeg": KindOfFile("image/jpeg", ("jpg", "jpeg")),
        "tiff": KindOfFile("image/tiff", ("tif", "tiff")),
        "xlsx": KindOfFile("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",)),
        "docx": KindOfFile("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",)),
        "csv": KindOfFile("text/csv; charset=utf-8", ("csv", "tsv", "txt")),
        "text": KindOfFile("text/plain; charset=utf-8", ("txt", "csv", "tsv")),
        "email": KindOfFile("message/rfc822", ("eml",)),
    }
)

_SIGNATURES: Final[tuple[tuple[bytes, Kind], ...]] = (
    (b"%PDF-", "pdf"),  # ISO 32000-1, 7.5.2
    (b"\x89PNG\r\n\x1a\n", "png"),  # ISO/IEC 15948, 5.2
    (b"\xff\xd8\xff", "jpeg"),  # ITU-T T.81, B.1.1.3
    (b"II*\x00", "tiff"),  # TIFF 6.0, section 2
    (b"MM\x00*", "tiff"),
)
_OFFICE: Final[tuple[tuple[str, Kind], ...]] = (("xl/workbook.xml", "xlsx"), ("word/document.xml", "docx"))


@dataclass(frozen=True, slots=True)
class Examined:
    """What the bytes of a file say: their SHA-256, their number, and what they are (None: nothing that is taken)."""

    sha256: bytes
    size_bytes: int
    kind: Kind | None


def examine(file: BinaryIO) -> Examined:
    """Read a file from its beginning, piece by piece, and leave it there again."""
    digest, size, reads_text = sha256(), 0, _TextReader()
    file.seek(0)
    head = file.read(_HEAD)
    chunk = head
    while chunk:
        digest.update(chunk)
        size += len(chunk)
        reads_text.feed(chunk)
        chunk = file.read(_CHUNK)
    kind = _kind_by_signature(head) or _kind_of_zip(file, head, size) or _kind_of_text(head, reads_text)
    file.seek(0)
    return Examined(digest.digest(), size, kind)


def _kind_by_signature(head: bytes) -> Kind | None:
    return next((kind for signature, kind in _SIGNATURES if head.startswith(signature)), None)


def _kind_of_zip(file: BinaryIO, head: bytes, size: int) -> Kind | None:
    """Whether a zip file is a workbook or a document of Office Open XML, neither encrypted nor with macros."""
    if not head.startswith(b"PK\x03\x04") or not _has_short_directory(file, size):
        return None
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return None
    names = {member.filename for member in members}
    is_plain = not any(member.flag_bits & 1 or member.filename.lower().endswith("vbaproject.bin") for member in members)
    if "[Content_Types].xml" not in names or not is_plain:
        return None
    return next((kind for name, kind in _OFFICE if name in names), None)


def _has_short_directory(file: BinaryIO, size: int) -> bool:
    """Whether the list of members is short enough to be read (APPNOTE.TXT, 4.3.16: its length stands at byte 12)."""
    file.seek(max(0, size - _ZIP_END - 65_535))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _ZIP_END:
        return False
    return int.from_bytes(tail[at + 12 : at + 16], "little") <= _MAX_DIRECTORY


class _TextReader:
    """Knows of bytes that come piece by piece whether they are UTF-8 text, and whether there is a NUL among them."""

    def __init__(self) -> None:
        self._decode: Callable[[bytes, bool], str] = codecs.getincrementaldecoder("utf-8")().decode
        self._is_text = True
        self.has_nul = False

    def feed(self, chunk: bytes) -> None:
        self.has_nul = self.has_nul or b"\x00" in chunk
        if self._is_text:
            self._take(chunk, is_last=False)

    @property
    def is_text(self) -> bool:
        """To be asked at the end."""
        if self._is_text:
            self._take(b"", is_last=True)
        return self._is_text

    def _take(self, chunk: bytes, *, is_last: bool) -> None:
        try:
            self._is_text = _CONTROL.search(self._decode(chunk, is_last)) is None
        except UnicodeDecodeError:
            self._is_text = False


def _kind_of_text(head: bytes, reads_text: _TextReader) -> Kind | None:
    if not head or reads_text.has_nul:
        return None
    if _is_email(head):
        return "email"
    if not reads_text.is_text:
        return None
    return "csv" if _is_csv(head.decode("utf-8-sig", "ignore"), is_whole=len(head) < _HEAD) else "text"


def _is_email(head: bytes) -> bool:
    """A message has headers, of which RFC 5322, 3.6, demands From and Date; its body may be in any encoding."""
    lines = head.replace(b"\r\n", b"\n").split(b"\n\n", 1)[0].split(b"\n")
    starts = [_HEADER.match(line) for line in lines if line[:1] not in {b" ", b"\t"}]
    if not all(starts):
        return False
    return {b"from:", b"date:"} <= {found[0].lower() for found in starts if found is not None}


def _is_csv(text: str, *, is_whole: bool) -> bool:
    """Whether the first rows have the same number of cells, two or more."""
    lines = text.splitlines()
    lines = lines if is_whole else lines[:-1]
    for delimiter in ",;\t":
        try:
            rows = [row for row in islice(csv.reader(lines, delimiter=delimiter, strict=True), _CSV_ROWS) if row]
        except csv.Error:
            continue
        if len(rows) > 1 and len(rows[0]) > 1 and len({len(row) for row in rows}) == 1:
            return True
    return False
