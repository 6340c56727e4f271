"""Every task's champion in memory, kept up to date; they share the work on a photo."""

import logging
import queue
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from fdc import registry
from fdc.errors import FdcError
from fdc.faces.preparer import Preparer
from fdc.inference.answer import Answer, Refusal, refuse
from fdc.inference.predictor import Predictor, crop_or_refusal
from fdc.registry import Version

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LoadedModel:
    """A champion in memory."""

    version: Version
    predictor: Predictor


class Champions:
    """Answers photos with the champions of all tasks.

    Args:
        tracking_uri: MLflow's store; the one that MLflow is set to if not given.
    """

    def __init__(self, tracking_uri: str | None = None) -> None:
        self._tracking_uri = tracking_uri
        self._models: Mapping[str, LoadedModel] = {}
        self._preparers: defaultdict[str, queue.SimpleQueue[Preparer]] = defaultdict(
            queue.SimpleQueue
        )

    @property
    def models(self) -> Mapping[str, LoadedModel]:
        """The champion of each task."""
        return self._models

    def refresh(self) -> None:
        """Takes up what was promoted or rolled back since; an answer in progress is not disturbed.

        Where a champion cannot be loaded, the one before it goes on answering.

        Raises:
            RegistryError: The registry cannot be reached.
        """
        wanted = registry.champions(self._tracking_uri)
        models = {}
        for task, version in sorted(wanted.items()):
            present = self._models.get(task)
            if present is not None and present.version == version:
                models[task] = present
                continue
            try:
                models[task] = self._load(version)
                log.info("Loaded %s version %s", version.name, version.number)
            except FdcError as error:
                log.error("Cannot load %s version %s: %s", version.name, version.number, error)
                if present is not None:
                    models[task] = present
        # One assignment: whoever answers sees either the old champions or the new ones.
        self._models = models

    def answers(self, photo: bytes, tasks: Collection[str]) -> list[Answer]:
        """Answers a photo; models of one recipe share its decoding, detection and crop.

        Args:
            photo: The bytes of an image file.
            tasks: Which ones, in the order of the answers.
        """
        models = self._models
        crops = {}
        answers = []
        for task in tasks:
            predictor = models[task].predictor
            fingerprint = predictor.recipe.fingerprint
            if fingerprint not in crops:
                with self._lend_preparer(predictor) as preparer:
                    crops[fingerprint] = crop_or_refusal(preparer, photo)
            crop = crops[fingerprint]
            answers.append(
                refuse(predictor.task, crop)
                if isinstance(crop, Refusal)
                else predictor.answer(crop, fingerprint)
            )
        return answers

    def _load(self, version: Version) -> LoadedModel:
        folder = registry.folder(version, self._tracking_uri)
        predictor = Predictor(folder)
        with self._lend_preparer(predictor) as preparer:
            preparer.warm_up()  # its networks are loaded now, not at the first photo
        return LoadedModel(version, predictor)

    @contextmanager
    def _lend_preparer(self, predictor: Predictor) -> Iterator[Preparer]:
        """Lends a preparer to one thread at a time: detectors keep state while they look."""
        pool = self._preparers[predictor.recipe.fingerprint]
        try:
            preparer = pool.get_nowait()
        except queue.Empty:
            preparer = predictor.preparer()
        try:
            yield preparer
        finally:
            pool.put(preparer)
