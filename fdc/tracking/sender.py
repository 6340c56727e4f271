"""The thread that carries the journal to MLflow."""

import json
import logging
import re
import threading

from fdc import files
from fdc.tracking.journal import Event, Journal
from fdc.tracking.mlflow_writer import Delivery, RefusedError

_EVENTS_PER_CHUNK = 500
_SECONDS_TO_GATHER = 0.5
_LONGEST_WAIT_SECONDS = 15.0
_SECONDS_TO_GIVE_UP = 2.0
_SYSTEM_REASON = re.compile(r"\[Errno \d+\] ([\w ]+)")

_log = logging.getLogger(__name__)


class Sender(threading.Thread):
    """Sends the events of a journal in batches, and keeps on disk how far it came.

    While the server is away the thread tries again with growing pauses; nobody waits for it.

    Args:
        journal: What to send.
        uri: MLflow's tracking URI.
        experiment: Name of the experiment; created where absent.
    """

    def __init__(self, journal: Journal, uri: str, experiment: str) -> None:
        super().__init__(name="fdc-tracking", daemon=True)
        self._journal = journal
        self._uri = uri
        self._delivery = Delivery(uri, experiment, journal.identity, journal.folder)
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._abandoned = threading.Event()
        self._settled = threading.Condition()
        self._state_file = journal.folder / "sent.json"
        self._offset = self._load_offset()
        self._refused = 0
        self.trouble: str | None = None

    @property
    def refused(self) -> int:
        """How many events MLflow will not take; they are kept in `refused.jsonl`."""
        return self._refused

    def unsent(self) -> int:
        """How many events are still to be sent."""
        return sum(1 for _ in self._journal.read(self._offset))

    def notify(self) -> None:
        """Says that the journal has grown."""
        self._wake.set()

    def wait_for_run(self, key: str, timeout: float) -> str | None:
        """Waits until a run is in MLflow and everything told of it so far is sent.

        Args:
            key: The run's key in the journal.
            timeout: Seconds to wait at most.

        Returns:
            MLflow's id of the run; null where it could not be had in time.
        """
        target = self._journal.end
        self._wake.set()
        with self._settled:
            sent = self._settled.wait_for(lambda: self._offset >= target, timeout)
        return self._delivery.runs.get(key) if sent else None

    def close(self, timeout: float) -> None:
        """Sends what is left, for a bounded time, and lets go of the journal.

        Args:
            timeout: Seconds to wait at most.
        """
        self._closing.set()
        self._wake.set()
        self.join(timeout)
        self._abandoned.set()
        self.join(_SECONDS_TO_GIVE_UP)

    def run(self) -> None:
        """Sends until closed and empty; called by `start`."""
        failures = 0
        while not (self._abandoned.is_set() or (self._closing.is_set() and self._is_done())):
            self._wake.wait()
            self._wake.clear()
            self._closing.wait(_SECONDS_TO_GATHER)
            while not (self._abandoned.is_set() or self._is_done()):
                try:
                    self._send_chunk()
                except Exception as error:  # the search goes on; close() says what is left and why
                    self._note_trouble(error)
                    self._pause(min(_LONGEST_WAIT_SECONDS, 0.5 * 2**failures))
                    failures += 1
                else:
                    self._note_success()
                    failures = 0
        self._journal.close()

    def _is_done(self) -> bool:
        return self._offset >= self._journal.end

    def _pause(self, seconds: float) -> None:
        if self._closing.is_set():
            self._abandoned.wait(min(seconds, 1.0))
        else:
            self._closing.wait(seconds)

    def _note_trouble(self, error: Exception) -> None:
        if self.trouble is None:
            _log.warning(
                "MLflow at %s does not answer; runs are kept in %s until it does.",
                self._uri,
                self._journal.folder,
            )
        text = str(error).strip() or type(error).__name__
        reason = _SYSTEM_REASON.search(text)
        self.trouble = reason.group(1).lower() if reason else text.partition("\n")[0][:200]

    def _note_success(self) -> None:
        if self.trouble is not None:
            _log.warning("MLflow at %s answers again.", self._uri)
        self.trouble = None

    def _send_chunk(self) -> None:
        if not self._delivery.connect():
            self._offset = 0
        chunk = list(self._journal.read(self._offset, _EVENTS_PER_CHUNK))
        try:
            self._delivery.send([event for event, _ in chunk])
        except RefusedError:
            for event, _ in chunk:
                self._send_or_set_aside(event)
        self._offset = chunk[-1][1]
        self._save_state()
        with self._settled:
            self._settled.notify_all()

    def _send_or_set_aside(self, event: Event) -> None:
        try:
            self._delivery.send([event])
        except RefusedError as error:
            self._refused += 1
            _log.warning("MLflow refused an entry of run %s: %s", event["run"], error)
            with (self._journal.folder / "refused.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps({**event, "error": str(error)}) + "\n")

    def _load_offset(self) -> int:
        """How far earlier sessions came; from the start where they wrote to another MLflow."""
        if not self._state_file.exists():
            return 0
        state = json.loads(self._state_file.read_text(encoding="utf-8"))
        if state["uri"] != self._uri:
            return 0
        self._delivery.experiment_id = state["experiment_id"]
        self._delivery.runs = state["runs"]
        return int(state["offset"])

    def _save_state(self) -> None:
        state = {
            "uri": self._uri,
            "offset": self._offset,
            "experiment_id": self._delivery.experiment_id,
            "runs": self._delivery.runs,
        }
        files.write_text(self._state_file, json.dumps(state))
