"""What an operator sets for a service that takes files."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from shared.runtime.settings import ServiceSettings
from shared.runtime.ways import are_here


class FileLimit(ServiceSettings):
    """How large a file may be: for what takes files, and for what passes them on."""

    files_max_bytes: int = Field(
        default=26_214_400, ge=1024, le=1_073_741_824, description="bytes that one file may have at most"
    )


class FileSettings(FileLimit):
    """Settings of every service to whose matters files are attached."""

    files_url: str | None = Field(
        default=None,
        pattern=r"^(file|memory|s3|s3a|gs|az|azure|abfs|abfss)://",
        description="where the bytes of files lie: file:///folder, s3://bucket/prefix, gs:// or az://; without it no "
        "file is taken",
    )
    files_scan: Literal["none", "clamd"] = Field(
        default="none", description="what looks for harmful content in files: none or clamd"
    )
    files_clamd: str = Field(
        default="localhost:3310", pattern=r"^[^\s:/]+:\d{1,5}$", description="where clamd listens: host:port"
    )
    files_scan_seconds: float = Field(default=60, gt=0, description="seconds that the scan of one file may take")
    files_scan_required: bool | None = Field(
        default=None,
        description="true gives out only files that were found clean; by default so in production and wherever files "
        "are scanned",
    )

    @property
    def is_scan_required(self) -> bool:
        """Whether only files that were found clean are given out."""
        if self.files_scan_required is not None:
            return self.files_scan_required
        return self.env == "production" or self.files_scan != "none"

    def refuse_in_production(self) -> Iterator[tuple[str, str]]:
        """Files that are gone with the process."""
        yield from super().refuse_in_production()
        if self.files_url is not None and self.files_url.startswith("memory:"):
            yield "files_url", "files in memory are gone when the process ends; name a folder or a bucket"

    def refuse_open_ways(self) -> Iterator[tuple[str, str]]:
        """A scanner elsewhere, which knows no TLS."""
        yield from super().refuse_open_ways()
        if self.files_scan == "clamd" and not are_here(self.files_clamd):
            yield "files_clamd", "files go to clamd in clear: let it run beside this service"
