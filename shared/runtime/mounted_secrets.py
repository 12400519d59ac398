"""Secrets that come as files: `CENTERLINE_X_FILE` names the file that holds what `CENTERLINE_X` would say.

Kubernetes and Docker mount secrets so; in the environment, whoever may look at a process reads them.
"""

import os
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsError


class MountedSecrets(PydanticBaseSettingsSource):
    """Reads what may be read from a file: secrets, and addresses that hold a password (fields that no log shows).

    Raises the library's `SettingsError`, with the variable, when a file cannot be read, is empty, or is named beside
    the value itself.
    """

    def __init__(self, settings: type[BaseSettings]) -> None:
        super().__init__(settings)
        self._prefix = settings.model_config["env_prefix"]

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The content of the file, None where none is named; never JSON."""
        variable = f"{self._prefix}{field_name}".upper()
        return read_mounted(variable) if is_secret(field) else None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """What the files say, by field."""
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def is_secret(field: FieldInfo) -> bool:
    """Whether no log shows a setting, so that it may come from a file."""
    return not field.repr or SecretStr in (field.annotation, *getattr(field.annotation, "__args__", ()))


def read_mounted(variable: str) -> str | None:
    """What the file holds that `<variable>_FILE` names, None where none is named."""
    path = os.environ.get(f"{variable}_FILE")
    if not path:
        return None
    if os.environ.get(variable):
        raise SettingsError(f"{variable}_FILE: {variable} is set as well; unset one of them")
    try:
        value = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{variable}_FILE: {path} cannot be read ({error})") from None
    if not value:
        raise SettingsError(f"{variable}_FILE: {path} is empty")
    return value
