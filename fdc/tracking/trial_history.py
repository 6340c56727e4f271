"""The trials of a search: every change is a line of its journal, and the records its replay."""

from collections.abc import Mapping
from typing import Any

from fdc.tracking.journal import Event, Journal
from fdc.tracking.trials import TrialRecord, TrialStatus

_PLAN = ("number", "hyperparameters", "seed", "first_epoch", "resource", "continues", "role")
"""What is known of a trial before it runs."""

_OUTCOME = ("status", "reason", "seconds", "traceback")


class TrialHistory:
    """What a search knows about its trials; a kill at any moment costs none of it.

    A record changes only when an event is applied to it, and an event is applied only once it is in
    the journal: a search that is taken up sees what it saw before.

    Args:
        journal: Where the events are; those of earlier sessions are replayed.

    Attributes:
        journal: The journal.
        trials: Records by id, in the order of their start.
        identity: What may not change between a call and the one that takes it up; None where no
            search has begun.
        seconds: What the search has taken so far, in all its sessions.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> folder = Path(tempfile.mkdtemp())
        >>> history = TrialHistory(Journal(folder))
        >>> record = history.trial_began(TrialRecord("0000", 0, {"width": 32}, seed=1))
        >>> history.epoch_ended("0000", 0, {"val_accuracy": 0.4}, improved=True)
        >>> history.trial_ended("0000", "COMPLETED", None, seconds=12.5)
        >>> history.journal.close()
        >>> TrialHistory(Journal(folder)).trials["0000"].metrics
        {'val_accuracy': 0.4}
    """

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.trials: dict[str, TrialRecord] = {}
        self.identity: dict[str, Any] | None = None
        self.seconds = 0.0
        for event, _ in journal.read():
            self._apply(event)

    def search_began(self, identity: Mapping[str, Any]) -> None:
        """Notes what the search is, by which a later call knows whether it is the same one."""
        self._append("search_began", identity=dict(identity))

    def seconds_used(self, seconds: float) -> None:
        """Notes what the search has taken so far, in all its sessions."""
        self._append("seconds_used", seconds=seconds)

    def trial_began(self, record: TrialRecord) -> TrialRecord:
        """A trial starts, or goes on after a restart.

        Args:
            record: What is planned; what it says of the outcome is not used.

        Returns:
            The record of the history, which changes with the events that follow.
        """
        plan = {name: getattr(record, name) for name in _PLAN}
        self._append("trial_began", trial=record.id, **plan)
        return self.trials[record.id]

    def network_built(
        self, trial_id: str, parameters: int, batch_size: int, epochs: int, best_epoch: int | None
    ) -> None:
        """A trial's network stands, with the weights of a checkpoint where there is one.

        Args:
            trial_id: The trial.
            parameters: Number of the network's weights.
            batch_size: Crops in a batch.
            epochs: How many of the trial's own epochs the checkpoint has behind it. Where it was
                lost they are fewer than the record's, and those are trained again.
            best_epoch: The best of them, as an index; None where there is none.
        """
        self._append_of(
            trial_id,
            "network_built",
            parameters=parameters,
            batch_size=batch_size,
            epochs=epochs,
            best_epoch=best_epoch,
        )

    def speed_measured(self, trial_id: str, epoch_seconds: float) -> None:
        """A trial's first steps were timed.

        Args:
            trial_id: The trial.
            epoch_seconds: What one of its epochs will take.
        """
        self._append_of(trial_id, "speed_measured", epoch_seconds=epoch_seconds)

    def epoch_ended(
        self,
        trial_id: str,
        epoch: int,
        metrics: Mapping[str, float],
        *,
        improved: bool,
        seconds: float | None = None,
    ) -> None:
        """An epoch has ended; one that is in the record already changes nothing.

        Args:
            trial_id: The trial.
            epoch: Counted from 0; the record's next one.
            metrics: Values by name.
            improved: Whether it is the best one yet.
            seconds: What it took; None where only its checkpoint tells of it.
        """
        if trial_id in self.trials and epoch < self.trials[trial_id].next_epoch:
            return
        self._append_of(
            trial_id,
            "epoch_ended",
            epoch=epoch,
            metrics=dict(metrics),
            improved=improved,
            seconds=seconds,
        )

    def trial_ended(
        self,
        trial_id: str,
        status: TrialStatus | None,
        reason: str | None,
        *,
        seconds: float,
        traceback: str | None = None,
    ) -> None:
        """A trial is over, or was interrupted and waits to be taken up.

        Args:
            trial_id: The trial.
            status: How it ended; None where it was interrupted.
            reason: Why it failed, was pruned, was refused, was interrupted or ended early.
            seconds: What it took in all sessions.
            traceback: Of a failure.
        """
        self._append_of(
            trial_id,
            "trial_ended",
            status=status,
            reason=reason,
            seconds=seconds,
            traceback=traceback,
        )

    def _append(self, kind: str, **content: Any) -> None:
        self._apply(self.journal.append(kind, **content))

    def _apply(self, event: Event) -> None:
        match event["kind"]:
            case "search_began":
                self.identity = event["identity"]
            case "seconds_used":
                self.seconds = event["seconds"]
            case _:
                apply_event(self.trials, event)

    def _append_of(self, trial_id: str, kind: str, **content: Any) -> None:
        if trial_id not in self.trials:
            raise ValueError(f"trial {trial_id} has not begun")
        self._append(kind, trial=trial_id, **content)


def apply_event(trials: dict[str, TrialRecord], event: Event) -> None:
    """Changes the records as one event of the journal says.

    Args:
        trials: Records by id.
        event: The one behind that of the last call; it may tell of no trial.
    """
    if "trial" not in event:
        return
    trial_id = event["trial"]
    if event["kind"] == "trial_began":
        plan = {name: event[name] for name in _PLAN}
        record = trials.setdefault(trial_id, TrialRecord(id=trial_id, **plan))
        vars(record).update(plan, status=None, reason=None)
    else:
        _change(trials[trial_id], event)


def _change(record: TrialRecord, event: Event) -> None:
    match event["kind"]:
        case "network_built":
            record.parameters = event["parameters"]
            record.batch_size = event["batch_size"]
            del record.curve[event["epochs"] :]
            record.best_epoch = event["best_epoch"]
        case "speed_measured":
            record.predicted_epoch_seconds = event["epoch_seconds"]
        case "epoch_ended":
            record.curve.append(event["metrics"])
            if event["improved"]:
                record.best_epoch = len(record.curve) - 1
            if event["seconds"] is not None:
                record.training_seconds = (record.training_seconds or 0.0) + event["seconds"]
        case "trial_ended":
            vars(record).update({name: event[name] for name in _OUTCOME})
