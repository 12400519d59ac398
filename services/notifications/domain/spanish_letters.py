"""The Spanish words of the notices that go by mail, or may. English ones govern."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.notifications.domain.kind import Wording

_LIQUIDATED: Final = (
    "La entrada de abajo ha sido liquidada. Este aviso es una cortesía sin efecto legal: solo el aviso en el boletín "
    "público prueba la liquidación."
)
_FINAL: Final = "La liquidación queda firme para todas las personas cuando pasa el plazo para protestar."
_SUIT: Final = (
    "queda firme si no se inicia una demanda dentro de 180 días desde la fecha de este aviso; el día aquí indicado es "
    "el último día seguro y nunca se mueve por fin de semana ni feriado. Lo que resultó adeudado se paga antes de "
    "iniciar la demanda. Pedir a CBP que anule la denegación no detiene ese plazo."
)
_CONTEST: Final = (
    "Quien protestó tiene derecho a impugnar {what} mediante una acción civil ante el Tribunal de Comercio "
    "Internacional de los Estados Unidos."
)
_COLLECTED: Final = (
    "El importe se adeuda, y puede cobrarse de usted y del fiador de la fianza, y reclamarse por demanda. Puede "
    "presentarse una petición de alivio hasta el día aquí indicado."
)
_BILL: Final = (
    "Lo que se adeuda se factura con el número de abajo. Los importes son los del acto; una factura que reemplaza a "
    "otra impaga incluye también lo que aún se debía por ella."
)
_BILL_UNPAID: Final = (
    "Una factura que no se paga hasta el último día de pago está en mora el día siguiente, se haya protestado o no, y "
    "devenga entonces intereses desde la liquidación por períodos de 30 días; el pago puede exigirse al fiador. La "
    "liquidación puede protestarse dentro de 180 días; una protesta no aplaza el día de pago."
)
_DELINQUENT: Final = (
    "La factura está en mora, y se suman intereses desde la liquidación por períodos de 30 días hasta que se pague. "
    "Puede compensarse con lo que se le debe a usted (19 CFR 24.72) y sancionarse (19 CFR 142.14), pero no mientras "
    "una protesta presentada a tiempo esté sin decidir; los intereses corren de todos modos."
)
_NOTHING_ASKED: Final = "No se le pide nada."

NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "N-01": "Asignación o cambio de Centro",
        "N-02": "Decisión sobre la apelación contra el Centro",
        "N-09": "Aviso de cortesía de la liquidación",
        "N-17": "Decisión sobre la protesta",
        "N-23": "Exclusión",
        "N-29": "Aviso previo a una multa",
        "N-30": "Multa, daños liquidados o incautación",
        "N-31": "Decisión sobre una petición",
        "N-32": "Renuncia a la prescripción",
        "N-34": "Factura por aumento de derechos",
        "N-35": "Recordatorio de una factura",
    }
)
WORDS: Final[Mapping[tuple[str, str | None], Wording]] = MappingProxyType(
    {
        ("N-01", None): Wording(
            "Un Centro de Excelencia y Especialización administra su cuenta desde la fecha de abajo. Decide lo que "
            "sigue al levante de su carga, sea cual sea el puerto de entrada.",
            "La asignación se mantiene. Usted puede apelarla por escrito en cualquier momento ante la Office of Field "
            "Operations.",
        ),
        ("N-02", None): Wording(
            "Field Operations ha decidido su apelación: su cuenta sigue en el Centro que tiene.",
            "La asignación se mantiene. Usted puede apelarla otra vez por escrito en cualquier momento.",
        ),
        ("N-02", "reassigned"): Wording(
            "Field Operations ha decidido su apelación: su cuenta se asigna al Centro aquí indicado desde el día aquí "
            "indicado.",
            "No se le pide nada. La nueva asignación vale desde su día, con un aviso propio; los asuntos abiertos "
            "siguen en el Centro que los tiene, a menos que se trasladen.",
        ),
        ("N-09", None): Wording(_LIQUIDATED, _FINAL),
        ("N-09", "billed"): Wording(
            _LIQUIDATED,
            f"{_FINAL} La factura está en mora el día después de su vencimiento, se haya protestado o no, y devenga "
            "entonces intereses desde la liquidación.",
        ),
        ("N-09", "refund"): Wording(
            _LIQUIDATED,
            f"{_FINAL} El reembolso se adeuda 30 días después de la liquidación; para ello no se le pide nada.",
        ),
        ("N-09", "refund-waiting"): Wording(
            _LIQUIDATED,
            f"{_FINAL} El reembolso espera, y no devenga intereses durante ese tiempo, hasta que se aporte lo que "
            "falta: inscríbase en los reembolsos ACH con datos bancarios válidos en su cuenta de ACE, u obtenga una "
            "dispensa del pago electrónico.",
        ),
        ("N-09", "amount-unknown"): Wording(
            _LIQUIDATED,
            f"{_FINAL} El importe no puede calcularse hasta que se conozca el hecho aquí indicado; entonces sigue una "
            "factura o un reembolso con un aviso propio.",
        ),
        ("N-17", None): Wording(
            "La protesta de abajo ha sido denegada por los motivos indicados. " + _CONTEST.format(what="la denegación"),
            f"La denegación {_SUIT}",
            has_legal_effect=True,
        ),
        ("N-17", "allowed"): Wording(
            "La protesta de abajo ha sido concedida.",
            "No se le pide nada. Las entradas que estaban liquidadas se reliquidan, cada una con un aviso propio; lo "
            "que se pagó de más se reembolsa, y una factura por ello se cancela.",
        ),
        ("N-17", "allowed-in-part"): Wording(
            "La protesta de abajo ha sido concedida en parte, y denegada en lo demás por los motivos indicados. "
            + _CONTEST.format(what="la denegación parcial"),
            "Lo concedido se ejecuta con un aviso propio para cada entrada. La denegación de lo demás " + _SUIT,
            has_legal_effect=True,
        ),
        ("N-17", "rejected"): Wording(
            "La protesta de abajo ha sido rechazada por el motivo indicado, sin decisión sobre el fondo.",
            "La decisión protestada se mantiene. Lo que hace incompleta una protesta puede subsanarse presentándola "
            "otra vez mientras dure el plazo para protestar.",
        ),
        ("N-23", None): Wording(
            "Las mercancías de la entrada de abajo quedan excluidas de la entrada.",
            "Las mercancías siguen excluidas, y deben exportarse o destruirse. La exclusión puede protestarse dentro "
            "de 180 días (19 USC 1514(a)(4)).",
        ),
        ("N-23", "deemed"): Wording(
            "Sobre las mercancías de la entrada de abajo no se decidió a tiempo, lo que la ley trata como una decisión "
            "de excluirlas.",
            "Las mercancías siguen excluidas. La exclusión puede protestarse dentro de 180 días, y una protesta así "
            "que no se decide en 30 días se trata como denegada (19 USC 1499(c)(5)).",
        ),
        ("N-29", None): Wording(
            "Se considera imponerle una multa. Usted puede decir, hasta el día aquí indicado, por qué no debe "
            "imponerse, o no por este importe.",
            "El aviso de multa se emite sin su respuesta.",
            has_legal_effect=True,
        ),
        ("N-30", None): Wording(
            "Se le ha impuesto una multa por el importe indicado.", _COLLECTED, has_legal_effect=True
        ),
        ("N-30", "damages"): Wording(
            "Se han impuesto daños liquidados conforme a la fianza por el importe indicado.",
            _COLLECTED,
            has_legal_effect=True,
        ),
        ("N-30", "seizure"): Wording(
            "Se han incautado mercancías.",
            "Las mercancías pueden decomisarse. Puede presentarse una petición de alivio hasta el día aquí indicado.",
            has_legal_effect=True,
        ),
        ("N-31", None): Wording(
            "La petición de alivio ha sido decidida por los motivos indicados.",
            "La decisión se mantiene, y el importe total de la reclamación puede cobrarse cuando su plazo haya pasado "
            "sin pago ni petición suplementaria.",
            has_legal_effect=True,
        ),
        ("N-31", "supplemental"): Wording(
            "La petición suplementaria de alivio ha sido decidida por los motivos indicados.",
            "El importe total de la reclamación puede cobrarse cuando haya pasado el plazo para pagar.",
            has_legal_effect=True,
        ),
        ("N-31", "cancelled"): Wording("La reclamación se cancela por los motivos indicados.", _NOTHING_ASKED),
        ("N-31", "late"): Wording(
            "La petición de alivio se rechaza: se presentó después de su plazo.",
            "La reclamación se mantiene por completo, y puede cobrarse y reclamarse por demanda.",
        ),
        ("N-31", "offer-accepted"): Wording(
            "Se acepta la oferta de transacción.", "Con ella se cierra la reclamación."
        ),
        ("N-31", "offer-refused"): Wording(
            "Se rechaza la oferta de transacción por el motivo indicado.", "La reclamación sigue como antes."
        ),
        ("N-32", None): Wording(
            "Se le pide que renuncie a la prescripción del plazo para demandar por la multa, para que su petición "
            "pueda decidirse sin prisa.",
            "El Gobierno puede demandar antes de que termine el plazo, y los plazos para responder y para pedir alivio "
            "pueden ser más cortos.",
        ),
        ("N-32", "waived"): Wording("Su renuncia a la prescripción consta hasta el día indicado.", _NOTHING_ASKED),
        ("N-34", None): Wording(
            f"Por la entrada de abajo se adeudan más derechos, tasas o intereses. {_BILL}",
            _BILL_UNPAID,
            has_legal_effect=True,
        ),
        ("N-34", "carried-over"): Wording(
            f"Un acto sobre la entrada de abajo reemplazó a otro que no está pagado, y se debe menos. {_BILL}",
            _BILL_UNPAID,
            has_legal_effect=True,
        ),
        ("N-35", None): Wording("La factura de abajo no se pagó hasta el día de su vencimiento.", _DELINQUENT),
        ("N-35", "dunning"): Wording("La factura de abajo sigue impaga 120 días después de su emisión.", _DELINQUENT),
    }
)
LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "What happened": "Lo ocurrido",
        "Entry type": "Tipo de entrada",
        "Port of entry": "Puerto de entrada",
        "Entry date": "Fecha de entrada",
        "The entry is now": "La entrada está ahora",
        "As of": "Con fecha de",
        "Date of liquidation": "Fecha de liquidación",
        "Notice posted on": "Aviso publicado el",
        "Scheduled for": "Prevista para el",
        "Scheduled before for": "Prevista antes para el",
        "Protest number": "Número de protesta",
        "Decision": "Decisión",
        "Decided on": "Decidido sobre",
        "Denied on": "Denegada el",
        "Further review": "Revisión adicional",
        "Change in duty (USD)": "Cambio en los derechos (USD)",
        "Change in fees (USD)": "Cambio en las tasas (USD)",
        "Interest (USD, positive is due to CBP)": "Intereses (USD; un importe positivo se debe a CBP)",
        "Change in all (USD, positive is due to CBP)": "Cambio total (USD; un importe positivo se debe a CBP)",
        "Bill": "Factura",
        "Bill due on": "Vencimiento de la factura",
        "Open on the bill (USD)": "Impago de la factura (USD)",
        "Refund": "Reembolso",
        "State of the refund": "Estado del reembolso",
        "Refund with interest (USD)": "Reembolso con intereses (USD)",
        "Missing": "Falta",
        "Received on": "Recibido el",
        "To be decided by": "Debe decidirse hasta el",
        "Appeal": "Apelación",
        "Center before": "Centro anterior",
        "In effect from": "Vale desde el",
        "What to do": "Qué hacer",
        "Protest the liquidation by (safe last day)": "Protestar la liquidación hasta el (último día seguro)",
        "Protest by (safe last day)": "Protestar hasta el (último día seguro)",
        "Sue by (safe last day)": "Demandar hasta el (último día seguro)",
        "Reply by (safe last day)": "Responder hasta el (último día seguro)",
        "Petition by (safe last day)": "Pedir alivio hasta el (último día seguro)",
        "Pay or petition again by (safe last day)": "Pagar o pedir alivio otra vez hasta el (último día seguro)",
        "Due on": "Hasta el",
    }
)
