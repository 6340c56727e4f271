"""What the service is told, in a YAML file or on the command line, typed and validated."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from fdc import configuration
from fdc.serving.limits import Limits, Positive

THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class ServiceSettings(BaseModel):
    """Where the service listens, whom it believes, and what it bears."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(default="127.0.0.1", description="Address; 0.0.0.0 lets others in.")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(default=8000, description="TCP port.")
    hosts: tuple[str, ...] = Field(
        default=(),
        description="Names under which it may be addressed. Without any: this machine's own where "
        "it listens to this machine alone, else all.",
    )
    # Whoever may set that header chooses which client the rate limit counts.
    behind: str | None = Field(
        default=None,
        description="Address of the reverse proxy whose X-Forwarded-For is believed; null: none.",
    )
    refresh_seconds: Positive = Field(
        default=30, description="How often the registry is asked for new champions."
    )
    limits: Limits = Limits()

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        """Host headers that are answered; "*" is any.

        Naming them keeps web pages from reaching a service on this machine by a name of their own
        (DNS rebinding).
        """
        if self.hosts:
            return self.hosts
        here = self.host in THIS_MACHINE
        return ("localhost", "127.0.0.1", "[::1]") if here else ("*",)


def load(path: Path | None = None, overrides: Mapping[str, Any] | None = None) -> ServiceSettings:
    """Reads a file of settings, if there is one, and puts the overrides over it.

    Args:
        path: A YAML file.
        overrides: Values by dotted key, such as {"limits.megabytes": 8}.

    Raises:
        SettingsError: Telling every mistake at once: file, key, value, what is allowed.

    Example:
        >>> load(overrides={"limits.megabytes": 8}).limits.photo_bytes
        8000000
    """
    values = configuration.read(path, ServiceSettings) if path else {}
    configuration.override(values, overrides or {})
    return configuration.validate(ServiceSettings, values, path or "The command line")
