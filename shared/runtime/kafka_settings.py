"""How Kafka is reached, read from CENTERLINE_* environment variables: by services and by the command line alike."""

from collections.abc import Iterator
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from shared.bus.kafka_access import KafkaAccess, KafkaProtocol, SaslMechanism
from shared.runtime.mounted_secrets import MountedSecrets
from shared.runtime.ways import are_here, demand_addresses

ENV_PREFIX = "CENTERLINE_"


class KafkaSettings(BaseSettings):
    """Brokers, TLS and SASL."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, frozen=True, hide_input_in_errors=True, env_ignore_empty=True, extra="ignore"
    )

    kafka_bootstrap: str = Field(default="localhost:9092", description="Kafka brokers: host:port,host:port")
    kafka_protocol: KafkaProtocol = Field(
        default="PLAINTEXT",
        description="PLAINTEXT, SSL (TLS), SASL_SSL (TLS and a password) or SASL_PLAINTEXT",
    )
    kafka_ca: Path | None = Field(
        default=None, description="certificates that brokers are trusted by, one PEM file; those of the system if unset"
    )
    kafka_certificate: Path | None = Field(
        default=None, description="the client's certificate chain and key in one PEM file, for brokers that ask for it"
    )
    kafka_sasl_mechanism: SaslMechanism = Field(
        default="SCRAM-SHA-512", description="SCRAM-SHA-512, SCRAM-SHA-256 or PLAIN"
    )
    kafka_username: str | None = Field(default=None, description="the name for SASL")
    kafka_password: SecretStr | None = Field(default=None, description="the password for SASL")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  there is no such file
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  a folder of all; here each names its file
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then files that the environment names."""
        return init_settings, env_settings, MountedSecrets(settings_cls)

    @field_validator("kafka_bootstrap")
    @classmethod
    def _names_brokers(cls, value: str) -> str:
        demand_addresses(value)
        return value

    @property
    def kafka_access(self) -> KafkaAccess:
        """How to be let in."""
        password = self.kafka_password
        return KafkaAccess(
            protocol=self.kafka_protocol,
            ca=self.kafka_ca,
            certificate=self.kafka_certificate,
            mechanism=self.kafka_sasl_mechanism,
            username=self.kafka_username,
            password=None if password is None else password.get_secret_value(),
        )

    @model_validator(mode="after")
    def _is_told_what_the_protocol_needs(self) -> Self:
        access = self.kafka_access
        if access.has_password and (access.username is None or access.password is None):
            raise ValueError(f"kafka_password: {access.protocol} needs kafka_username and kafka_password")
        if not access.has_password and access.password is not None:
            raise ValueError(f"kafka_protocol: {access.protocol} sends no password; SASL_SSL does")
        if not access.is_encrypted and (access.ca is not None or access.certificate is not None):
            raise ValueError(f"kafka_protocol: {access.protocol} uses no certificates; SSL and SASL_SSL do")
        if access.mechanism == "PLAIN" and access.protocol == "SASL_PLAINTEXT" and not are_here(self.kafka_bootstrap):
            raise ValueError("kafka_protocol: PLAIN shows the password to whoever listens; use SASL_SSL")
        for name, file in (("kafka_ca", access.ca), ("kafka_certificate", access.certificate)):
            if file is not None and not file.is_file():
                raise ValueError(f"{name}: there is no file {file}")
        return self

    def refuse_open_kafka(self) -> Iterator[tuple[str, str]]:
        """What production does not take of it."""
        if not self.kafka_access.is_encrypted and not are_here(self.kafka_bootstrap):
            yield "kafka_protocol", "production reaches Kafka by TLS: SSL or SASL_SSL"
