"""The sample people whom a demonstration lets a newcomer be: somebody of each role that looks at pages."""

from dataclasses import dataclass

from shared.runtime.identity import Identity, RoleName

_DIVISIONS = frozenset({"partnership", "validation-and-compliance", "enforcement"})
_IMPORTER = "07-544500400"
_PORT = "5201"  # where goods of the sample are held, on which a Center advises

OUTSIDE = frozenset({RoleName.IMPORTER, RoleName.BROKER, RoleName.SURETY, RoleName.TRADE_COUNSEL})
"""Roles of people who are not of the government: they see what is theirs, and no queue."""

ELSEWHERE = frozenset({RoleName.HSI, RoleName.PORT_DIRECTOR, RoleName.PORT_STAFF})
"""Roles of the government that read single matters or accounts, and no cycles, groups of protests or criteria."""

ASSIGNS = frozenset({RoleName.CENTER_DIRECTOR, RoleName.ASSISTANT_CENTER_DIRECTOR})
"""Roles that are offered the form to assign; whether they may is said by the work queue."""

ACTS_ON_MANY = ASSIGNS | {RoleName.IMPORT_SPECIALIST, RoleName.ENTRY_SPECIALIST, RoleName.LIQUIDATION_SPECIALIST}
"""Roles that are offered one act on many items; whether they may is said by the work queue, item by item."""


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """Somebody to be: who it is, what this person does all day, and where the day begins."""

    identity: Identity
    group: str
    does: str
    begins: str


def _at_center(
    subject: str, name: str, role: RoleName, does: str, center: str = "CEE003", begins: str = "/queue"
) -> SamplePerson:
    identity = Identity(subject, name, frozenset({role}), frozenset({center}), _DIVISIONS)
    return SamplePerson(identity, "center", does, begins)


def _nationwide(subject: str, name: str, role: RoleName, does: str, begins: str = "/queue") -> SamplePerson:
    return SamplePerson(Identity(subject, name, frozenset({role})), "nationwide", does, begins)


def _at_port(subject: str, name: str, role: RoleName, does: str) -> SamplePerson:
    identity = Identity(subject, name, frozenset({role}), ports=frozenset({_PORT}))
    return SamplePerson(identity, "nationwide", does, f"/accounts/{_IMPORTER}")


def _outside(
    subject: str,
    name: str,
    role: RoleName,
    does: str,
    *,
    filer_code: str | None = None,
    surety_code: str | None = None,
) -> SamplePerson:
    identity = Identity(
        subject,
        name,
        frozenset({role}),
        importer_numbers=frozenset({_IMPORTER}),
        filer_code=filer_code,
        surety_code=surety_code,
    )
    begins = "/my" if role in OUTSIDE else f"/accounts/{_IMPORTER}"
    return SamplePerson(identity, "outside", does, begins)


SAMPLE_PEOPLE: tuple[SamplePerson, ...] = (
    _at_center(
        "kim",
        "Kim Sato",
        RoleName.IMPORT_SPECIALIST,
        "Import specialist, Automotive and Aerospace: takes the next item, asks the importer, decides.",
    ),
    _at_center(
        "lee",
        "Lee Moran",
        RoleName.ENTRY_SPECIALIST,
        "Entry specialist, Automotive and Aerospace: looks after entries, extensions and protests.",
    ),
    _at_center(
        "ana",
        "Ana Ruiz",
        RoleName.ASSISTANT_CENTER_DIRECTOR,
        "Assistant Center director, Automotive and Aerospace: sees who has what, assigns, signs.",
        begins="/team",
    ),
    _at_center(
        "omar",
        "Omar Webb",
        RoleName.LIQUIDATION_SPECIALIST,
        "Liquidation specialist, Automotive and Aerospace: keeps the law from liquidating by oversight.",
        begins="/radar",
    ),
    _at_center(
        "dora",
        "Dora Lindgren",
        RoleName.CENTER_DIRECTOR,
        "Center director, Automotive and Aerospace: answers for all of it.",
        begins="/team",
    ),
    _at_center(
        "emil",
        "Emil Costa",
        RoleName.TRADE_ENFORCEMENT_COORDINATOR,
        "Trade enforcement coordinator, Automotive and Aerospace: referrals and penalties.",
    ),
    _at_center(
        "noor",
        "Noor Haddad",
        RoleName.IMPORT_SPECIALIST,
        "Import specialist of another Center, Agriculture and Prepared Products.",
        "CEE002",
    ),
    _nationwide(
        "tess", "Tess Quinn", RoleName.OFFICE_OF_TRADE, "Office of Trade, headquarters: every Center.", "/radar"
    ),
    _nationwide("maya", "Maya Brandt", RoleName.NATIONAL_ACCOUNT_MANAGER, "National account manager: inquiries."),
    _nationwide("ivan", "Ivan Petrov", RoleName.INTERNATIONAL_TRADE_SPECIALIST, "International trade specialist."),
    _nationwide("rosa", "Rosa Klein", RoleName.DRAWBACK_SPECIALIST, "Drawback specialist: claims to get duty back."),
    _nationwide("hugo", "Hugo Lind", RoleName.ADCVD_TEAM, "Antidumping and countervailing duty team."),
    _nationwide("fay", "Fay Morgan", RoleName.FPF_OFFICER, "Fines, penalties and forfeitures officer."),
    _nationwide("ruth", "Ruth Adler", RoleName.REGULATIONS_AND_RULINGS, "Regulations and Rulings: further review."),
    _nationwide("carl", "Carl Weiss", RoleName.CHIEF_COUNSEL, "Chief Counsel."),
    _nationwide("ines", "Ines Prado", RoleName.AUDITOR, "Auditor: reads everything, changes nothing."),
    _nationwide(
        "hana",
        "Hana Frost",
        RoleName.HSI,
        "Agent of Homeland Security Investigations: sees the matters that name her, and nothing else.",
        "/queue?center=&state=any",
    ),
    _at_port("pat", "Pat Doyle", RoleName.PORT_DIRECTOR, "Port director, Miami: the goods are here."),
    _at_port("vera", "Vera Stein", RoleName.PORT_STAFF, "Port staff, Miami: who has this account?"),
    _nationwide("otto", "Otto Berg", RoleName.OPERATOR, "Operator: keeps the system running.", "/ops"),
    _outside("ida", "Ida Fischer", RoleName.IMPORTER, "Importer: own entries, notices and days."),
    _outside("ben", "Ben Ortiz", RoleName.BROKER, "Customs broker of this importer.", filer_code="SP7"),
    _outside("sue", "Sue Laker", RoleName.SURETY, "Surety that stands behind its bonds.", surety_code="151"),
    _outside("gus", "Gus Warner", RoleName.REGULATORY_AUDIT, "Regulatory Audit, at work on this importer."),
    _outside("tom", "Tom Hale", RoleName.TRADE_COUNSEL, "Counsel of this importer."),
)


def find_person(subject: str) -> SamplePerson | None:
    """The sample person of this user name."""
    return next((each for each in SAMPLE_PEOPLE if each.identity.subject == subject), None)
