"""Who may take how much of the time."""

import math
import time
from collections.abc import Callable

TRIALS_SHARE = 0.5
"""Share of the time in which trials are compared; in the rest the winner is trained on."""

FEWEST_EPOCHS = 3
"""A trial of fewer epochs says nothing about it, unless it starts from a head that was solved."""

START_SECONDS = 10.0
"""What building and tracing a network takes."""

SLACK = 1.2
"""How much longer than predicted epochs may take before there are fewer of them."""

OVERRUN = 0.5
"""By what part of an epoch a trial may overrun its share before the epoch is cut short."""

Clock = Callable[[], float]


class Budget:
    """The time of a search: first for its trials, then for training the winner on.

    Args:
        minutes: All of it; None: no limit.
        reserve: Seconds of it that are kept for what follows the training.
        used: Seconds that earlier sessions have taken.
        trials: How many trials there may be; a single one may use all of the time.
        workers: How many trials run at once.
        clock: Seconds since any moment.
    """

    def __init__(
        self,
        minutes: float | None,
        reserve: float,
        used: float,
        trials: int,
        workers: int,
        clock: Clock = time.monotonic,
    ) -> None:
        self._clock = clock
        self._began = clock() - used
        self._workers = workers
        self.total = math.inf if minutes is None else minutes * 60
        self.reserved = min(reserve, 0.25 * self.total)
        usable = self.total - self.reserved
        self.end = self._began + usable
        self.trials_end = self._began + usable * (TRIALS_SHARE if trials > 1 else 1.0)

    @property
    def now(self) -> float:
        """The clock."""
        return self._clock()

    @property
    def used(self) -> float:
        """Seconds since the start, earlier sessions included."""
        return self._clock() - self._began

    @property
    def left(self) -> float:
        """Seconds in which may be trained."""
        return self.end - self._clock()

    @property
    def trial_seconds_left(self) -> float:
        """Seconds in which trials may be compared."""
        return self.trials_end - self._clock()

    def share(
        self,
        trials_left: int,
        work: float,
        epoch_seconds: float | None,
        start_seconds: float = START_SECONDS,
    ) -> float | None:
        """Seconds that the next trial may take.

        Args:
            trials_left: How many may still start, it included.
            work: How much of an average trial's work it is; not 1 for Hyperband's rounds.
            epoch_seconds: What an epoch of the fastest trial took so far; None at the start.
            start_seconds: What trials took before their first epoch.

        Returns:
            None where too little is left for a trial that says anything.
        """
        fair = self.trial_seconds_left * self._workers / max(1, trials_left) * work
        if epoch_seconds is None:
            return min(fair, self.trial_seconds_left) if self.trial_seconds_left > 0 else None
        least = start_seconds + FEWEST_EPOCHS * epoch_seconds * min(1.0, work)
        if least > self.trial_seconds_left:
            return None
        return min(max(fair, least), self.trial_seconds_left)

    def deadline(
        self, started: float, share: float, epoch_seconds: float, limit: int, first: bool
    ) -> float | None:
        """Until when a trial may train, now that its speed is known.

        Args:
            started: When it was handed out, by the clock.
            share: Seconds that it was given then.
            epoch_seconds: What one of its epochs takes.
            limit: How many epochs it has at most.
            first: Whether no trial has an epoch yet, so that this one may have more than its share.

        Returns:
            None where its epochs do not fit.
        """
        fewest = min(FEWEST_EPOCHS, limit)
        # The earliest deadline before which so many epochs fit.
        candidates = [(started + share, fewest)]
        if first:
            just_enough = self.now + SLACK * fewest * epoch_seconds
            candidates += [(min(just_enough, self.trials_end), 1), (self.end, 1)]
        for deadline, epochs in candidates:
            if deadline - self.now >= epochs * epoch_seconds:
                return deadline
        return None


def more_epochs(seconds: float, epoch_seconds: float) -> int | None:
    """How many epochs fit into so many seconds; None: any number.

    A tenth of an epoch that is missing does not count.

    Example:
        >>> more_epochs(seconds=59.5, epoch_seconds=20)
        3
    """
    if math.isinf(seconds):
        return None
    return max(0, math.floor(seconds / epoch_seconds + 0.1))


def duration(seconds: float) -> str:
    """Seconds as a person says them.

    Example:
        >>> duration(8.24), duration(200), duration(7500)
        ('8.2 s', '3:20 min', '2:05 h')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}:{rest:02d} min"
    return f"{minutes // 60}:{minutes % 60:02d} h"
