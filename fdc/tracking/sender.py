"""The thread that carries the journal to MLflow."""

import json
import logging
import threading
from dataclasses import asdict

from fdc import files
from fdc.tracking.connection import reason
from fdc.tracking.journal import Journal
from fdc.tracking.location import shown
from fdc.tracking.mlflow_writer import MlflowWriter, RefusedError
from fdc.tracking.translator import RunUpdate, Translator

_EVENTS_PER_CHUNK = 500
_SECONDS_TO_GATHER = 0.5
_LONGEST_WAIT_SECONDS = 15.0
_SECONDS_TO_GIVE_UP = 2.0

_log = logging.getLogger(__name__)


class Sender(threading.Thread):
    """Sends the events of a journal in batches, and keeps on disk how far it came.

    While the server is away the thread tries again with growing pauses; nobody waits for it.

    Args:
        journal: What to send.
        uri: MLflow's tracking URI.
        experiment: Name of the experiment; created where absent.

    Attributes:
        refused: How many updates MLflow will not take.
        refused_file: Where they are kept, with the reasons.
        trouble: Why MLflow cannot be reached at present; None where it can.
    """

    def __init__(self, journal: Journal, uri: str, experiment: str) -> None:
        super().__init__(name="fdc-tracking", daemon=True)
        self._journal = journal
        self._uri = uri
        self._writer = MlflowWriter(uri, experiment, journal.identity, journal.folder)
        self._translator = Translator()
        self._chunk: list[RunUpdate] = []
        self._closing = threading.Event()
        self._abandoned = threading.Event()
        self._progress = threading.Condition()
        self._state_file = journal.folder / "sent.json"
        self._offset = self._chunk_end = self._load_offset()
        self.refused = 0
        self.refused_file = journal.folder / "refused.jsonl"
        self.trouble: str | None = None

    def unsent(self) -> int:
        """How many events are still to be sent."""
        return sum(1 for _ in self._journal.read(self._offset))

    def wait_for_run(self, key: str, timeout: float) -> str | None:
        """Waits until a run is in MLflow and everything told of it so far is sent.

        Args:
            key: The run's key in the journal.
            timeout: Seconds to wait at most.

        Returns:
            MLflow's id of the run; None where it could not be had in time.
        """
        target = self._journal.end
        with self._progress:
            sent = self._progress.wait_for(lambda: self._offset >= target, timeout)
        return self._writer.runs.get(key) if sent else None

    def close(self, timeout: float) -> None:
        """Sends what is left, for a bounded time, and lets go of the journal.

        Args:
            timeout: Seconds to wait at most.
        """
        self._closing.set()
        self._journal.grown.set()
        self.join(timeout)
        self._abandoned.set()
        self.join(_SECONDS_TO_GIVE_UP)

    def run(self) -> None:
        """Sends until closed and empty; called by `start`."""
        failures = 0
        while not (self._abandoned.is_set() or (self._closing.is_set() and self._is_done())):
            self._journal.grown.wait()
            self._journal.grown.clear()
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
                shown(self._uri),
                self._journal.folder,
            )
        self.trouble = reason(error)

    def _note_success(self) -> None:
        if self.trouble is not None:
            _log.warning("MLflow at %s answers again.", shown(self._uri))
        self.trouble = None

    def _send_chunk(self) -> None:
        if not self._writer.connect():
            self._translator = Translator()
            self._offset = self._chunk_end = 0
        if self._chunk_end == self._offset:
            self._chunk = []
            for event, end in self._journal.read(self._offset, _EVENTS_PER_CHUNK):
                self._chunk += self._translator.translate(event)
                self._chunk_end = end
        try:
            self._writer.send(self._chunk)
        except RefusedError:
            for update in self._chunk:
                self._send_or_set_aside(update)
        self._offset = self._chunk_end
        self._save_state()
        with self._progress:
            self._progress.notify_all()

    def _send_or_set_aside(self, update: RunUpdate) -> None:
        try:
            self._writer.send([update])
        except RefusedError as error:
            self.refused += 1
            _log.warning("MLflow refused an entry of run %s: %s", update.run, error)
            with self.refused_file.open("a", encoding="utf-8") as file:
                file.write(json.dumps({**asdict(update), "error": str(error)}) + "\n")

    def _load_offset(self) -> int:
        """How far earlier sessions came; from the start where they wrote to another MLflow."""
        state = files.read_json(self._state_file)
        if state is None or state["uri"] != self._uri:
            return 0
        self._writer.experiment_id = state["experiment_id"]
        self._writer.runs = state["runs"]
        offset = int(state["offset"])
        for event, end in self._journal.read():
            if end > offset:
                break
            self._translator.translate(event)
        return offset

    def _save_state(self) -> None:
        state = {
            "uri": self._uri,
            "offset": self._offset,
            "experiment_id": self._writer.experiment_id,
            "runs": self._writer.runs,
        }
        files.write_json(self._state_file, state)
