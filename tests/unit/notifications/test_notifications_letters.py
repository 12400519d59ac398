"""Letters as PDF: tags, fonts, languages and reading order, the window, the same bytes each time, and hostile text."""

import hashlib
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

import pikepdf
import pytest
from pdfminer.high_level import extract_pages, extract_text
from pdfminer.layout import LAParams, LTChar, LTPage, LTTextContainer, LTTextLine

from services.notifications.acts import typesetting
from services.notifications.acts.typesetting import LetterRules, TypesetLetter, typeset
from services.notifications.domain.addresses import MailAddresses
from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.editions import words_in_edition
from services.notifications.domain.glyphs import has_glyph, printable
from services.notifications.domain.languages import words_in
from services.notifications.domain.letters import Addressee, has_letter, why_set_aside
from services.notifications.store.notices import WrittenNotice
from shared.customs.postal import LONGEST_LINE, PostalAddress, fault_of, lines_of

NOTICE_ID: Final = UUID("8f0c2c9e-7a55-5d52-9d7c-0c1d5c6b2f10")
CHICAGO: Final = PostalAddress(("1 Example Plaza", "Suite 400"), "Chicago", "US", "IL", "60601", "Trade compliance")
RULES: Final = LetterRules("https://bulletin.example", MailAddresses(team="{center}@cbp.example"))
INCH: Final = 72.0


def notice(kind: str = "N-03", variant: str | None = None, **changes: Any) -> WrittenNotice:
    """A notice with something in each part of a letter."""
    given: dict[str, Any] = {
        "notice_id": NOTICE_ID,
        "kind": kind,
        "subject": "request-1",
        "cause_sequence": 1,
        "version": 3,
        "importer_number": "07-345678900",
        "entry_number": None,
        "filer_code": "B76",
        "surety_code": None,
        "center": "CEE007",
        "issued_on": date(2026, 3, 2),
        "due_on": date(2026, 4, 1),
        "citation": "CBP Form 28; 19 USC 1509(a)",
        "if_nothing_is_done": words_in_edition(kind, variant, 3).if_nothing_is_done,
        "body": {
            "request_id": "request-1",
            "contact": "Kim Synthetic",
            "questions": ["SYNTHETIC: please send the sales contract.", "SYNTHETIC: what is the article made of?"],
            "reasons": [{"code": "value", "text": "SYNTHETIC: half of the usual value.", "citation": "19 USC 1401a"}],
            "recorded": [["decided_usd", "12.00"]],
        },
        "caused_at": datetime(2026, 3, 2, 15, tzinfo=UTC),
        "variant": variant,
        "entry_numbers": ("B7609000038", "B7609000046"),
    }
    return WrittenNotice(**(given | changes))


def letter(language: str = "en", *, address: PostalAddress | None = CHICAGO, **changes: Any) -> TypesetLetter:
    return typeset(notice(**changes), Addressee("SYNTHETIC IMPORTER 0001", address, language), RULES)


def text_of(pdf: bytes) -> str:
    return " ".join(extract_text(io.BytesIO(pdf)).replace("\u200b", "").split())


def lines_on(pdf: bytes, page: int = 0) -> Iterator[tuple[str, float, float, float, float]]:
    """Each line of a page with its place in inches: left, top, right and bottom, from the top left corner."""
    layout = _pages(pdf)[page]
    for box in layout:
        if isinstance(box, LTTextContainer):
            for line in box:
                if isinstance(line, LTTextLine) and line.get_text().strip():
                    chars = [each for each in line if isinstance(each, LTChar)]
                    left, right = min(each.x0 for each in chars), max(each.x1 for each in chars)
                    top, bottom = layout.height - line.y1, layout.height - line.y0
                    yield line.get_text().strip(), left / INCH, top / INCH, right / INCH, bottom / INCH


@cache
def _pages(pdf: bytes) -> tuple[LTPage, ...]:
    return tuple(extract_pages(io.BytesIO(pdf), laparams=LAParams()))


def elements(node: Any) -> Iterator[pikepdf.Dictionary]:
    """Every element of a tree of tags, in reading order."""
    if isinstance(node, pikepdf.Array):
        for each in node:
            yield from elements(each)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node.K)


def texts_by_tag(pdf: bytes) -> list[tuple[str, str]]:
    """The text of each marked piece, in the order of the tags: the tag that holds it, and what it says."""
    document = pikepdf.open(io.BytesIO(pdf))
    pieces: dict[tuple[int, int], str] = {}
    for number, page in enumerate(document.pages):
        pieces |= _marked(page, number)
    numbers = {page.objgen: number for number, page in enumerate(document.pages)}
    found: list[tuple[str, str]] = []

    def walk(node: Any, tag: str, page: int) -> None:
        if isinstance(node, pikepdf.Array):
            for each in node:
                walk(each, tag, page)
        elif isinstance(node, pikepdf.Dictionary):
            page = numbers[node.Pg.objgen] if "/Pg" in node else page
            if "/S" in node:
                walk(node.get("/K", pikepdf.Array()), str(node.S), page)
            elif "/MCID" in node:
                found.append((tag, pieces[page, int(node.MCID)]))
            elif "/K" in node:
                walk(node.K, tag, page)
        elif isinstance(node, int):
            found.append((tag, pieces[page, node]))

    walk(document.Root.StructTreeRoot.K, "", 0)
    return found


def _marked(page: pikepdf.Page, number: int) -> dict[tuple[int, int], str]:
    """What the marked pieces of a page say, by their numbers, read through the maps of its fonts."""
    fonts = {name: _to_unicode(font) for name, font in page.Resources.Font.items()}
    said: dict[tuple[int, int], str] = {}
    open_pieces: list[int | None] = []
    font = ""
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "BDC":
                is_numbered = isinstance(operands[1], pikepdf.Dictionary) and "/MCID" in operands[1]
                open_pieces.append(int(operands[1].MCID) if is_numbered else None)
                if is_numbered:
                    said[number, int(operands[1].MCID)] = ""
            case "BMC":
                open_pieces.append(None)
            case "EMC":
                open_pieces.pop()
            case "Tf":
                font = str(operands[0])
            case "Tj" | "TJ":
                strings = operands[0] if str(operator) == "TJ" else [operands[0]]
                piece = next((each for each in reversed(open_pieces) if each is not None), None)
                for each in strings:
                    if isinstance(each, pikepdf.String) and piece is not None:
                        raw = bytes(each)
                        codes = [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)]
                        said[number, piece] += "".join(fonts[font].get(code, "\ufffd") for code in codes)
    return said


def _to_unicode(font: Any) -> dict[int, str]:
    found: dict[int, str] = {}
    kind = ""
    for line in bytes(font.ToUnicode.read_bytes()).decode("latin-1").splitlines():
        if line.endswith(("beginbfchar", "beginbfrange")):
            kind = line.split()[-1]
        elif line.startswith("<") and kind == "beginbfchar":
            code, text = line.replace("<", "").replace(">", "").split()
            found[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
        elif line.startswith("<") and kind == "beginbfrange":
            first, last, text = line.replace("<", "").replace(">", "").split()
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = chr(int(text, 16) + step)
    return found


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_letter_is_tagged_pdf_for_everyone(language: str) -> None:
    document = pikepdf.open(io.BytesIO(letter(language).pdf))
    root = document.Root
    assert root.MarkInfo.Marked
    assert str(root.Lang).split("-")[0] == language
    assert root.ViewerPreferences.DisplayDocTitle
    with document.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        expected = {"en": "Request for information (CBP 28)", "es": "Solicitud de información (CBP 28)"}[language]
        assert metadata["dc:title"] == expected
    assert str(document.docinfo["/CreationDate"]).startswith("D:20260302")
    tags = [str(each.S) for each in elements(root.StructTreeRoot.K)]
    assert tags.count("/H1") == 1
    assert {"/H2", "/P", "/L", "/LI", "/Link"} <= set(tags)
    fonts = {
        name: font
        for page in document.pages
        for name, font in page.Resources.get("/Font", pikepdf.Dictionary()).items()
    }
    assert fonts
    for font in fonts.values():
        descriptor = font.DescendantFonts[0].FontDescriptor
        assert {"/FontFile2", "/FontFile3"} & set(descriptor.keys())
        assert "/ToUnicode" in font


def test_the_tags_are_read_in_the_order_in_which_a_person_reads() -> None:
    read = texts_by_tag(letter().pdf)
    said = [(tag, text) for tag, text in read if text.strip()]
    text = " ".join(piece for _, piece in said)
    wanted = (
        "U.S. Customs and Border Protection",
        "2026-03-02",
        str(NOTICE_ID),
        "SYNTHETIC IMPORTER 0001",
        "Chicago IL 60601",
        "Request for information (CBP 28)",
        "The Center needs information",
        "Reply by: 2026-04-01",
        "If nothing is done",
        "B7609000038, B7609000046",
        "SYNTHETIC: please send the sales contract.",
        "SYNTHETIC: half of the usual value. (19 USC 1401a)",
        "Kim Synthetic",
        "cee007@cbp.example",
        f"https://bulletin.example/notices/{NOTICE_ID}",
        "CBP Form 28; 19 USC 1509(a)",
    )
    places = [text.find(each) for each in wanted]
    assert -1 not in places, [each for each, place in zip(wanted, places, strict=True) if place < 0]
    assert places == sorted(places)
    assert [piece for tag, piece in said if tag == "/H1"] == ["Request for information (CBP 28)"]
    assert "Page 1 of" not in text  # what each page repeats is no part of what is read


def test_a_second_language_stands_with_the_english_words_that_govern_marked_as_english() -> None:
    spanish = letter("es")
    said = text_of(spanish.pdf)
    assert spanish.language == "es"
    assert "El Centro necesita información de usted" in said
    assert "The Center needs information from you" in said
    assert "Página 1 de" in said
    document = pikepdf.open(io.BytesIO(spanish.pdf))
    content = b"".join(page.Contents.read_bytes() for page in document.pages)
    pieces = re.findall(rb"/Lang ?\((\w+)-US\)", content)
    assert pieces.count(b"en") >= 2  # each piece of text says its own: both English paragraphs
    assert pieces.count(b"es") >= 3


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", [kind for kind in CATALOGUE if has_letter(kind)])
def test_every_kind_and_case_that_is_a_letter_can_be_typeset_in_both_languages(kind: str, language: str) -> None:
    for variant in (None, *CATALOGUE[kind].variants):
        made = letter(language, kind=kind, variant=variant)
        assert made.language == language
        english = words_in_edition(kind, variant, 3)
        told = words_in(language, kind, variant, english)
        assert (told == english) == (language == "en")
        assert told.has_legal_effect == english.has_legal_effect
        said = text_of(made.pdf)
        for part in (told.text, told.if_nothing_is_done, english.text, english.if_nothing_is_done):
            assert " ".join(part.split()) in said


def test_the_facts_of_a_spanish_letter_have_spanish_labels() -> None:
    body = {"liquidated_on": "2026-03-06", "bill_number": "1", "bill_due_on": "2026-04-05", "total_usd": "7.00"}
    told = letter("es", kind="N-09", variant="billed", body=body, due_on=date(2026, 9, 2))
    said = text_of(told.pdf)
    for label in ("Fecha de liquidación", "Vencimiento de la factura", "Protestar hasta el (último día seguro)"):
        assert label in said
    for label in ("Date of liquidation", "Bill due on", "Protest by"):
        assert label not in said


def test_the_kinds_that_are_letters_are_those_that_the_law_has_come_by_mail_and_three_on_request() -> None:
    by_mail = {kind for kind, known in CATALOGUE.items() if known.is_lettered}
    assert {"N-03", "N-04", "N-17", "N-23", "N-29", "N-30", "N-31", "N-32", "N-34", "N-35"} == by_mail
    assert {kind for kind in CATALOGUE if has_letter(kind)} == by_mail | {"N-01", "N-02", "N-09"}


def test_the_address_stands_in_the_window_and_nothing_else_comes_near_it() -> None:
    abroad = PostalAddress(("Beispielweg 1", "Hof 2"), "Hamburg", "DE", None, "20095", "Zollabteilung")
    for address, name in ((CHICAGO, "SYNTHETIC IMPORTER 0001"), (abroad, "W" * 44)):
        made = typeset(notice(), Addressee(name, address, "en"), RULES)
        shown = list(lines_on(made.pdf))
        of_address = [line for line in shown if line[0] in made.address]
        assert [line[0] for line in sorted(of_address, key=lambda line: line[2])] == list(made.address)
        for _, left, top, right, bottom in of_address:
            # The part of the sheet that the window shows wherever the sheet has slid to (templates/letter.typ).
            assert left >= 0.875
            assert right <= 4.375
            assert top >= 2.5
            assert bottom <= 3.375
        for text, left, top, _, bottom in shown:
            may_show = left < 5.375 and bottom > 2.25 and top < 3.63
            assert not may_show or text in made.address, text


def test_a_letter_is_the_same_bytes_in_another_process_and_another_day() -> None:
    code = (
        "import sys; sys.path.insert(0, '.'); import hashlib\n"
        "from tests.unit.notifications.test_notifications_letters import letter\n"
        "print(hashlib.sha256(letter('es').pdf).hexdigest())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == hashlib.sha256(letter("es").pdf).hexdigest() == letter("es").sha256.hex()


HOSTILE: Final = (
    '#panic("x")',
    '#import "secret.typ": *',
    "$ a^2 $ *bold* _emph_ `raw` <label> @ref // no comment /* nor this */",
    "\\u{41} \\ \\# -- --- ... ~ '\"' [x] {y} = heading",
    "- item\n+ item\n/ term: x",
    "x" * 400,
    "W" * 300,
    "אבג \u202eabc\u202c عربى",
    "中文 😀 \U0010ffff \ue000",
    "\x00\x07\x1b\ufeff\u200f",
    "e\u0301q\u0301\u0489\u20dd" * 40,
    "\u0623\u0644\u0301\u1ab0a\u0591" * 20,
)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_what_people_wrote_is_shown_and_never_read_as_markup(text: str) -> None:
    body = {
        "questions": [text],
        "reasons": [{"text": text, "citation": text}],
        "contact": text,
        "recorded": [[text, text]],
    }
    name = f"SYNTHETIC {text[:150]}"
    made = typeset(notice(body=body, citation=text), Addressee(name, CHICAGO, "en"), RULES)
    said = text_of(made.pdf)
    if text.isascii() and text.isprintable():
        assert said.replace(" ", "").count(text.replace(" ", "")) >= 4
    for character in text:
        if not has_glyph(character) and not character.isspace():
            assert f"[U+{ord(character):04X}]" in said.replace(" ", "")
            assert "stands here by its Unicode number" in said
    for page in range(made.pages):
        for _, left, _, right, _ in lines_on(made.pdf, page):
            assert 0 < left < right < 8.5


def test_every_character_that_is_said_to_have_a_glyph_can_be_set() -> None:
    every = [chr(code) for code in range(0x20, 0x2C00) if has_glyph(chr(code)) and not chr(code).isspace()]
    assert len(every) > 4000
    assert not any("[U+" in printable(each) for each in every)
    lines = [" ".join(every[begin : begin + 100]) for begin in range(0, len(every), 100)]
    given = notice(body={"questions": lines})
    # Without what stands in where the fonts lack something, which typst refuses.
    made = typesetting._typeset(given, Addressee("SYNTHETIC", CHICAGO, "en"), RULES, only_sure=False)
    assert made.pages > 2


def test_a_demonstration_says_so_on_each_letter() -> None:
    made = typeset(
        notice(), Addressee("SYNTHETIC", CHICAGO, "en"), LetterRules("https://x.example", is_demonstration=True)
    )
    assert "nothing in it is real" in text_of(made.pdf)
    assert "nothing in it is real" not in text_of(letter().pdf)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"street": ()}, "no street"),
        ({"city": " "}, "no city"),
        ({"country": "USA"}, "ISO 3166"),
        ({"state": "XX"}, "the state"),
        ({"postal_code": None}, "the ZIP code"),
        ({"street": ("x" * (LONGEST_LINE + 1),)}, "longer than"),
        ({"street": tuple("abcd")}, "more than"),
        ({"city": "北京"}, "cannot be printed"),
    ],
)
def test_an_address_to_which_no_letter_can_go_is_told_with_what_is_wrong(change: dict[str, Any], why: str) -> None:
    given = {"street": CHICAGO.street, "city": "Chicago", "state": "IL", "postal_code": "60601", "attention": "Trade"}
    found = why_set_aside(Addressee("SYNTHETIC", PostalAddress(**(given | change)), "en"))
    assert found is not None
    assert found[0] == "address-unusable"
    assert why in found[1]


def test_who_is_not_known_has_an_unknown_address_and_an_empty_window() -> None:
    for nobody in (Addressee(None, None, "en"), Addressee("SYNTHETIC", None, "en"), Addressee(" ", CHICAGO, "en")):
        found = why_set_aside(nobody)
        assert found is not None
        assert found[0] == "address-unknown"
        assert typeset(notice(), nobody, RULES).address == ()


def test_a_long_name_keeps_to_two_lines_and_the_letter_has_it_whole() -> None:
    name = "SYNTHETIC " * 19
    assert fault_of(CHICAGO) is None
    assert len(lines_of(name, CHICAGO)) == 6
    assert name.strip() in text_of(typeset(notice(), Addressee(name, CHICAGO, "en"), RULES).pdf)
    assert printable("x" * 40).count("\u200b") == 3
