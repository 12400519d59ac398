"""The Spanish words of the notices about the money of programs. English ones govern."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.notifications.domain.kind import Wording

_WAITS: Final = (
    "El pago espera, y no devenga intereses durante ese tiempo, hasta que se aporte lo que falta: inscríbase en los "
    "reembolsos ACH con datos bancarios válidos en su cuenta de ACE, u obtenga una dispensa del pago electrónico."
)
_FINAL: Final = "Cada liquidación queda firme para todas las personas cuando pasa el plazo para protestarla."
_ROWS: Final = (
    "Lo que fue descartado dice hasta cuándo se puede hacer algo al respecto; cada fila está en los resultados. Lo que "
    "fue aceptado puede retirarse hasta que se publique."
)

NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "N-43": "Compensación prevista",
        "N-44": "Pago de un programa enviado o devuelto",
        "N-48": "Estado de un pago",
        "N-49": "Resultado de una declaración",
    }
)
WORDS: Final[Mapping[tuple[str, str | None], Wording]] = MappingProxyType(
    {
        ("N-43", None): Wording(
            "Facturas suyas están impagas después de su vencimiento, y pasó el plazo para protestarlas. Se compensarán "
            "con el pago de abajo desde el día aquí indicado.",
            "Las facturas se pagan con el pago, y el resto va a usted. Una factura que usted pague antes de ese día, o "
            "que resulte no adeudada, no se compensa.",
        ),
        ("N-44", None): Wording(
            "El pago de abajo ha sido enviado. La línea del banco lleva el número indicado; el estado enumera cada "
            "entrada, y sus totales son iguales al importe.",
            "No se le pide nada.",
        ),
        ("N-44", "returned"): Wording(
            "El banco devolvió el pago de abajo, por el motivo indicado.",
            "El pago se hace de nuevo con su número cuando sus datos bancarios puedan usarse: complételos o corríjalos "
            "en su cuenta de ACE. No devenga intereses durante ese tiempo.",
        ),
        ("N-48", None): Wording(
            "El programa de abajo liquidó o reliquidó entradas suyas, y sus reembolsos se pagan juntos. El estado "
            "enumera cada entrada. Los avisos de liquidación están en el boletín público.",
            f"El pago se certifica y se envía. {_FINAL}",
        ),
        ("N-48", "waiting"): Wording(
            "El programa de abajo liquidó o reliquidó entradas suyas. Sus reembolsos se pagarán juntos y todavía no es "
            "posible. El estado enumera cada entrada. Los avisos de liquidación están en el boletín público.",
            f"{_WAITS} {_FINAL}",
        ),
        ("N-49", None): Wording(
            "Cada fila de la declaración de abajo ha sido juzgada.",
            f"Lo que fue aceptado se publica a su turno. {_ROWS}",
        ),
        ("N-49", "payee-not-ready"): Wording(
            "Cada fila de la declaración de abajo ha sido juzgada. Sus reembolsos no podrían pagarse hoy, por lo que "
            "falta.",
            f"Lo que fue aceptado se publica a su turno. {_WAITS} {_ROWS}",
        ),
    }
)
LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Program": "Programa",
        "Payment": "Pago",
        "On the bank line": "En la línea del banco",
        "Paid to": "Se paga a",
        "Posting day": "Día de publicación",
        "Refunds in it": "Reembolsos que incluye",
        "Duty removed (USD)": "Derechos suprimidos (USD)",
        "Interest in it (USD)": "Intereses que incluye (USD)",
        "What else the same liquidations changed (USD, negative is due to CBP)": (
            "Qué más cambiaron las mismas liquidaciones (USD, negativo: adeudado a la CBP)"
        ),
        "Interest for delay (USD)": "Intereses por demora (USD)",
        "Set off (USD)": "Compensado (USD)",
        "To the bank (USD)": "Al banco (USD)",
        "Statement": "Estado",
        "Set off from": "Se compensa desde",
        "Set off": "Compensado",
        "Declaration": "Declaración",
        "Rows": "Filas",
        "Accepted": "Aceptadas",
        "Dropped": "Descartadas",
        "Payees that cannot be paid": "Beneficiarios que no pueden recibir pagos",
        "Each row": "Cada fila",
        "Code": "Código",
    }
)
