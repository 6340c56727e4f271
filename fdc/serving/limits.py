"""Limits of the service: sizes, rates, and how much it does at once."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Result = TypeVar("Result")
Positive = Annotated[float, Field(gt=0)]


class Limits(BaseModel):
    """Limits of the service; all are on by default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    megabytes: Positive = Field(default=16, description="Of one photo's file.")
    megapixels: Positive = Field(default=50, description="Of one photo, known from its header.")
    at_once: int = Field(default=2, ge=1, description="Photos that are worked on at once.")
    waiting: int = Field(default=8, ge=0, description="Photos that may wait for their turn.")
    queue_seconds: Positive = Field(default=10, description="How long a photo may wait.")
    upload_seconds: Positive = Field(default=30, description="How long an upload may take.")
    answer_seconds: Positive = Field(default=30, description="How long an answer may take.")
    per_minute: Positive = Field(default=60, description="Photos of one client in a minute.")
    burst: int = Field(default=20, ge=1, description="Photos of one client without a pause.")
    connections: int = Field(default=128, ge=1, description="Open connections.")

    @property
    def photo_bytes(self) -> int:
        """Largest file in bytes."""
        return int(self.megabytes * 1_000_000)

    @property
    def photo_pixels(self) -> int:
        """Largest photo in pixels."""
        return int(self.megapixels * 1_000_000)


class Busy(Exception):
    """As much is done at once as may be, and nothing may wait any longer."""


class ConcurrencyLimiter:
    """Runs work in threads, a few at a time, with a short queue before them.

    Work counts until its thread is done, also where the client was told that it took too long: a
    thread cannot be stopped, and not counting it would let work pile up.

    Args:
        limits: How many at once, how many wait, and for how long.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._free = asyncio.Semaphore(limits.at_once)
        self._admitted = 0
        self._threads = ThreadPoolExecutor(limits.at_once, thread_name_prefix="answer")

    async def run(self, work: Callable[[], Result]) -> Result:
        """Does the work in a thread.

        Raises:
            Busy: The queue is full, or the turn did not come in time.
            TimeoutError: The work took too long.
        """
        await self._acquire()
        future = asyncio.get_running_loop().run_in_executor(self._threads, work)
        future.add_done_callback(self._release)
        return await asyncio.wait_for(asyncio.shield(future), self._limits.answer_seconds)

    def close(self) -> None:
        """Takes no more work."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _release(self, done: asyncio.Future[Any]) -> None:
        self._free.release()
        self._admitted -= 1
        if not done.cancelled():
            done.exception()  # asked for, or asyncio complains where the client has left

    async def _acquire(self) -> None:
        # Counted here and not by the semaphore, which is acquired a moment after it was released.
        if self._admitted >= self._limits.at_once + self._limits.waiting:
            raise Busy
        self._admitted += 1
        acquired = False
        try:
            await asyncio.wait_for(self._free.acquire(), self._limits.queue_seconds)
            acquired = True
        except TimeoutError:
            raise Busy from None
        finally:
            self._admitted -= not acquired


class RateLimiter:
    """A token bucket for every client, in memory; the least recent ones are dropped.

    Args:
        per_minute: How fast a bucket fills.
        burst: How much it holds.
        clients: How many buckets are kept.
        now: A clock in seconds.
    """

    def __init__(
        self,
        per_minute: float,
        burst: int,
        clients: int = 10_000,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_second = per_minute / 60
        self._burst = burst
        self._clients = clients
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def seconds_to_wait(self, client: str) -> float:
        """Takes one token, and says 0; or how long it takes until there is one."""
        now = self._now()
        tokens, last = self._buckets.pop(client, (float(self._burst), now))
        tokens = min(self._burst, tokens + (now - last) * self._per_second)
        allowed = tokens >= 1
        self._buckets[client] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > self._clients:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - tokens) / self._per_second
