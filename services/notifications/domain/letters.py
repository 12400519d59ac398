"""Letters: which notices have one, what stands on it beside the words of the notice, and its way through the post."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.glyphs import is_replaced, printable
from shared.customs.centers import centers
from shared.customs.postal import PostalAddress, fault_of, lines_of

SENDER: Final = "U.S. Customs and Border Protection"

_ON_REQUEST: Final = frozenset({"N-01", "N-02", "N-09"})
"""Kinds that are letters or were one on paper, and go out by mail to nobody: who wants theirs on paper prints it."""

SetAside = Literal["address-unknown", "address-unusable", "not-typeset"]
"""Why a letter is in no batch: nobody has said where it goes, it cannot go there, or it could not be put on paper."""
Act = Literal["mailed", "returned"]


@dataclass(frozen=True, slots=True)
class LetterPhrases:
    """What stands on a letter beside the phrases of every notice."""

    page: str
    of: str
    facts: str
    issued_on: str
    notice: str
    number: str
    demonstration: str
    replaced: str


LETTER_PHRASES: Final[Mapping[str, LetterPhrases]] = MappingProxyType(
    {
        "en": LetterPhrases(
            page="Page",
            of="of",
            facts="What it is about",
            issued_on="Issued on",
            notice="Notice",
            number="Number",
            demonstration="This is a letter of a demonstration: nothing in it is real, and nobody is bound by it.",
            replaced="A character that cannot be printed stands here by its Unicode number, as [U+4E2D].",
        ),
        "es": LetterPhrases(
            page="Página",
            of="de",
            facts="De qué se trata",
            issued_on="Emitido el",
            notice="Aviso",
            number="Número",
            demonstration="Esta carta es de una demostración: nada en ella es real ni obliga a nadie.",
            replaced="Un carácter que no puede imprimirse figura aquí con su número Unicode, como [U+4E2D].",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a letter goes to as it is known now; an address that is None is not known."""

    name: str | None
    address: PostalAddress | None
    language: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody says of a letter in the post: mailed on a day, how, or returned on one, why."""

    act: Act
    on: date
    carrier: str | None = None
    mail_class: str | None = None
    certified_number: str | None = None
    reason: str | None = None


def has_letter(kind: str) -> bool:
    """Whether notices of this kind can be had as a letter.

    >>> [has_letter(kind) for kind in ("N-03", "N-09", "N-13")]
    [True, True, False]
    """
    return kind in _ON_REQUEST or CATALOGUE[kind].is_lettered


def why_set_aside(addressee: Addressee) -> tuple[SetAside, str] | None:
    """Why a letter cannot go out, with what is wrong in words; None where it can.

    >>> why_set_aside(Addressee("SYNTHETIC IMPORTER", None, "en"))
    ('address-unknown', 'no postal address of the account is known')
    """
    if addressee.name is None or not addressee.name.strip():
        return "address-unknown", "the account is not known, so nobody knows whom to write to"
    if addressee.address is None:
        return "address-unknown", "no postal address of the account is known"
    fault = fault_of(addressee.address)
    if fault is None and any(is_replaced(line) for line in lines_of("", addressee.address)):
        fault = "it has characters that cannot be printed: give it in Latin letters"
    return None if fault is None else ("address-unusable", fault)


def address_lines(addressee: Addressee) -> tuple[str, ...]:
    """What stands in the window; nothing where a letter cannot go out."""
    if addressee.name is None or addressee.address is None or why_set_aside(addressee) is not None:
        return ()
    return lines_of(printable(addressee.name, breaks=False), addressee.address)


def center_lines(center: str | None) -> tuple[str, ...]:
    """The Center in a letter's head: its name and city.

    >>> center_lines("CEE001")
    ('Center of Excellence and Expertise', 'Pharmaceuticals, Health and Chemicals (CEE001)', 'New York, NY')
    """
    if center is None:
        return ()
    known = centers().get(center)
    if known is None:
        return ("Center of Excellence and Expertise", center)
    return ("Center of Excellence and Expertise", f"{known.name} ({center})", f"{known.office_city}, {known.state}")
