"""What verbs need from the world outside a transaction, handed in from the edge: database, clock, keys, files,
couriers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, create_engine

from couriers.contract import Courier
from logistics.rules import printing
from logistics.rules.printing import Networks
from logistics.rules.quota import Quota
from logistics.rules.webhooks import Outside
from logistics.store.crypto import Keyring
from logistics.store.files import FileStore
from logistics.terms import TransferTarget

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Keeping:
    """Where packages may be handed over to, and how often stored files are read again. None, "": not offered."""

    folder: Path | None = None
    medium: Path | None = None
    bucket_url: str = ""
    aws: Mapping[str, str] = field(default_factory=dict, repr=False)
    fixity_days: int = 365

    @property
    def targets(self) -> frozenset[TransferTarget]:
        """What is offered."""
        offered = {
            TransferTarget.FOLDER: self.folder is not None,
            TransferTarget.MEDIUM: self.medium is not None,
            TransferTarget.S3: bool(self.bucket_url),
        }
        return frozenset(target for target, there in offered.items() if there)


@dataclass(frozen=True)
class Context:
    """The world a process works in. `engine` connects as the app role (web) or the system role (scheduler).

    `quotas`: how many calls a courier's account may make, where that is known. `second_source`: the aggregator that is
    asked beside a courier, "" for none. `printer_networks`: where printers may stand. `outside`: where channels of
    notices may point besides the providers' own hosts. `picture_megabytes`: of one picture of an original.
    """

    engine: Engine
    clock: Clock
    keyring: Keyring
    signing_key: Ed25519PrivateKey
    files: FileStore
    couriers: Mapping[str, Courier]
    base_url: str = "http://127.0.0.1:8420"
    quotas: Mapping[str, Quota] = field(default_factory=dict)
    second_source: str = ""
    keeping: Keeping = field(default_factory=Keeping)
    printer_networks: Networks = field(default_factory=lambda: printing.networks(printing.PRIVATE))
    outside: Outside = field(default_factory=Outside)
    picture_megabytes: int = 20


def connect(url: str) -> Engine:
    """An engine for `url` that checks a pooled connection before use, so that a restarted server is not an error."""
    # hide_parameters: an error message must not carry the row that caused it into a log
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_size=8,
        max_overflow=8,
        hide_parameters=True,
        connect_args={"prepare_threshold": None},
    )
