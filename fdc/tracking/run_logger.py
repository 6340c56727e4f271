"""What can be told of a search's parent run, written to the journal."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from fdc.tracking.journal import Journal

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_LONGEST_DIGEST = 36


class RunLogger:
    """Metrics, parameters, tags and artifacts of a search's parent run.

    Args:
        journal: Where all is written.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def log_metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
        """Adds values; MLflow shows `_` for what its names may not hold."""
        self._append("metrics", values=dict(metrics), step=step)

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Adds parameters; one that has changed becomes a tag."""
        self._append("params", values=dict(params))

    def log_tags(self, tags: Mapping[str, str]) -> None:
        """Sets tags; `mlflow.note.content` is the text on the run's page."""
        self._append("tags", values=dict(tags))

    def log_text(self, text: str, path: str) -> None:
        """Keeps a text as an artifact.

        Args:
            text: Its content.
            path: Where in the run's artifacts, such as "report/card.html".
        """
        self._store_file(text.encode(), path)

    def log_dict(self, content: Mapping[str, Any], path: str) -> None:
        """Keeps a JSON file as an artifact."""
        self.log_text(json.dumps(content, indent=2, ensure_ascii=False, default=str), path)

    def log_artifact(self, file: Path, folder: str = "") -> None:
        """Keeps a copy of a file, read now, as an artifact.

        Args:
            file: Such as the experiment's YAML.
            folder: Where in the run's artifacts.
        """
        self._store_file(file.read_bytes(), str(PurePosixPath(folder, file.name)))

    def log_figure(self, figure: Figure, path: str) -> None:
        """Keeps a figure, drawn now, as a PNG artifact; the caller closes it.

        Args:
            figure: A matplotlib figure.
            path: Where in the run's artifacts, such as "figures/confusion.png".
        """
        drawn = io.BytesIO()
        figure.savefig(drawn, format="png")
        self._store_file(drawn.getvalue(), path)

    def log_table(self, table: pd.DataFrame, path: str) -> None:
        """Keeps a table that MLflow's page shows as one.

        Args:
            table: Its index is left out.
            path: Where in the run's artifacts; ends in ".json".
        """
        text = table.to_json(orient="split", index=False, date_format="iso", force_ascii=False)
        self._store_file(text.encode(), path, table=True)

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
        dataset = {"name": name, "digest": digest[:_LONGEST_DIGEST], "counts": dict(counts)}
        self._append("dataset", dataset=dataset | {"context": context})

    def _append(self, kind: str, **content: Any) -> None:
        self._journal.append(kind, **content)

    def _store_file(self, content: bytes, path: str, table: bool = False) -> None:
        file = self._journal.store_file(content, PurePosixPath(path).name)
        self._append("artifact", file=file, path=path, table=table)
