"""What the journal of a search says about its trials."""

from typing import Any

from fdc.tracking.journal import Event


class Ledger:
    """The state of a search, built event by event; the same for a live and a resumed one.

    Attributes:
        trials: By run key: id, number, status, seed, hyperparameters, and where the trial has ended
            reason, metrics, seconds, parameters and traceback.
        curves: Metrics by run key and epoch.
        params: Parameters as text by run key and name.
        tables: Paths of the tables among the artifacts.
    """

    def __init__(self) -> None:
        self.trials: dict[str, dict[str, Any]] = {}
        self.curves: dict[str, dict[int, dict[str, float]]] = {}
        self.params: dict[str, dict[str, str]] = {}
        self.tables: list[str] = []

    def apply(self, event: Event) -> None:
        """Takes in one event of the journal."""
        key = event["run"]
        match event["kind"]:
            case "begin" if event["trial"] is not None:
                self.curves.setdefault(key, {})
                self.trials.setdefault(key, {}).update(event["trial"])
            case "metrics" if event["curve"]:
                self.curves[key][event["step"]] = event["values"]
            case "params":
                self.params.setdefault(key, {}).update(event["values"])
            case "file" if event["table"]:
                self.tables = [*dict.fromkeys([*self.tables, event["path"]])]
            case "end" if key in self.trials:
                self.trials[key].update(event["outcome"])
