"""Drift that people accepted: who, when, why, and exactly which. It stands in the home folder and then in the snapshot.

<home>/accepted_drift/<fingerprint>.json   one decision; the fingerprint is of the drifted keys and values
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

import duckdb

from dagster_project.settings import Settings


@dataclass(frozen=True)
class Accepted:
    """A decision on one drift of `key_count` keys against snapshot `compared_with`."""

    fingerprint: str
    key_count: int
    compared_with: str
    accepted_by: str
    reason: str
    accepted_at: str


def put(settings: Settings, drift: dict[str, object], by: str, reason: str) -> Accepted:
    """Accept the drift that a refused refresh recorded."""
    accepted = Accepted(
        str(drift["fingerprint"]), int(str(drift["keys"])), str(drift["compared_with"]), by, reason,
        datetime.now().astimezone().isoformat(timespec="seconds"),
    )  # fmt: skip
    folder = settings.home / "accepted_drift"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{accepted.fingerprint}.json"
    temporary = target.with_suffix(".tmp")
    temporary.write_text(json.dumps(asdict(accepted), ensure_ascii=False, indent=1), encoding="utf-8")
    temporary.replace(target)
    return accepted


def of(settings: Settings, fingerprint: str) -> Accepted | None:
    """The decision on this very drift; one whose file cannot be read is none."""
    try:
        path = settings.home / "accepted_drift" / f"{fingerprint}.json"
        return Accepted(**json.loads(path.read_text(encoding="utf-8"))) if fingerprint else None
    except (OSError, ValueError, TypeError):
        return None


def note(connection: duckdb.DuckDBPyConnection, accepted: Accepted, snapshot_no: int) -> None:
    """Enter the decision that let this build be published."""
    connection.execute(
        "insert into meta.accepted_drift by name select ? as snapshot_no, unnest(?, max_depth := 1)",
        [snapshot_no, asdict(accepted)],
    )
