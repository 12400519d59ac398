"""How a client reaches Kafka's brokers: whether it speaks TLS, and by what it proves who it is; knows no library."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

KafkaProtocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
"""As Kafka names them: SSL is TLS without a password, SASL a password without or over TLS."""

SaslMechanism = Literal["SCRAM-SHA-256", "SCRAM-SHA-512", "PLAIN"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaAccess:
    """What is needed to be let in.

    `ca` holds the certificates that brokers are trusted by (PEM), None for those of the system. `certificate` is the
    client's own chain with its key in one PEM file, for brokers that ask for one (mTLS).
    """

    protocol: KafkaProtocol = "PLAINTEXT"
    ca: Path | None = None
    certificate: Path | None = None
    mechanism: SaslMechanism = "SCRAM-SHA-512"
    username: str | None = None
    password: str | None = None

    @property
    def is_encrypted(self) -> bool:
        """Whether nobody on the way reads along."""
        return self.protocol in {"SSL", "SASL_SSL"}

    @property
    def has_password(self) -> bool:
        """Whether the client proves who it is by a password."""
        return self.protocol in {"SASL_PLAINTEXT", "SASL_SSL"}


OPEN: Final = KafkaAccess()
"""Brokers that let in whoever comes, as on a developer's machine."""
