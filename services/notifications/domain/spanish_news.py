"""The Spanish words of news: broadcasts, answers, changes of the directory and of guidance. English ones govern."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.notifications.domain.kind import Wording

_NOTHING: Final = (
    "Este aviso no le pide nada. Lo que dice vale desde el día que indica, si indica uno; ningún derecho suyo depende "
    "de haberlo leído."
)

NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "N-33": "Comunicado del Centro",
        "N-46": "Pregunta respondida",
        "N-47": "Cambio en el directorio o en la orientación",
    }
)
WORDS: Final[Mapping[tuple[str, str | None], Wording]] = MappingProxyType(
    {
        ("N-33", None): Wording(
            "El Centro que administra su cuenta comunica a sus importadores lo que sigue.", _NOTHING
        ),
        ("N-33", "party"): Wording("El Centro le comunica lo que sigue.", _NOTHING),
        ("N-33", "correction"): Wording(
            "El Centro corrige lo que comunicó antes: lo que sigue lo reemplaza.", _NOTHING
        ),
        ("N-46", None): Wording(
            "El Centro ha respondido la pregunta de abajo, que usted hizo o sigue. La respuesta es general: no decide "
            "ningún asunto suyo ni es una resolución.",
            "No se le pide nada. La respuesta dice en qué regla se apoya; se marca cuando esa regla cambia.",
        ),
        ("N-46", "refused"): Wording(
            "El Centro no publica la pregunta de abajo, que usted hizo, por el motivo indicado.",
            "No se le pide nada. Puede preguntar otra vez, sin lo que lo impedía.",
        ),
        ("N-46", "merged"): Wording(
            "La pregunta de abajo, que usted hizo, es igual a una anterior. Se le avisará cuando esa se responda, o "
            "encontrará su respuesta de inmediato.",
            "No se le pide nada.",
        ),
        ("N-46", "withdrawn"): Wording(
            "El Centro ha retirado su respuesta a la pregunta de abajo, que usted hizo o sigue, por el motivo "
            "indicado. No se base en lo que decía.",
            "No se le pide nada. Se le avisará cuando la pregunta se responda de nuevo.",
        ),
        ("N-47", None): Wording(
            "Lo que el directorio dice del Centro ha cambiado, o cambia el día aquí indicado, como sigue.",
            "No se le pide nada. El directorio de hoy está en GET /centers.",
        ),
        ("N-47", "guidance"): Wording(
            "El Centro ha publicado orientación, o una nueva versión de ella: abajo está lo que cambió.", _NOTHING
        ),
    }
)
LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Subject": "Asunto",
        "Bulletin": "Comunicado",
        "Changed": "Cambió",
        "Question": "Pregunta",
        "Answer": "Respuesta",
        "Rests on": "Se apoya en",
    }
)
