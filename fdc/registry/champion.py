"""Who answers: promotes a version, refuses a worse one, and takes a promotion back."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import mlflow

from fdc.errors import InferenceError, RegistryError
from fdc.registry.comparison import Comparison
from fdc.registry.retest import PhotoCrops, compare_versions
from fdc.registry.store import (
    CHAMPION,
    PREFIX,
    TAG,
    Version,
    by_alias,
    by_number,
    client,
    find_version,
    registered,
    reported,
    versions,
)

HISTORY = f"{TAG}champion."
"""Begins the tags of a model that tell its changes of champion, one each."""


@dataclass(frozen=True)
class Promotion:
    """What became of a promotion.

    Attributes:
        version: The champion from now on.
        before: The champion until now; None for the first one.
        comparison: Both figures; None where there was nothing to compare.
        forced: Whether it was promoted although it did not pass.
    """

    version: Version
    before: Version | None
    comparison: Comparison | None
    forced: bool = False

    def __str__(self) -> str:
        outcome = f"{self.version.name} version {self.version.number} is the champion"
        if self.before is None:
            return f"{outcome}, the first one."
        if self.before == self.version:
            return f"{outcome} already."
        why = f": {self.comparison}" if self.comparison else ""
        return f"{outcome} after version {self.before.number}{' by force' * self.forced}{why}."


def champion(task: str, tracking_uri: str | None = None) -> Version | None:
    """The present champion of a task, or None."""
    with reported(f"Looking up the champion of {task}"):
        return by_alias(client(tracking_uri), PREFIX + task)


def champions(tracking_uri: str | None = None) -> dict[str, Version]:
    """The present champion of every task that has one."""
    with reported("Looking up the champions"):
        store = client(tracking_uri)
        found = store.search_registered_models(f"name LIKE '{PREFIX}%'")
        present = [
            by_number(store, model.name, str(number))
            for model in found
            if (number := model.aliases.get(CHAMPION))
        ]
    return {version.task: version for version in present}


def version(task: str, number: str | None = None, tracking_uri: str | None = None) -> Version:
    """One version of a task's model, the newest by default.

    Raises:
        RegistryError: There is none, or none of that number.
    """
    with reported(f"Looking up the versions of {task}"):
        return find_version(client(tracking_uri), PREFIX + task, number)


def promote(
    task: str,
    version: str | None = None,
    *,
    force: bool = False,
    crops: PhotoCrops | None = None,
    tracking_uri: str | None = None,
) -> Promotion:
    """Makes a version the champion if it is no worse than the present one on the same test photos.

    No worse means: its figure of the task's objective is at least the champion's. The 95% interval
    of the difference is given as well, and does not decide.

    Args:
        task: Such as "age".
        version: Which one; the newest if not given.
        force: Promote it even if it is worse or cannot be compared.
        crops: Of the version's test photos (`registry.held_out_photos`); needed where the champion
            was tested on others (their `test_split` differs), and is tested on these now.
        tracking_uri: MLflow's store; the one that MLflow is set to if not given.

    Raises:
        RegistryError: It is worse, cannot be compared, or does not exist.
    """
    name = PREFIX + task
    with reported(f"Promoting {name}"):
        store = client(tracking_uri)
        challenger = find_version(store, name, version)
        before = by_alias(store, name)
        if before == challenger:
            return Promotion(challenger, before, None)
        try:
            comparison = compare_versions(challenger, before, crops) if before else None
            reason = _worse(challenger, before, comparison)
        except (RegistryError, InferenceError) as error:
            if not force:
                raise
            comparison, reason = None, str(error)
        if reason and not force:
            raise RegistryError(
                reason, hint="Train a better one, or pass --force to promote it anyway."
            )
        promotion = Promotion(challenger, before, comparison, forced=bool(reason))
        _set_champion(store, challenger, before, "promote", str(promotion))
    return promotion


def rollback(task: str, tracking_uri: str | None = None) -> Promotion:
    """Gives the title back to the champion before the present one.

    Raises:
        RegistryError: There was none before, or it was deleted.
    """
    name = PREFIX + task
    with reported(f"Rolling back {name}"):
        store = client(tracking_uri)
        now = by_alias(store, name)
        if now is None:
            raise RegistryError(f"{name} has no champion.", hint=f"fdc promote {task} makes one.")
        kept = {each.number for each in versions(store, name)}
        earlier = [number for number in _succession(store, name, now)[:-1] if number in kept]
        if not earlier:
            raise RegistryError(
                f"{name} version {now.number} has no predecessor to roll back to.",
                hint=f"fdc promote {task} --version N --force names another one.",
            )
        back = by_number(store, name, earlier[-1])
        promotion = Promotion(back, now, None)
        _set_champion(store, back, now, "rollback", str(promotion))
    return promotion


def _worse(challenger: Version, before: Version | None, comparison: Comparison | None) -> str:
    if before is None or comparison is None or comparison.no_worse:
        return ""
    return (
        f"{challenger.name} version {challenger.number} is worse than the champion, version "
        f"{before.number}: {comparison}."
    )


def _set_champion(
    store: mlflow.MlflowClient, version: Version, before: Version | None, action: str, reason: str
) -> None:
    past = history(store, version.name)
    entry = {
        "action": action,
        "version": version.number,
        "before": before.number if before else "",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "reason": reason,
    }
    store.set_registered_model_alias(version.name, CHAMPION, version.number)
    store.set_registered_model_tag(
        version.name, f"{HISTORY}{len(past) + 1:04d}", json.dumps(entry, ensure_ascii=False)
    )


def history(store: mlflow.MlflowClient, name: str) -> list[dict[str, str]]:
    """Every change of a model's champion, the oldest first: action, version, before, at, reason."""
    model = registered(store, name)
    tags = model.tags if model else {}
    return [json.loads(tags[key]) for key in sorted(tags) if key.startswith(HISTORY)]


def _succession(store: mlflow.MlflowClient, name: str, now: Version) -> list[str]:
    """Champions in order up to the present one, without those that were rolled back."""
    line: list[str] = []
    for entry in history(store, name):
        # What a person set by hand in MLflow's own pages belongs to the line too.
        if entry["before"] and entry["before"] != (line[-1] if line else None):
            line.append(entry["before"])
        if entry["action"] == "rollback":
            while line and line[-1] != entry["version"]:
                line.pop()
        else:
            line.append(entry["version"])
    return line if line and line[-1] == now.number else [*line, now.number]
