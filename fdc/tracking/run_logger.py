"""What can be told of a run: written to the journal, and sent from there."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from fdc.tracking.journal import Journal
from fdc.tracking.sender import Sender
from fdc.tracking.trial_history import Ledger

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

PARENT = "search"

_LONGEST_VALUE = 6000
_LONGEST_DIGEST = 36
_NOT_IN_A_NAME = re.compile(r"[^\w\-. :/]")


class ParentLog:
    """Metrics, parameters, tags and artifacts of a search's parent run.

    Args:
        journal: Where all is written first.
        sender: What carries it to MLflow.
    """

    def __init__(self, journal: Journal, sender: Sender) -> None:
        self._journal = journal
        self._sender = sender
        self._ledger = Ledger()
        for event, _ in journal.read(0):
            self._ledger.apply(event)

    def log_metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
        """Adds values to the parent run."""
        self._tell("metrics", PARENT, step=step, values=numbers(metrics), curve=False)

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Adds parameters to the parent run; one that has changed becomes a tag."""
        self._log_params(PARENT, params)

    def log_tags(self, tags: Mapping[str, str]) -> None:
        """Sets tags of the parent run; `mlflow.note.content` is the text on its page."""
        self._tell("tags", PARENT, values=texts(tags))

    def log_text(self, text: str, path: str) -> None:
        """Keeps a text as an artifact of the parent run.

        Args:
            text: Its content.
            path: Where in the run's artifacts, such as "report/card.html".
        """
        self._keep(PARENT, text.encode(), path)

    def log_dict(self, content: Mapping[str, Any], path: str) -> None:
        """Keeps a JSON file as an artifact of the parent run."""
        self.log_text(json.dumps(content, indent=2, ensure_ascii=False, default=str), path)

    def log_artifact(self, file: Path, folder: str = "") -> None:
        """Keeps a copy of a file, read now, as an artifact of the parent run.

        Args:
            file: Such as the experiment's YAML.
            folder: Where in the run's artifacts.
        """
        self._keep(PARENT, Path(file).read_bytes(), str(PurePosixPath(folder, Path(file).name)))

    def log_figure(self, figure: Figure, path: str) -> None:
        """Keeps a figure, drawn now, as a PNG artifact of the parent run; the caller closes it.

        Args:
            figure: A matplotlib figure.
            path: Where in the run's artifacts, such as "figures/confusion.png".
        """
        drawn = io.BytesIO()
        figure.savefig(drawn, format="png")
        self._keep(PARENT, drawn.getvalue(), path)

    def log_table(self, table: pd.DataFrame, path: str) -> None:
        """Keeps a table that MLflow's page shows as one.

        Args:
            table: Its index is left out.
            path: Where in the run's artifacts; ends in ".json".
        """
        text = table.to_json(orient="split", index=False, date_format="iso", force_ascii=False)
        self._keep(PARENT, text.encode(), path, table=True)
        tables = [{"path": path, "type": "table"} for path in self._ledger.tables]
        self.log_tags({"mlflow.loggedArtifacts": json.dumps(tables)})

    def log_manifest(
        self, name: str, digest: str, counts: Mapping[str, Any], context: str = "search"
    ) -> None:
        """Logs the manifest as an MLflow dataset: never a row, a label or a photo's path.

        Args:
            name: Of the data, such as its source.
            digest: Of the manifest; its first 36 characters are kept.
            counts: Photos by split, by class, by rule of quarantine and the like.
            context: What the data is used for.
        """
        digest = digest[:_LONGEST_DIGEST]
        self._tell(
            "dataset", PARENT, name=name, digest=digest, counts=dict(counts), context=context
        )

    def _tell(self, kind: str, key: str, **content: Any) -> None:
        self._ledger.apply(self._journal.append(kind, key, **content))
        self._sender.notify()

    def _begin(
        self,
        key: str,
        name: str,
        tags: Mapping[str, str],
        parent: str | None = None,
        trial: Mapping[str, Any] | None = None,
    ) -> None:
        self._tell("begin", key, name=name, parent=parent, values=texts(tags), trial=trial)

    def _log_params(self, key: str, params: Mapping[str, Any]) -> None:
        known = self._ledger.params.get(key, {})
        values = texts(params)
        new = {name: text for name, text in values.items() if name not in known}
        changed = {
            f"fdc.resumed_with.{name}": text
            for name, text in values.items()
            if known.get(name, text) != text
        }
        if new:
            self._tell("params", key, values=new)
        if changed:
            self._tell("tags", key, values=changed)

    def _keep(self, key: str, content: bytes, path: str, table: bool = False) -> None:
        place = PurePosixPath(path)
        file = self._journal.keep(content, place.name)
        folder = "" if str(place.parent) == "." else str(place.parent)
        self._tell("file", key, file=file, folder=folder, path=path, table=table)


def numbers(metrics: Mapping[str, Any]) -> dict[str, float]:
    """Metrics whose names and values MLflow takes."""
    return {_NOT_IN_A_NAME.sub("_", name): float(value) for name, value in metrics.items()}


def texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Parameters or tags whose names and values MLflow takes."""
    return {
        _NOT_IN_A_NAME.sub("_", name): str(value)[:_LONGEST_VALUE] for name, value in values.items()
    }
