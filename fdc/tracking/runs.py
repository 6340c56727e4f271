"""One search in MLflow: a parent run, and a child run per trial."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from fdc.errors import TrackingError
from fdc.tracking.journal import Journal
from fdc.tracking.location import shown, tracking_uri
from fdc.tracking.origin import environment, git_state
from fdc.tracking.run_logger import RunLogger
from fdc.tracking.sender import Sender
from fdc.tracking.translator import PARENT
from fdc.tracking.trial_history import TrialHistory
from fdc.tracking.trials import RunStatus

_log = logging.getLogger(__name__)


class SearchRun(RunLogger):
    """The parent run of a search; its trials are the child runs.

    Every call writes a line to the journal in the search's folder and returns; a thread sends the
    journal to MLflow. A search that is started again on the same folder goes on with the same runs.

    Args:
        experiment: Name of the MLflow experiment, such as "fdc-age".
        name: Name of the parent run.
        folder: The search's folder, where the journal lies.
        tags: Further tags of the parent run, such as the recipe's fingerprint. The commit and the
            environment are there already.
        params: Parameters of the parent run. MLflow does not let a parameter change: where a
            resumed search has another value, that one is a tag `fdc.resumed_with.<name>`.
        uri: Tracking URI; by default `tracking_uri()`.

    Raises:
        TrackingError: Where another process runs a search in this folder.

    Attributes:
        uri: The tracking URI.
        history: The search's trials; what it is told of them goes to MLflow too.

    Example:
        with SearchRun("fdc-age", "drawn sample", folder, params={"minutes": 8}) as run:
            search(train, validation, history=run.history, ...)
            run.log_metrics({"test/accuracy": 0.7})
    """

    def __init__(
        self,
        experiment: str,
        name: str,
        folder: Path,
        *,
        tags: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        uri: str | None = None,
    ) -> None:
        self.uri = uri or tracking_uri()
        self._closed = False
        super().__init__(Journal(folder))
        self.history = TrialHistory(self._journal)
        self._sender = Sender(self._journal, self.uri, experiment)
        began = {"fdc.reason": ""} | environment() | git_state()
        self._append("run_began", name=name, tags=began | dict(tags or {}))
        self.log_params(params or {})
        self._sender.start()

    def __enter__(self) -> Self:
        """Returns the run."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ends the run: FINISHED, KILLED where a person stopped it, else FAILED."""
        if error is None:
            self.close("FINISHED")
        elif isinstance(error, (KeyboardInterrupt, SystemExit)):
            self.close("KILLED")
        else:
            self.log_tags({"fdc.reason": f"{type(error).__name__}: {error}"})
            self.close("FAILED")

    def run_id(self, timeout: float = 60.0) -> str:
        """MLflow's id of the parent run, once everything told so far is sent.

        Args:
            timeout: Seconds to wait for a server that is away.

        Raises:
            TrackingError: Where the server did not answer in time.
        """
        run_id = self._sender.wait_for_run(PARENT, timeout)
        if run_id is None:
            raise TrackingError(
                f"MLflow at {shown(self.uri)} did not answer within {timeout:.0f} s"
                f" ({self._sender.trouble or 'it is still busy'}).",
                "Start it, or set MLFLOW_TRACKING_URI, and run the same command again.",
            )
        return run_id

    def close(self, status: RunStatus = "FINISHED", timeout: float = 30.0) -> str | None:
        """Ends the run and waits a bounded time until everything is sent.

        A trial that is still running is KILLED in MLflow; a resumed search opens it again.

        Args:
            status: MLflow's status of the parent run: FINISHED, FAILED or KILLED.
            timeout: Seconds to wait at most.

        Returns:
            What is not in MLflow yet, and what to do, in a sentence; None where all is sent.
        """
        if self._closed:
            return None
        self._closed = True
        self._append("run_ended", status=status)
        self._sender.close(timeout)
        message = self._unsent_message()
        if message:
            _log.warning(message)
        return message

    def _unsent_message(self) -> str | None:
        parts = []
        if left := self._sender.unsent():
            parts.append(
                f"{left} log entries are not in MLflow at {shown(self.uri)} yet"
                f" ({self._sender.trouble or 'it is slow'})."
                f" They are kept in {self._journal.folder};"
                " the same command sends them when MLflow is back."
            )
        if refused := self._sender.refused:
            parts.append(
                f"MLflow refused {refused} log entries; {self._sender.refused_file} says why."
            )
        return " ".join(parts) or None
