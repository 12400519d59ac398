"""The sample people whom a demonstration lets a newcomer be: one of each role that the pages know."""

from dataclasses import dataclass

from shared.runtime.identity import Identity, RoleName

_DIVISIONS = frozenset({"partnership", "validation-and-compliance", "enforcement"})


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """Somebody to be: who it is, and what this person does all day."""

    identity: Identity
    does: str


def _person(subject: str, name: str, role: RoleName, does: str, center: str | None = None) -> SamplePerson:
    centers = frozenset({center}) if center is not None else frozenset[str]()
    divisions = _DIVISIONS if center is not None else frozenset[str]()
    return SamplePerson(
        Identity(subject=subject, name=name, roles=frozenset({role}), centers=centers, divisions=divisions), does
    )


SAMPLE_PEOPLE: tuple[SamplePerson, ...] = (
    _person(
        "kim",
        "Kim Sato",
        RoleName.IMPORT_SPECIALIST,
        "Import specialist, Automotive and Aerospace: takes the next item, asks the importer, decides.",
        "CEE003",
    ),
    _person(
        "lee",
        "Lee Moran",
        RoleName.ENTRY_SPECIALIST,
        "Entry specialist, Automotive and Aerospace: looks after entries, extensions and protests.",
        "CEE003",
    ),
    _person(
        "ana",
        "Ana Ruiz",
        RoleName.ASSISTANT_CENTER_DIRECTOR,
        "Assistant Center director, Automotive and Aerospace: sees the whole Center and signs.",
        "CEE003",
    ),
    _person(
        "noor",
        "Noor Haddad",
        RoleName.IMPORT_SPECIALIST,
        "Import specialist, Agriculture and Prepared Products.",
        "CEE002",
    ),
    _person("omar", "Omar Webb", RoleName.LIQUIDATION_SPECIALIST, "Liquidation specialist, nationwide: the radar."),
    _person("tess", "Tess Quinn", RoleName.OFFICE_OF_TRADE, "Office of Trade, headquarters: sees every Center."),
)


def find_person(subject: str) -> SamplePerson | None:
    """The sample person of this user name."""
    return next((each for each in SAMPLE_PEOPLE if each.identity.subject == subject), None)
