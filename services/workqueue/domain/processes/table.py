"""All processes by their code."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.workqueue.domain.processes.prior_disclosure import PRIOR_DISCLOSURE
from services.workqueue.domain.processes.shape import Process

PROCESSES: Final[Mapping[str, Process]] = MappingProxyType(
    {process.code: process for process in sorted((PRIOR_DISCLOSURE,), key=lambda process: process.code)}
)
