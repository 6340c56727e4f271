"""What each rule looks at; every check answers with a reason per row, None where the row passes."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from fdc.curation import quality

Reasons = pd.Series
"""Text, one per row of the manifest and with its index; None where nothing is wrong."""


def too_small(manifest: pd.DataFrame, smallest_side: float) -> Reasons:
    """Photos whose shorter side is under a number of pixels."""
    side = _numbers(manifest, ["width", "height"]).min(axis=1)
    reason = "the photo is {:.0f} px on its shorter side"
    return _reasons(manifest, side < smallest_side, reason, [side])


def face_too_small(manifest: pd.DataFrame, smallest_face: float) -> Reasons:
    """Annotated faces whose shorter side is under a number of pixels."""
    side = boxes(manifest)[:, 2:].min(axis=1)
    reason = "the face is {:.0f} px on its shorter side"
    return _reasons(manifest, side < smallest_face, reason, [side])


def face_turned(manifest: pd.DataFrame, most_turned: float) -> Reasons:
    """Faces that look aside; see `quality.turn`, which is asked where there is no `turn`."""
    turn = _number(manifest, "turn")
    turn = np.where(np.isnan(turn), quality.turn(_stacked(manifest["landmarks"], 10)), turn)
    reason = "the nose is {:.2f} eye distances off the middle of the eyes"
    return _reasons(manifest, turn > most_turned, reason, [turn])


def face_blurred(manifest: pd.DataFrame, blurriest: float) -> Reasons:
    """Faces without detail; see `quality.sharpness`, which fills `sharpness`."""
    sharpness = _number(manifest, "sharpness")
    reason = "the variance of the Laplacian is {:.1f}"
    return _reasons(manifest, sharpness < blurriest, reason, [sharpness])


def impossible_years(manifest: pd.DataFrame, latest_year: float) -> Reasons:
    """Ages that contradict the year of birth, for sets that tell it (`birth`, `age_now`).

    A photo is taken in `birth + age`. One taken after the set was made, or at an age that the
    person has not reached, is an artificially aged or a mislabelled one.
    """
    age, birth = _number(manifest, "age"), _number(manifest, "birth")
    age_now = _number(manifest, "age_now")
    taken = birth + age
    later = _reasons(
        manifest, taken > latest_year, "born in {:.0f} and aged {:.0f}: taken in {:.0f}",
        [birth, age, taken],
    )  # fmt: skip
    older = _reasons(
        manifest, age > age_now, "aged {:.0f} in the photo but {:.0f} today", [age, age_now]
    )
    unborn = _reasons(manifest, age < 0, "aged {:.0f}", [age])
    return later.fillna(older).fillna(unborn)


def contradicting_subject(manifest: pd.DataFrame) -> Reasons:
    """Subjects with two years of birth or two genders, in sets that tell the year of birth.

    Elsewhere a subject may be an album of several people (Adience), so that two genders prove
    nothing.
    """
    if "birth" not in manifest:
        return _nothing(manifest)
    has_birth = manifest["birth"].notna()
    known = manifest[has_birth & manifest["subject"].notna()]
    reasons = _nothing(manifest)
    for column, words in (("birth", "years of birth"), ("gender", "genders")):
        variants = known.groupby("subject")[column].nunique()
        several = variants[variants > 1]
        count = manifest["subject"].map(several).where(has_birth).astype("Int64").astype("string")
        reasons = reasons.fillna("the subject has " + count + " " + words)
    return reasons


def box_outside(manifest: pd.DataFrame, box_overhang: float) -> Reasons:
    """Face boxes that leave the photo by more than a share of their own side."""
    x, y, w, h = _filled(boxes(manifest)).T
    size = _numbers(manifest, ["width", "height"])
    over_x = np.maximum(-x, x + w - size[:, 0]) / w
    over_y = np.maximum(-y, y + h - size[:, 1]) / h
    over = np.fmax(over_x, over_y)
    empty = (boxes(manifest)[:, 2:] <= 0).any(axis=1)
    reason = "the face box leaves the photo by {:.0%} of its side"
    outside = _reasons(manifest, over > box_overhang, reason, [over])
    return outside.mask(pd.Series(empty, manifest.index), "the face box is empty")


def landmarks_outside(manifest: pd.DataFrame, landmark_overhang: float) -> Reasons:
    """Landmarks that leave the face box by more than a share of its side."""
    x, y, w, h = _filled(boxes(manifest)).T
    points = _stacked(manifest["landmarks"], 10).reshape(-1, 5, 2)
    across = np.maximum(x - points[..., 0].min(axis=1), points[..., 0].max(axis=1) - x - w) / w
    down = np.maximum(y - points[..., 1].min(axis=1), points[..., 1].max(axis=1) - y - h) / h
    over = np.fmax(across, down)
    reason = "a landmark leaves the face box by {:.0%} of its side"
    return _reasons(manifest, over > landmark_overhang, reason, [over])


def size_mismatch(manifest: pd.DataFrame, size_tolerance: float) -> Reasons:
    """Photos whose size is not the one in their annotation: the box belongs to another picture."""
    true = _numbers(manifest, ["width", "height"])
    annotated = _numbers(manifest, ["annotated_width", "annotated_height"])
    wrong = (np.abs(true - annotated) > size_tolerance).any(axis=1)
    reason = "annotated as {:.0f}x{:.0f} px but {:.0f}x{:.0f} px"
    return _reasons(manifest, wrong, reason, [*annotated.T, *true.T])


def boxes(manifest: pd.DataFrame) -> np.ndarray:
    """The face boxes as float64 of shape (rows, 4): x, y, w, h in pixels, NaN where unknown."""
    return _stacked(manifest["box"], 4)


def _filled(found: np.ndarray) -> np.ndarray:
    return np.where((found[:, 2:] > 0).all(axis=1, keepdims=True), found, np.nan)


def _stacked(cells: pd.Series, count: int) -> np.ndarray:
    unknown = np.full(count, np.nan)
    known = cells.notna().to_numpy()
    rows = [cell if ok else unknown for cell, ok in zip(cells, known, strict=True)]
    return np.array(rows, dtype=float).reshape(-1, count)


def _numbers(manifest: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    return np.stack([_number(manifest, column) for column in columns], axis=1)


def _number(manifest: pd.DataFrame, column: str) -> np.ndarray:
    if column not in manifest:
        return np.full(len(manifest), np.nan)
    numbers = pd.to_numeric(manifest[column], errors="coerce")
    return numbers.astype("Float64").to_numpy(dtype=float, na_value=np.nan)


def _nothing(manifest: pd.DataFrame) -> Reasons:
    return pd.Series(pd.NA, manifest.index, dtype="string")


def _reasons(
    manifest: pd.DataFrame, wrong: np.ndarray, reason: str, values: Sequence[np.ndarray]
) -> Reasons:
    reasons = _nothing(manifest)
    rows = np.flatnonzero(wrong)
    reasons.iloc[rows] = [reason.format(*(float(value[row]) for value in values)) for row in rows]
    return reasons
