"""What the operations of routing are about, a line for each subject of its OpenAPI document."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SUBJECTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "accounts": "Importers of record and families of them: names, programs, Centers, and what was changed.",
        "appeals": "A party's appeal of its Center assignment: filed, reviewed, decided, with its files.",
        "assignment": "Which Center an account belongs to and why; proposals of the activity run, and their policy.",
        "authority": "Who may do what where: the table that every service asks.",
        "broadcasts": "What the Centers are told to look at, with the goods and days that it concerns.",
        "directory": "The Centers, their people's addresses, their calendar, and how both change by date.",
        "events": "Events handed over by HTTP (CloudEvents), for filers without Kafka.",
        "figures": "Counts for dashboards, and the published figures of a period.",
        "filings": "Post-entry filings and entries: where they went, and moving one to another Center.",
        "parties": "Filers, sureties, agents and counsel: contacts, and what importers delegated to them.",
        "recommendations": "Recommended changes of the rules, and what came of them.",
        "routing": "Why an entry went where it went, and where one would go.",
        "rules": "The rule book in force, as a file.",
        "selection criteria": "What makes an entry worth a look: drafts, trials, what they found, and unit values.",
        "tariff maps": "Which Center a tariff number belongs to, by version and date.",
    }
)
