"""What a file is follows from its content, and its name comes out harmless."""

import io
from hashlib import sha256

import pytest

from shared.files.kinds import KINDS, examine
from shared.files.names import MAX_NAME, clean_name
from tests.support.files import DOCX, EICAR, EMAIL, PDF, PNG, XLSX, office

TAKEN = {
    "pdf": PDF,
    "png": PNG,
    "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
    "tiff": b"II*\x00\x08\x00\x00\x00",
    "xlsx": XLSX,
    "docx": DOCX,
    "csv": b'line,hts,value\r\n1,8471300100,"1,000"\r\n2,8471300100,5\r\n',
    "text": "Assists of 4 000 € were left out.\n".encode(),
    "email": EMAIL,
}


def test_there_is_a_file_of_every_kind_to_try() -> None:
    assert TAKEN.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", TAKEN)
def test_kind_is_known_by_the_content(kind: str) -> None:
    file = io.BytesIO(TAKEN[kind])
    examined = examine(file)
    assert (examined.kind, examined.size_bytes) == (kind, len(TAKEN[kind]))
    assert examined.sha256 == sha256(TAKEN[kind]).digest()
    assert file.tell() == 0


def test_text_is_read_to_its_end_across_pieces() -> None:
    long = ("é" * 200_001).encode()
    assert examine(io.BytesIO(b"a" + long)).kind == "text"
    assert examine(io.BytesIO(b"a" + long + b"\xc3")).kind is None
    assert examine(io.BytesIO(b"a" + long + b"\x00")).kind is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00\x03",  # a program of Windows
        b"\x7fELF\x02\x01\x01",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 64,  # Office before 2007, which may hold macros
        b"\xff\xfea\x00,\x00b\x00",  # UTF-16
        "Müller".encode("latin-1"),
        b"before\n" + PDF + b"\x00",
        office("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"),
        office("a.exe"),
        office("xl/workbook.xml"),
        XLSX[:-30],
        b"PK\x03\x04" + b"\x00" * 100,
    ],
)
def test_everything_else_is_of_no_kind(content: bytes) -> None:
    assert examine(io.BytesIO(content)).kind is None


def test_zip_with_an_endless_list_of_members_is_not_opened() -> None:
    huge = bytearray(XLSX)
    at = huge.rfind(b"PK\x05\x06") + 12
    huge[at : at + 4] = (2**20 + 1).to_bytes(4, "little")
    assert examine(io.BytesIO(bytes(huge))).kind is None


def test_program_with_the_name_of_a_paper_is_text_at_most() -> None:
    assert examine(io.BytesIO(b"#!/bin/sh\necho\n")).kind == "text"
    assert clean_name("run.sh", "text") == "run.sh.txt"
    assert examine(io.BytesIO(EICAR)).kind == "text"


@pytest.mark.parametrize(
    ("given", "kind", "clean"),
    [
        ("invoice.pdf", "pdf", "invoice.pdf"),
        ("Photo.JPEG", "jpeg", "Photo.JPEG"),
        ("C:\\Users\\ada\\Rechnung März.pdf", "pdf", "Rechnung März.pdf"),
        ("../../../etc/passwd", "text", "passwd.txt"),
        ("a\r\nSet-Cookie: x=1.pdf", "pdf", "a Set-Cookie_ x=1.pdf"),
        ('a"; filename="b.exe', "pdf", "a__ filename=_b.exe.pdf"),
        ("cod\u202efdp.exe", "pdf", "codfdp.exe.pdf"),
        ("...", "csv", "file.csv"),
        ("", "docx", "file.docx"),
        (".pdf", "pdf", "pdf.pdf"),
        ("x" * 500 + ".pdf", "pdf", "x" * (MAX_NAME - 4) + ".pdf"),
    ],
)
def test_name_is_one_plain_name_that_ends_as_its_kind(given: str, kind: str, clean: str) -> None:
    assert clean_name(given, kind) == clean  # type: ignore[arg-type]
