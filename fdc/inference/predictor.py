"""A packaged model: a folder that turns the bytes of a photo into an answer, without TensorFlow.

The same folder answers in MLflow's own server and in fdc's service, so both say the same.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from fdc import weights
from fdc.errors import InferenceError
from fdc.faces.preparer import Crop, Preparer, Refused
from fdc.faces.recipe import NO_WEIGHTS, Recipe
from fdc.inference.answer import Answer, Refusal, answer, refuse
from fdc.inference.network import HINT, NETWORK, Network
from fdc.tasks import Task

TASK = "task.json"
RECIPE = "recipe.json"
DESCRIPTION = "model.json"
WEIGHTS = "weights"

Record = TypeVar("Record", bound=BaseModel)


class Description(BaseModel):
    """What a model folder says about itself.

    Attributes:
        format: Counts changes of the folder's layout.
        task: The task's name.
        recipe: Fingerprint of the recipe.
        metrics: The model's figures on its test photos, as `fdc.evaluation.score` names them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = 1
    task: str
    recipe: str
    metrics: dict[str, float] = {}


def save(
    folder: Path,
    *,
    network: Path,
    task: Task,
    recipe: Recipe,
    weights_folders: Sequence[Path] = (),
    metrics: Mapping[str, float] | None = None,
) -> Path:
    """Writes a model folder that stands alone.

    Args:
        folder: Where to; made if missing.
        network: ONNX file, float32 (n, size, size, 3) RGB 0 to 255 in, probabilities
            (n, classes) or numbers (n,) or (n, 1) out.
        task: What the network predicts.
        recipe: How the crops that it was trained on were made.
        weights_folders: Where the weights of the recipe's own networks may lie; those are copied
            into the folder.
        metrics: The model's figures on its test photos.

    Returns:
        The folder.

    Raises:
        WeightsError: A network of the recipe is on this machine no more.
    """
    (folder / WEIGHTS).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(network, folder / NETWORK)
    (folder / TASK).write_text(task.model_dump_json(indent=2), encoding="utf-8")
    (folder / RECIPE).write_text(recipe.model_dump_json(indent=2), encoding="utf-8")
    description = Description(
        task=task.name, recipe=recipe.fingerprint, metrics=dict(metrics or {})
    )
    (folder / DESCRIPTION).write_text(description.model_dump_json(indent=2), encoding="utf-8")
    for model, sha256 in _weights_of(recipe):
        file, _ = weights.require(model, weights_folders, sha256=sha256)
        shutil.copyfile(file, folder / WEIGHTS / file.name)
    return folder


class Predictor:
    """A model folder in memory.

    Args:
        folder: As `save` wrote it.
        threads: CPU threads of one network run; None: all that this process may use.

    Raises:
        InferenceError: The folder is incomplete or its parts do not belong together.
    """

    def __init__(self, folder: Path, *, threads: int | None = None) -> None:
        self.folder = folder
        self.description = _read(folder, DESCRIPTION, Description)
        self.task = _read(folder, TASK, Task)
        self.recipe = _read(folder, RECIPE, Recipe)
        self.require(self.recipe.fingerprint)
        self._network = Network(folder / NETWORK, threads=threads)
        self._require_fitting_parts()

    def preparer(self) -> Preparer:
        """What turns photos into this model's crops; models of one fingerprint can share it."""
        return Preparer(self.recipe, [self.folder / WEIGHTS])

    def require(self, fingerprint: str) -> None:
        """Refuses crops that were made by another recipe.

        Raises:
            InferenceError: The fingerprint is not the model's.
        """
        if fingerprint != self.description.recipe:
            raise InferenceError(
                f"The {self.description.task} model takes crops of recipe "
                f"{self.description.recipe}, but got recipe {fingerprint}.",
                hint="Prepare the photos with the model's own recipe, or train a new model.",
            )

    def outputs(
        self,
        crops: NDArray[np.uint8],
        fingerprint: str,
        positions: NDArray[np.int64] | None = None,
    ) -> NDArray[np.float32]:
        """Runs the network on many crops.

        Args:
            crops: uint8 RGB (n, size, size, 3); may be memory-mapped.
            fingerprint: Of the recipe that made them.
            positions: int64 (m,), which crops in which order; None: all.

        Returns:
            Probabilities (m, classes) in the task's order, or numbers (m, 1).

        Raises:
            InferenceError: The crops were made by another recipe.
        """
        self.require(fingerprint)
        count = len(crops) if positions is None else len(positions)
        return self._network.predict(crops, positions=positions).reshape(count, -1)

    def answer(self, crop: Crop, fingerprint: str) -> Answer:
        """Answers one crop.

        Args:
            crop: From a preparer.
            fingerprint: Of the preparer's recipe.
        """
        return answer(self.task, self.outputs(crop.pixels[np.newaxis], fingerprint)[0], crop.notes)

    def predict(self, photo: bytes) -> Answer:
        """Answers one photo.

        Args:
            photo: The bytes of an image file.

        Returns:
            The answer, or a refusal where the photo cannot be read or shows no usable face.
        """
        prepared = crop_or_refusal(self._preparer, photo)
        if isinstance(prepared, Refusal):
            return refuse(self.task, prepared)
        return self.answer(prepared, self.recipe.fingerprint)

    @cached_property
    def _preparer(self) -> Preparer:
        return self.preparer()

    def _require_fitting_parts(self) -> None:
        if self._network.size != self.recipe.size:
            raise InferenceError(
                f"{self.folder}: the network takes crops of {self._network.size} px, but its "
                f"recipe makes {self.recipe.size} px.",
                hint=HINT,
            )
        blank = np.zeros((1, self.recipe.size, self.recipe.size, 3), np.uint8)
        given = self._network.predict(blank).size
        wanted = 1 if self.task.is_regression else len(self.task.labels)
        if given != wanted:
            raise InferenceError(
                f"{self.folder}: the network gives {given} outputs, but the task "
                f"{self.task.name} needs {wanted}.",
                hint=HINT,
            )


def _weights_of(recipe: Recipe) -> Iterator[tuple[str, str | None]]:
    if recipe.face == "detect" and recipe.detector == "yunet":
        yield recipe.detector, recipe.detector_weights
    if recipe.removes_background and recipe.background not in NO_WEIGHTS:
        yield recipe.background, recipe.background_weights


def crop_or_refusal(preparer: Preparer, photo: bytes) -> Crop | Refusal:
    """Makes a crop of a photo, or says why there is none."""
    try:
        return preparer.crop(photo)
    except Refused as refused:
        return Refusal.by(refused.rule, refused.reason)


def _read(folder: Path, name: str, kind: type[Record]) -> Record:
    path = folder / name
    try:
        return kind.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise InferenceError(f"{folder} is no model folder: {name} is missing.", HINT) from None
    except ValidationError as error:
        raise InferenceError(f"{path} cannot be read: {error}", HINT) from None
