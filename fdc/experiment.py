"""What one experiments/*.yaml says, typed and validated, every mistake told at once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fdc import choices, configuration
from fdc.choices import Balance, DetectorName, Engine, FaceMode, Space, Tuner
from fdc.errors import SettingsError, did_you_mean
from fdc.tasks import USUAL_AUGMENTATION, AugmentationName, Task

Share = Annotated[float, Field(gt=0, lt=1)]


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DataSettings(_Settings):
    """Which photos."""

    path: Path | None = Field(default=None, description="Folder of photos; null: drawn sample.")
    reader: str = Field(default="auto", description="Name of a reader; auto: recognised.")
    subject_pattern: str | None = Field(
        default=None, description="Regular expression whose group `subject` names who is in a path."
    )
    folders: tuple[str, ...] = Field(
        default=(),
        description="Labels that folders inside folders name, the outermost first; empty: the "
        "task's alone.",
    )
    sample_subjects: int = Field(default=60, ge=6, description="People in the drawn sample.")
    sample_photos: int = Field(default=10, ge=2, description="Photos of each of them.")


class RuleSettings(_Settings):
    """Thresholds of the quarantine rules; None (null in YAML) switches a rule off."""

    off: tuple[str, ...] = Field(
        default=(),
        description="Names of rules that shall not act; docs/curation.md says which may rest.",
    )
    smallest_side: int | None = Field(default=32, ge=1, description="Pixels of a photo.")
    smallest_face: int | None = Field(default=24, ge=1, description="Pixels of an annotated face.")
    box_overhang: float | None = Field(
        default=0.05, ge=0, description="Share of an annotated face that may lie outside the photo."
    )
    landmark_overhang: float | None = Field(
        default=0.1, ge=0, description="How far a landmark may leave the face, as a share of it."
    )
    latest_year: int | None = Field(
        default=choices.LATEST_YEAR, description="No photo was taken after it."
    )
    most_turned: float | None = Field(
        default=0.6, gt=0, description="Nose off the middle of the eyes, in eye distances."
    )
    blurriest: float | None = Field(
        default=None, ge=0, description="Least variance of a crop's Laplacian."
    )
    size_tolerance: int | None = Field(
        default=2, ge=0, description="Pixels between the annotated and the true size."
    )
    # Measured by benchmarks/near_copies.py: stored again, halved or mirrored, 95 to 100% of face
    # photos stay within 2 bits, and of all pairs of aligned faces (UTKFace) within 2 bits 97% are
    # copies. Brightened or recoloured copies stay within 4 bits, but of the pairs at 4 bits only
    # one in six is a copy: too few to set them aside, cheap enough to keep them together. At 6
    # bits chains begin to join hundreds of strangers.
    copy_bits: int | None = Field(
        default=2, ge=0, le=16, description="Bits of 64 in which copies differ; one is kept."
    )
    alike_bits: int | None = Field(
        default=4, ge=0, le=20, description="Bits of 64 within which photos share a side."
    )

    @property
    def thresholds(self) -> dict[str, float | None]:
        """The thresholds of single rules, by name."""
        return self.model_dump(exclude={"off", "copy_bits", "alike_bits"})


class SplitSettings(_Settings):
    """How photos are divided; groups (people and duplicates) are never torn apart."""

    train: Share = Field(default=0.7, description="Share of the photos that are learned from.")
    validation: Share = Field(default=0.1, description="Share that the search tunes on.")
    test: Share = Field(default=0.2, description="Share that is looked at once, at the end.")
    seed: int = Field(default=choices.SEED, ge=0, description="Another seed, another division.")
    folds: int | None = Field(default=None, ge=2, le=20, description="k of k-fold; null: none.")
    fold: int = Field(default=0, ge=0, description="Which fold is the test side.")
    published: bool = Field(default=True, description="Respect the split that a set came with.")

    @property
    def fractions(self) -> tuple[float, float, float]:
        """Of train, validation and test."""
        return self.train, self.validation, self.test

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        total = sum(self.fractions)
        if abs(total - 1) > 1e-6:
            raise ValueError(f"train, validation and test must add up to 1, but make {total:g}")
        if self.folds is not None and self.fold >= self.folds:
            raise ValueError(f"fold must be under folds ({self.folds}), but is {self.fold}")
        return self


class PrepareSettings(_Settings):
    """How a photo becomes a crop; most of it is the recipe, which the model keeps."""

    size: int = Field(default=choices.SIZE, ge=32, le=512, description="Side of a crop in pixels.")
    margin: Annotated[float, Field(ge=-0.3, le=2)] | Literal["auto"] = Field(
        default="auto",
        description="Room round the face, as a share of it; auto: as much as the photos give.",
    )
    background: str = Field(
        default="auto", description="auto, none, grabcut, or a rembg model such as u2netp."
    )
    background_model: str = Field(
        default=choices.BACKGROUND_MODEL, description="The model that auto looks for."
    )
    background_colour: tuple[int, int, int] = Field(
        default=choices.BACKGROUND_COLOUR, description="RGB."
    )
    detector: Literal["auto", "annotation"] | DetectorName = Field(
        default="auto",
        description="What finds a face without annotation; annotation: nothing, it is set aside.",
    )
    face: FaceMode = Field(
        default="detect", description="whole: the photos are cut to the face already."
    )
    several_faces: Literal["quarantine", "largest"] = Field(
        default="quarantine", description="What becomes of a photo with several faces."
    )
    engine: Engine = Field(default="local", description="ray: on a cluster, see docs/cluster.md.")
    workers: int | None = Field(default=None, ge=1, description="Processes; null: one per core.")
    weights: tuple[Path, ...] = Field(
        default=(), description="Folders in which weights are looked for, before the cache folder."
    )


class SearchSettings(_Settings):
    """How long and how a model is searched for."""

    tuner: Tuner = Field(default=choices.TUNER, description="How the next trial is chosen.")
    minutes: float | None = Field(
        default=choices.MINUTES, gt=0, description="The search ends within it; null: no limit."
    )
    trials: int = Field(default=choices.TRIALS, ge=1, description="At most so many.")
    epochs: int = Field(default=choices.EPOCHS, ge=1, description="At most so many for one model.")
    patience: int = Field(
        default=choices.PATIENCE, ge=1, description="Epochs without gain that end a trial."
    )
    batch_size: int = Field(
        default=choices.BATCH_SIZE, ge=1, le=4096, description="Photos in one step."
    )
    seed: int = Field(default=choices.SEED, ge=0, description="The same seed, the same search.")
    workers: int = Field(default=1, ge=1, le=64, description="Trials at the same time.")
    engine: Engine = Field(default="local", description="ray: on a cluster, see docs/cluster.md.")
    cpus: int = Field(default=1, ge=1, description="Of a cluster's node, for one trial.")
    gpus: float = Field(default=0, ge=0, description="Of a cluster's node, for one trial.")
    memory_limit_gb: float | None = Field(default=None, gt=0, description="Of one worker.")
    balance: Balance = Field(default="none", description="What is done for rare classes.")
    pretrained: bool = Field(
        default=True, description="Start from published networks of faces, where they are at hand."
    )
    space: Space = Field(
        default="default",
        description="reference: one trial for each network that others published, see "
        "docs/references.md.",
    )
    baselines: bool = Field(
        default=True, description="Try first what a model has to beat: heads on fixed features."
    )
    augmentation: tuple[AugmentationName, ...] = Field(
        default=USUAL_AUGMENTATION, description="Ways in which training crops are varied."
    )


class Experiment(_Settings):
    """One experiment: a task, its photos, and how they are prepared and learned from."""

    task: Task
    data: DataSettings = DataSettings()
    rules: RuleSettings = RuleSettings()
    split: SplitSettings = SplitSettings()
    prepare: PrepareSettings = PrepareSettings()
    search: SearchSettings = SearchSettings()

    @model_validator(mode="after")
    def _augmentation_is_allowed(self) -> Self:
        try:
            self.task.check_augmentation(self.search.augmentation)
        except ValueError as error:
            raise ValueError(f"search.augmentation: {error}") from None
        return self


def names(*folders: Path) -> list[str]:
    """The experiments that lie in the folders."""
    return sorted({path.stem for folder in folders for path in folder.glob("*.yaml")})


def find(name: str, *folders: Path) -> Path:
    """The file of an experiment; the first folder that has it wins.

    Raises:
        SettingsError: There is none of that name; tells which there are.
    """
    for folder in folders:
        if (path := folder / f"{name}.yaml").is_file():
            return path
    known = names(*folders)
    raise SettingsError(
        f"There is no experiment {name!r}, no {folders[0] / name}.yaml.",
        f"{did_you_mean(name, known)}There are: {', '.join(known) or 'none'}.",
    )


def load(path: Path, overrides: Mapping[str, Any] | None = None) -> Experiment:
    """Reads an experiment and puts the overrides over it.

    Args:
        path: The file; its name without the ending is the task's, which no setting may change.
        overrides: Values by dotted key, such as {"search.minutes": 5}.

    Raises:
        SettingsError: Telling every mistake at once: file, key, value, what is allowed.
    """
    values = configuration.read(path, Experiment)
    configuration.override(values, overrides or {})
    task = values.get("task")
    if isinstance(task, dict) and task.setdefault("name", path.stem) != path.stem:
        raise SettingsError(
            f"task.name is {path.stem!r}, as the file {path} is called, and cannot be "
            f"{task['name']!r}.",
            "Leave it out, or copy the file to one of the name that you want.",
        )
    return configuration.validate(Experiment, values, path)
