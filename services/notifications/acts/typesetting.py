"""Notices as letters: PDF that anybody can read (PDF/UA-1), by typst, from the very words of the mails.

The same notice to the same addressee gives the same bytes, in whatever process and on whatever day: the document is of
the day of issue, nothing in it is random, and its fonts are those that typst carries. Words are handed over as data.
"""

import hashlib
import re
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson
import typst

from services.notifications.acts.rendering import words_of
from services.notifications.domain.addresses import NO_ADDRESSES, MailAddresses
from services.notifications.domain.glyphs import printable
from services.notifications.domain.letters import (
    LETTER_PHRASES,
    SENDER,
    Addressee,
    address_lines,
    center_lines,
)
from services.notifications.store.notices import WrittenNotice

_TEMPLATE: Final = Path(__file__).parent / "templates" / "letter.typ"
_PAGE: Final = re.compile(rb"/Type/Page\b(?!s)")
_REPLACED: Final = re.compile(r"\[U\+[0-9A-F]{4,6}\]")
_COMPILERS = threading.local()


@dataclass(frozen=True, slots=True)
class LetterRules:
    """What letters take from the settings: what links begin with, where teams are written to, and whether all is a
    demonstration, of which nothing is real.
    """

    base_url: str
    addresses: MailAddresses = NO_ADDRESSES
    is_demonstration: bool = False


@dataclass(frozen=True, slots=True)
class TypesetLetter:
    """A letter as it goes to the printer; `language` is the one that it is in, not the one that was asked for."""

    pdf: bytes
    pages: int
    language: str
    address: tuple[str, ...]

    @property
    def sha256(self) -> bytes:
        """What its bytes are known by."""
        return hashlib.sha256(self.pdf).digest()


def typeset(notice: WrittenNotice, addressee: Addressee, rules: LetterRules) -> TypesetLetter:
    """The letter of a notice; without a usable address its window stays empty.

    Text that the fonts have letter by letter but not together is put in Latin letters and numbers of the others, so
    that no text keeps a letter from being made.
    """
    try:
        return _typeset(notice, addressee, rules, only_sure=False)
    except typst.TypstError:
        return _typeset(notice, addressee, rules, only_sure=True)


def _typeset(notice: WrittenNotice, addressee: Addressee, rules: LetterRules, *, only_sure: bool) -> TypesetLetter:
    words = _letter(notice, addressee, rules, only_sure=only_sure)
    issued = datetime(notice.issued_on.year, notice.issued_on.month, notice.issued_on.day, tzinfo=UTC)
    pdf = _compiler().compile(
        format="pdf",
        sys_inputs={"letter": orjson.dumps(words).decode()},
        pdf_standards=["ua-1"],
        timestamp=int(issued.timestamp()),
    )
    assert isinstance(pdf, bytes)  # one document, not a list of pages
    return TypesetLetter(pdf, len(_PAGE.findall(pdf)), words["language"], tuple(address_lines(addressee)))


def _compiler() -> typst.Compiler:
    """One for each thread: it keeps what it has read of the template and the fonts."""
    compiler: typst.Compiler | None = getattr(_COMPILERS, "compiler", None)
    if compiler is None:
        compiler = typst.Compiler(str(_TEMPLATE), root=str(_TEMPLATE.parent), ignore_system_fonts=True)
        _COMPILERS.compiler = compiler
    return compiler


def _letter(notice: WrittenNotice, addressee: Addressee, rules: LetterRules, *, only_sure: bool) -> dict[str, Any]:
    name = addressee.name or "the importer of record"
    words = words_of(notice, name=name, base_url=rules.base_url, language=addressee.language)
    language: str = words["language"]
    say = LETTER_PHRASES[language]

    def show(value: object) -> str:
        return printable(value, only_sure=only_sure)

    def pair(label: object, value: object) -> list[str]:
        return [show(label), show(value)]

    title = f"{words['name_of_kind']} ({words['form']})"
    team = rules.addresses.reply_to(notice.center)
    letter: dict[str, Any] = {
        "language": language,
        "day": [notice.issued_on.year, notice.issued_on.month, notice.issued_on.day],
        "sender": SENDER,
        "center_lines": [show(line) for line in center_lines(notice.center)],
        "address": [printable(line, only_sure=only_sure, breaks=False) for line in address_lines(addressee)],
        "title": show(title),
        "title_short": show(f"{words['name_of_kind']}, {notice.issued_on.isoformat()}"),
        "addressed": show(f"{words['say_addressed_to']} {name}"),
        "text": show(words["told_text"]),
        "due": pair(*words["due"]) if words["due"] is not None else None,
        "if_nothing": show(words["told_if_nothing"]),
        "reference": [
            pair(say.issued_on, notice.issued_on.isoformat()),
            *([pair(*words["due"])] if words["due"] is not None else []),
            pair(say.notice, f"{words['kind_id']}, {words['form']}"),
            [say.number, str(notice.notice_id)],
        ],
        "facts": [pair(label, value) for label, value in words["facts"]],
        "told": [pair(label, value) for label, value in words["told"]],
        "questions": [show(each) for each in words["questions"]],
        "faults": [show(_fault(each, words)) for each in words["faults"]],
        "reasons": [show(_reason(each)) for each in words["reasons"]],
        "english": _english(words, show),
        "contact": [show(words["who_has_it"]), *([show(team)] if team is not None else [])],
        "reply_url": words["reply_url"],
        "reply_shown": words["reply_url"],
        "citation": show(words["citation"]),
        "footer": f"{words['say_notice']} {words['kind_id']} {notice.notice_id}, {words['edition']}",
        "say": {
            "page": say.page,
            "of": say.of,
            "facts": say.facts,
            **{
                phrase: words[f"say_{phrase}"]
                for phrase in (
                    "if_nothing_is_done",
                    "told",
                    "questions",
                    "faults",
                    "reasons",
                    "english_governs",
                    "who_has_it",
                    "reply",
                    "law",
                )
            },
        },
    }
    letter["say"]["english_governs"] = letter["say"]["english_governs"].rstrip(":")
    letter["notes"] = [
        *([say.replaced] if _is_any_replaced(letter) else []),
        *([say.demonstration] if rules.is_demonstration else []),
    ]
    return letter


def _is_any_replaced(letter: Any) -> bool:
    """Whether a character of the letter stands in it by its number."""
    if isinstance(letter, str):
        return _REPLACED.search(letter) is not None
    if isinstance(letter, dict):
        return any(_is_any_replaced(each) for each in letter.values())
    return isinstance(letter, list) and any(_is_any_replaced(each) for each in letter)


def _english(words: Any, show: Any) -> list[str] | None:
    english = words["english"]
    return None if english is None else [show(english.text), show(english.if_nothing_is_done)]


def _fault(fault: Any, words: Any) -> str:
    came = f"{words['say_came']} {fault['came']}, " if "came" in fault else ""
    return f"{fault['field']}: {came}{words['say_right']} {fault['right']}"


def _reason(reason: Any) -> str:
    return f"{reason['text']} ({reason['citation']})" if reason.get("citation") else str(reason["text"])
