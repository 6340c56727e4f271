"""One search in MLflow: a parent run, and a child run per trial."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from fdc.errors import TrackingError
from fdc.tracking.journal import Journal
from fdc.tracking.location import tracking_uri
from fdc.tracking.origin import environment, git_state
from fdc.tracking.run_logger import PARENT, ParentLog, numbers, texts
from fdc.tracking.sender import Sender

TrialStatus = Literal["COMPLETED", "FAILED", "PRUNED", "REFUSED"]

_MLFLOW_STATUS: dict[str, str] = {
    "COMPLETED": "FINISHED",
    "FAILED": "FAILED",
    "PRUNED": "KILLED",
    "REFUSED": "KILLED",
}

_log = logging.getLogger(__name__)


class SearchRun(ParentLog):
    """The parent run of a search, and the only writer of its trials.

    Every call writes a line to a journal in the search's folder and returns; a thread sends the
    journal to MLflow. A search that is started again on the same folder goes on with the same runs.

    Args:
        experiment: Name of the MLflow experiment, such as "fdc-age".
        name: Name of the parent run.
        folder: The search's folder; the journal lies in `tracking/` below it.
        tags: Further tags of the parent run, such as the recipe's fingerprint. The commit and the
            environment are there already.
        params: Parameters of the parent run. MLflow does not let a parameter change: where a
            resumed search has another value, that one is a tag `fdc.resumed_with.<name>`.
        uri: Tracking URI; by default `tracking_uri()`.

    Raises:
        TrackingError: Where another process runs a search in this folder.

    Example:
        with SearchRun("fdc-age", "drawn sample", folder, params={"minutes": 8}) as run:
            run.trial_began("0", 0, {"width": 32}, seed=1)
            run.epoch_ended("0", 0, {"val_accuracy": 0.4})
            run.trial_ended("0", "COMPLETED", None, {"val_accuracy": 0.4}, 12.5, 80_000)
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
        journal = Journal(Path(folder) / "tracking")
        super().__init__(journal, Sender(journal, self.uri, experiment))
        began = {"fdc.reason": ""} | environment() | git_state()
        self._begin(PARENT, name, began | dict(tags or {}))
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

    def trial_began(
        self, trial_id: str, number: int, hyperparameters: Mapping[str, Any], seed: int
    ) -> None:
        """Opens a trial's child run, or takes it up again.

        Args:
            trial_id: Unique in the search.
            number: Counts the trials, for people.
            hyperparameters: What is tried.
            seed: The trial's seed.
        """
        key = _key(trial_id)
        trial = {"id": str(trial_id), "number": number, "status": "RUNNING", "seed": seed}
        trial["hyperparameters"] = dict(hyperparameters)
        tags = {"fdc.trial_id": str(trial_id), "fdc.status": "RUNNING", "fdc.reason": ""}
        self._begin(key, f"trial {number:03d}", tags, parent=PARENT, trial=trial)
        self._log_params(key, {**hyperparameters, "seed": seed, "number": number})

    def epoch_ended(self, trial_id: str, epoch: int, metrics: Mapping[str, float]) -> None:
        """Adds one point to each of a trial's curves.

        Args:
            trial_id: The trial.
            epoch: From 0. An epoch that was told before is not told again: a trial that goes on
                from a checkpoint repeats the epochs behind it.
            metrics: Values by name.
        """
        key = self._known(trial_id)
        if epoch not in self._ledger.curves[key]:
            self._tell("metrics", key, step=int(epoch), values=numbers(metrics), curve=True)

    def trial_ended(
        self,
        trial_id: str,
        status: TrialStatus,
        reason: str | None,
        metrics: Mapping[str, float],
        seconds: float,
        parameters: int | None,
        *,
        traceback: str | None = None,
    ) -> None:
        """Closes a trial's child run.

        Args:
            trial_id: The trial.
            status: In MLflow COMPLETED is FINISHED, FAILED is FAILED, PRUNED and REFUSED are
                KILLED.
            reason: Why it failed, was pruned or refused.
            metrics: Its result; in MLflow below `result/`, so that curves keep one point per epoch.
            seconds: Time that it took.
            parameters: Number of the network's weights; null where it was never built.
            traceback: Of a failed trial; kept as an artifact.
        """
        key = self._known(trial_id)
        result = numbers(metrics)
        outcome = {"status": status, "reason": reason, "traceback": traceback}
        measured = {"metrics": result, "seconds": seconds, "parameters": parameters}
        known = self._ledger.trials[key].items()
        # A resumed search tells of its old trials again.
        if (outcome | measured).items() <= known:
            return
        if not measured.items() <= known:
            facts = {f"result/{name}": value for name, value in result.items()}
            facts |= {"seconds": seconds}
            facts |= {"parameters": parameters} if parameters is not None else {}
            self._tell("metrics", key, step=0, values=numbers(facts), curve=False)
        self._tell("tags", key, values=texts({"fdc.status": status, "fdc.reason": reason or ""}))
        if traceback:
            self._keep(key, traceback.encode(), "traceback.txt")
        self._tell("end", key, status=_MLFLOW_STATUS[status], outcome=outcome | measured)

    def trials(self) -> list[dict[str, Any]]:
        """Every trial so far, those of earlier sessions of the search included.

        Returns:
            By number: id, number, status, seed, hyperparameters, and where it has ended reason,
            metrics, seconds, parameters and traceback.
        """
        return sorted(self._ledger.trials.values(), key=lambda trial: int(trial["number"]))

    def curves(self) -> dict[str, dict[int, dict[str, float]]]:
        """Metrics by trial id and epoch, those of earlier sessions included."""
        trials = self._ledger.trials
        return {str(trials[key]["id"]): dict(curve) for key, curve in self._ledger.curves.items()}

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
                f"MLflow at {self.uri} did not answer within {timeout:.0f} s"
                f" ({self._sender.trouble or 'it is still busy'}).",
                "Start it, or set MLFLOW_TRACKING_URI, and run the same command again.",
            )
        return run_id

    def close(self, status: str = "FINISHED", timeout: float = 30.0) -> str | None:
        """Ends the run and waits a bounded time until everything is sent.

        A trial that is still running is KILLED in MLflow; a resumed search opens it again.

        Args:
            status: MLflow's status of the parent run: FINISHED, FAILED or KILLED.
            timeout: Seconds to wait at most.

        Returns:
            What is not in MLflow yet, and what to do, in a sentence; null where all is sent.
        """
        if self._closed:
            return None
        self._closed = True
        for key, trial in self._ledger.trials.items():
            if trial["status"] == "RUNNING":
                self._tell("tags", key, values={"fdc.status": "KILLED"})
                self._tell("end", key, status="KILLED", outcome={"status": "KILLED"})
        self._tell("end", PARENT, status=status, outcome={})
        self._sender.close(timeout)
        message = self._what_is_left()
        if message:
            _log.warning(message)
        return message

    def _what_is_left(self) -> str | None:
        parts = []
        if left := self._sender.unsent():
            parts.append(
                f"{left} log entries are not in MLflow at {self.uri} yet"
                f" ({self._sender.trouble or 'it is slow'})."
                f" They are kept in {self._journal.folder};"
                " the same command sends them when MLflow is back."
            )
        if refused := self._sender.refused:
            file = self._journal.folder / "refused.jsonl"
            parts.append(f"MLflow refused {refused} log entries; {file} says why.")
        return " ".join(parts) or None

    def _known(self, trial_id: str) -> str:
        key = _key(trial_id)
        if key not in self._ledger.trials:
            raise ValueError(f"trial {trial_id} has not begun")
        return key


def _key(trial_id: str) -> str:
    return f"trial-{trial_id}"
