"""The built-in sample: portraits drawn in the AI-Hub's format, so that fdc runs without data.

These are drawings. A network that learns from them shows that the way through the house works, not
how well it would do on people.
"""

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from filelock import FileLock

from fdc import files
from fdc.choices import LATEST_YEAR
from fdc.errors import DataError
from fdc.execution.cpus import usable_cpus
from fdc.execution.mapping import Crashed, map_ordered
from fdc.progress import track
from fdc.sample.drawing import Identity, Portrait, Scene, aged, render
from fdc.sources.sample import MARKER

WIDTH, HEIGHT = 320, 400
OLDEST_DRAWN = 80
DRAWING = 1
"""Raise it when the drawing changes: a sample of another number is drawn anew."""

_WORTH_A_PROCESS = 16
"""With fewer photos to draw, a process takes longer to start than it helps."""

_OURS = re.compile(r"\d{4,}_\d{4}_\d{2}_\d{8}_[FD]\.(png|json)")
_FILM_ENDS = (1988, 2012)
"""Until the first year every photo is on film, after the second none; between them it shifts."""


@dataclass(frozen=True)
class PlannedPhoto:
    """One photo that is to be drawn: of whom, at which age, on what."""

    number: int
    subject: int
    identity: Identity
    birth: int
    age: int
    film: bool

    @property
    def name(self) -> str:
        """The photo's name as the AI-Hub forms it: subject, birth, age, number, F(ilm) or D."""
        letter = "F" if self.film else "D"
        return f"{self.subject:04d}_{self.birth}_{self.age:02d}_{self.number:08d}_{letter}"


def draw(root: Path, subjects: int, photos: int, seed: int = 71415) -> Path:
    """Draws the sample, or completes one that was interrupted.

    Photos are 320x400 RGB PNG in `images/`, each with a JSON of its name in `labels/`. The same
    arguments give the same bytes, whatever the number of cores. A complete sample is left as it is;
    one of other arguments is replaced.

    Args:
        root: Folder of the sample; made where it is missing.
        subjects: How many people; women and men, warm and cool undertones in equal parts.
        photos: Of each person, spread over the ages from 0 to 80 years that they have reached.
        seed: Of all chance.

    Returns:
        `root`.

    Raises:
        DataError: If the folder holds something else, or cannot be written.
        ValueError: If `subjects` or `photos` is below 1.
    """
    if subjects < 1 or photos < 1:
        raise ValueError(f"subjects and photos must be 1 or more but got {subjects} and {photos}")
    wanted = {"drawing": DRAWING, "subjects": subjects, "photos": photos, "seed": seed}
    try:
        if _read_marker(root) == wanted and not _missing(root, plan_photos(subjects, photos, seed)):
            return root
        _refuse_others(root)
        root.mkdir(parents=True, exist_ok=True)
        with FileLock(root / ".lock"):
            if _read_marker(root) != wanted:
                _clear(root)
                files.write_bytes(root / MARKER, json.dumps(wanted).encode())
            for folder in ("images", "labels"):
                (root / folder).mkdir(exist_ok=True)
            _remove_unfinished(root)
            try:
                _draw_all(root, _missing(root, plan_photos(subjects, photos, seed)), seed)
            finally:
                _remove_unfinished(root)
    except OSError as error:
        raise DataError(
            f"The sample cannot be drawn in {root}: {error.strerror or error}.",
            "It needs a folder that can be written and about 0.4 MB a photo.",
        ) from error
    return root


def plan_photos(subjects: int, photos: int, seed: int) -> list[PlannedPhoto]:
    """Plans the photos: all decades of age alike, each person over as many of them as they have.

    Args:
        subjects: How many people.
        photos: Of each.
        seed: Of all chance.

    Returns:
        The photos, person after person, each from young to old.
    """
    taken: Counter[int] = Counter()
    plan: list[PlannedPhoto] = []
    for subject in range(1, subjects + 1):
        rng = np.random.default_rng((seed, subject))
        identity = Identity.draw(
            rng,
            "female" if subject % 2 else "male",
            "warm" if subject // 2 % 2 else "cool",
        )
        lived = int(rng.integers(64, 83) if rng.random() < 0.75 else rng.integers(18, 64))
        for age in _ages(min(lived, OLDEST_DRAWN), photos, taken, rng):
            birth = LATEST_YEAR - lived
            film = rng.random() > np.interp(birth + age, _FILM_ENDS, (0.0, 1.0))
            plan.append(PlannedPhoto(len(plan) + 1, subject, identity, birth, age, bool(film)))
    return plan


def _ages(oldest: int, photos: int, taken: Counter[int], rng: np.random.Generator) -> list[int]:
    """Ages of one person's photos: the rarest decades first, and no year twice while it can be."""
    free: dict[int, list[int]] = {}
    own: Counter[int] = Counter()
    ages: list[int] = []
    for _ in range(photos):
        if not free:
            for age in rng.permutation(oldest + 1).tolist():
                free.setdefault(min(age // 10, 6), []).append(age)
        decade = min(free, key=lambda d: (own[d], taken[d], d))
        ages.append(free[decade].pop())
        if not free[decade]:
            del free[decade]
        own[decade] += 1
        taken[decade] += 1
    return sorted(ages)


def _draw_all(root: Path, plan: list[PlannedPhoto], seed: int) -> None:
    processes = min(usable_cpus(), len(plan) // _WORTH_A_PROCESS)
    if processes < 2:
        for photo in track(plan, "Drawing the sample"):
            _draw_one(root, photo, seed)
        return
    # Processes: in threads the many small steps of a drawing wait for each other's interpreter.
    drawn = map_ordered(partial(_draw_photos, root, seed), plan, workers=processes)
    for result in track(drawn, "Drawing the sample", len(plan)):
        if isinstance(result, Crashed):
            raise DataError(f"The sample cannot be drawn: {result.reason}.", "Free some memory.")


def _draw_photos(root: Path, seed: int, photos: Iterator[PlannedPhoto]) -> Iterator[PlannedPhoto]:
    cv2.setNumThreads(1)
    for photo in photos:
        _draw_one(root, photo, seed)
        yield photo


def _draw_one(root: Path, photo: PlannedPhoto, seed: int) -> None:
    rng = np.random.default_rng((seed, photo.subject, photo.number))
    portrait = render(
        aged(photo.identity, photo.age, rng),
        Scene.draw(rng, WIDTH, HEIGHT),
        WIDTH,
        HEIGHT,
        photo.film,
    )
    png = cv2.imencode(".png", portrait.pixels[..., ::-1])[1]
    data = png.tobytes()
    label = json.dumps(_label(photo, portrait, len(data)), indent=1).encode()
    files.write_bytes(root / "images" / f"{photo.name}.png", data)
    # The label comes last: where it is, its photo is too.
    files.write_bytes(root / "labels" / f"{photo.name}.json", label)


def _label(photo: PlannedPhoto, portrait: Portrait, size: int) -> dict[str, Any]:
    """The AI-Hub's JSON for one photo, and the undertone of the skin, which theirs lacks."""
    x, y, w, h = (round(value, 1) for value in portrait.box)
    return {
        "filename": photo.name,
        "id": photo.subject,
        "birth": photo.birth,
        "age_now": LATEST_YEAR - photo.birth,
        "age_past": photo.age,
        "format": "png",
        "imgsize": f"{size / 1e6:.3f}MB",
        "width": WIDTH,
        "height": HEIGHT,
        "device": "film" if photo.film else "digital",
        "gender": photo.identity.gender,
        "tone": photo.identity.tone,
        "annotation": [
            {
                "box": {"x": x, "y": y, "w": w, "h": h},
                "landmark": [[round(float(v), 1) for v in p] for p in portrait.landmarks],
            }
        ],
    }


def _read_marker(root: Path) -> Any:
    """What the folder's marker says, or None."""
    try:
        return json.loads((root / MARKER).read_bytes())
    except (FileNotFoundError, ValueError):
        return None


def _missing(root: Path, plan: list[PlannedPhoto]) -> list[PlannedPhoto]:
    present = set(_files(root))
    return [s for s in plan if not {f"{s.name}.png", f"{s.name}.json"} <= present]


def _files(root: Path) -> Iterator[str]:
    for folder in ("images", "labels"):
        if (root / folder).is_dir():
            yield from os.listdir(root / folder)


def _refuse_others(root: Path) -> None:
    """Never draws into, and so never clears, a folder that holds somebody's own files."""
    if root.is_dir() and not (root / MARKER).exists():
        others = [name for name in os.listdir(root) if name != ".lock"]
        if others:
            raise DataError(
                f"{root} holds {others[0]} and more, and is not a sample that fdc drew.",
                "Name an empty folder for the sample.",
            )


def _remove_unfinished(root: Path) -> None:
    """What was being written when its process was killed."""
    for path in root.glob(f"*/*{files.UNFINISHED}"):
        path.unlink(missing_ok=True)


def _clear(root: Path) -> None:
    for folder in ("images", "labels"):
        for path in (root / folder).glob("*"):
            if _OURS.fullmatch(path.name):
                path.unlink()
