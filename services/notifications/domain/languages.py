"""The languages of a notice: what stands around its facts, and the words of those kinds that have another one.

English is the language of the record. In another language the English words stand beside, and they govern.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from services.notifications.domain import spanish_letters, spanish_news, spanish_payments
from services.notifications.domain.kind import Wording

DEFAULT: Final = "en"
LANGUAGES: Final = (DEFAULT, "es")


@dataclass(frozen=True, slots=True)
class Phrases:
    """What stands around the facts of every notice."""

    addressed_to: str
    by_when: str
    questions: str
    faults: str
    came: str
    right: str
    reasons: str
    told: str
    if_nothing_is_done: str
    who_has_it: str
    reply: str
    law: str
    notice: str
    edition: str
    bulletin: str
    english_governs: str
    unsubscribe: str


PHRASES: Final[Mapping[str, Phrases]] = MappingProxyType(
    {
        "en": Phrases(
            addressed_to="To",
            by_when="By when",
            questions="Questions",
            faults="What is wrong",
            came="came",
            right="right is",
            reasons="Reasons",
            told="What was recorded",
            if_nothing_is_done="If nothing is done",
            who_has_it="Who has it",
            reply="Read it, acknowledge it and reply",
            law="Law",
            notice="Notice",
            edition="edition {version} of {used_from}",
            bulletin="Public bulletin",
            english_governs="",
            unsubscribe="To be told no more of this kind",
        ),
        "es": Phrases(
            addressed_to="Para",
            by_when="Plazo",
            questions="Preguntas",
            faults="Errores",
            came="recibido",
            right="correcto es",
            reasons="Motivos",
            told="Lo que consta",
            if_nothing_is_done="Si no se hace nada",
            who_has_it="Quién lo tiene",
            reply="Leer, acusar recibo y responder",
            law="Ley",
            notice="Aviso",
            edition="edición {version} del {used_from}",
            bulletin="Boletín público",
            english_governs="El texto oficial es el inglés:",
            unsubscribe="Para no recibir más avisos de esta clase",
        ),
    }
)

_DECIDES_WITHOUT: Final = "El Centro puede decidir con lo que tiene y proponer un cambio de lo que usted declaró."
_SPANISH_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "N-03": "Solicitud de información",
        "N-04": "Aviso de acción",
        "N-45": "Recordatorio de un plazo cercano",
        **spanish_letters.NAMES,
        **spanish_news.NAMES,
        **spanish_payments.NAMES,
    }
)
_SPANISH: Final[Mapping[tuple[str, str | None], Wording]] = MappingProxyType(
    {
        ("N-03", None): Wording(
            "El Centro necesita información de usted sobre las entradas de abajo antes de poder continuar.",
            _DECIDES_WITHOUT,
        ),
        ("N-03", "reminder"): Wording(
            "El Centro le recuerda la solicitud de información que le envió sobre las entradas de abajo.",
            _DECIDES_WITHOUT,
        ),
        ("N-03", "extended"): Wording(
            "Usted tiene más tiempo para responder la solicitud de información sobre las entradas de abajo: hasta el "
            "día aquí indicado.",
            _DECIDES_WITHOUT,
        ),
        ("N-03", "overdue"): Wording(
            "Pasó el día en que se pedía la respuesta a la solicitud de información sobre las entradas de abajo, y el "
            "Centro no ha recibido ninguna.",
            f"{_DECIDES_WITHOUT} Una respuesta tardía todavía se lee hasta que haya decidido.",
        ),
        ("N-03", "withdrawn"): Wording(
            "El Centro retiró la solicitud de información sobre las entradas de abajo.",
            "Ya no se le pide nada.",
        ),
        ("N-04", None): Wording(
            "El Centro propone, o ha tomado, una acción sobre las entradas de abajo que cambia lo que usted declaró.",
            "La acción se toma y las entradas se liquidan conforme a ella. La liquidación puede protestarse.",
            has_legal_effect=True,
        ),
        ("N-04", "taken"): Wording(
            "Se toma la acción que el Centro propuso sobre las entradas de abajo.",
            "Las entradas se liquidan conforme a ella. La acción por sí sola no puede protestarse; la liquidación sí, "
            "dentro de 180 días.",
            has_legal_effect=True,
        ),
        ("N-04", "withdrawn"): Wording(
            "El Centro retiró la acción sobre las entradas de abajo.", "Ya no se le pide nada."
        ),
        ("N-45", None): Wording(
            "Se acerca un día hasta el cual usted debe actuar sobre la entrada de abajo, como consta hoy.",
            "Abajo se dice qué ocurre cuando pasa el día. Este recordatorio no cambia ningún día ni ningún derecho, y "
            "ninguno depende de él: no espere a recibir uno. Cuando el día se ha movido o se ha cumplido no hay más. "
            "Los recordatorios se desactivan con PUT /preferences.",
        ),
        **spanish_letters.WORDS,
        **spanish_news.WORDS,
        **spanish_payments.WORDS,
    }
)
_SPANISH_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Entry": "Entrada",
        "Entries": "Entradas",
        "Importer number": "Número de importador",
        "Center": "Centro",
        "Issued on": "Emitido el",
        "Reply by": "Responder hasta el",
        "Request": "Solicitud",
        "Letter of": "Carta del",
        "What comes near": "Lo que se acerca",
        "Days before it": "Días antes",
        "When the day passes": "Cuando pasa el día",
        "The day (safe day)": "El día (día seguro)",
        **spanish_letters.LABELS,
        **spanish_news.LABELS,
        **spanish_payments.LABELS,
    }
)
TRANSLATED_KINDS: Final = frozenset(_SPANISH_NAMES)
"""The kinds that have words in every language; all others are told in English."""


def language_of(kind: str, wanted: str) -> str:
    """The language in which a kind of notice is told to somebody who wants one.

    >>> language_of("N-03", "es"), language_of("N-10", "es"), language_of("N-03", "fr")
    ('es', 'en', 'en')
    """
    return wanted if wanted in LANGUAGES and kind in TRANSLATED_KINDS else DEFAULT


def name_in(language: str, kind: str, name: str) -> str:
    """The name of a kind in a language that has words for it."""
    return name if language == DEFAULT else _SPANISH_NAMES[kind]


def words_in(language: str, kind: str, variant: str | None, words: Wording) -> Wording:
    """What a notice says in a language that has words for its kind."""
    return words if language == DEFAULT else _SPANISH[kind, variant]


def label_in(language: str, label: str) -> str:
    """A label in a language; one without a translation stays English."""
    return label if language == DEFAULT else _SPANISH_LABELS.get(label, label)
