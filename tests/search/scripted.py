"""Workers that say what a script has them say, and jobs for them; nothing is trained."""

from collections import deque

from fdc.execution.protocol import Died
from fdc.search.jobs import Job
from fdc.search.messages import Built, Continue, Done, EpochEnded, Stop
from fdc.tracking import TrialRecord
from fdc.training.spec import ExportCommand, ProbeResult, TrainCommand


class Clock:
    seconds = 100.0

    def __call__(self):
        return self.seconds


class ScriptedPool:
    """One worker whose epochs have the accuracies of a script; the clock runs with them.

    At None it says nothing more.
    """

    def __init__(self, clock, scripts, epoch_seconds=10.0, deaths=(), final=(), exports=()):
        self.names = ["worker0"]
        self.peak_bytes = 0
        self.sent = []
        self.killed = []
        self._clock = clock
        self._scripts = {str(i): list(script) for i, script in enumerate(scripts)}
        self._scripts["final"] = list(final)
        self._exports = deque(exports)
        self._epoch_seconds = epoch_seconds
        self._deaths = deque(deaths)
        self._waiting = deque()
        self._trial = None
        self._epoch = 0

    def send(self, name, command):
        self.sent.append(command)
        if isinstance(command, TrainCommand):
            self._trial, self._epoch = command.folder.name, command.first_epoch
            self._waiting += [Built(1000, command.batch_size or 64), *self._probed()]
        elif isinstance(command, Continue):
            self._clock.seconds += self._epoch_seconds
            script = self._scripts[self._trial]
            accuracy = script.pop(0)
            if accuracy is None:
                self._clock.seconds += 1000
                return
            metrics = {"val_accuracy": accuracy, "val_loss": 1 - accuracy}
            self._waiting.append(EpochEnded(self._epoch, metrics, self._epoch_seconds, True))
            self._epoch += 1
        elif isinstance(command, Stop):
            self._waiting.append(Done())
        elif isinstance(command, ExportCommand):
            self._waiting.append(self._exports.popleft())

    def _probed(self):
        if self._deaths:
            return [self._deaths.popleft()]
        return [ProbeResult(self._epoch_seconds, 1.0)]

    def receive(self, timeout):
        if self._waiting:
            yield "worker0", self._waiting.popleft()

    def mark_idle(self, name):
        pass

    def kill(self, name, reason):
        if self.killed:
            return
        self.killed.append(reason)
        self._waiting.append(Died(reason))


class ScriptedJobs:
    """Gives out jobs one after the other."""

    def __init__(self, scheduler, count, limit=60, share=1000.0):
        self.jobs = []
        self._scheduler = scheduler
        self._numbers = iter(range(count))
        self._limit = limit
        self._share = share

    def ask(self, worker):
        number = next(self._numbers, None)
        if number is None:
            return None
        record = TrialRecord(str(number), number, {"network/width": 16}, seed=number)
        command = TrainCommand(self._scheduler.trial_folder(record.id), {}, number)
        job = Job(record, command, self._limit, self._share, self._scheduler.budget.now)
        self.jobs.append(job)
        return job

    def tell(self, job):
        pass
