"""AI-Hub 71415, ageing faces: one JSON beside each photo, with box and landmarks.

https://aihub.or.kr, dataSetSn 71415: 45,200 photos of 894 people, 0 to 82 years. What is
implausible in a label (years, sizes, landmarks outside the box) is kept here as it stands:
curation checks it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fdc.choices import LANDMARKS
from fdc.manifest import OLDEST
from fdc.sources import vocabulary
from fdc.sources.listing import files_below, photos_below, published_split
from fdc.sources.reader import Options, Reader, Row, unreadable

_LOOKED_AT = 20
_Number = Annotated[float, Field(allow_inf_nan=False)]
_Year = Annotated[int, Field(ge=0, le=9999)]
_Side = Annotated[int, Field(ge=0, le=10**6)]
Point = tuple[_Number, _Number]


class _Box(BaseModel):
    x: _Number
    y: _Number
    w: _Number
    h: _Number


class _Annotation(BaseModel):
    box: _Box | None = None
    landmark: tuple[Point, Point, Point, Point, Point] | None = None


class _Label(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: Annotated[str, Field(min_length=1)]
    birth: _Year
    age_past: Annotated[float, Field(ge=0, le=OLDEST)]
    gender: str
    tone: str | None = None
    age_now: _Number | None = None
    width: _Side | None = None
    height: _Side | None = None
    device: str | None = None
    filename: str | None = None
    annotation: Sequence[_Annotation] | None = None


def in_manifest_order(points: Sequence[Point]) -> list[float] | None:
    """Puts five points into the order of `choices.LANDMARKS`.

    The documented order (nose, eyes, mouth) is believed only if the face stands on its chin;
    otherwise the two highest points are taken for the eyes and the two lowest for the mouth.
    Left is the smaller x, whatever side the annotation calls left.

    Args:
        points: Five (x, y) in pixels, y downwards.

    Returns:
        x1, y1 … x5, y5, or None where neither reading makes a face.
    """
    nose, *rest = points
    highest_first = sorted(points, key=lambda point: point[1])
    readings = (
        (rest[:2], nose, rest[2:]),
        (highest_first[:2], highest_first[2], highest_first[3:]),
    )
    for eyes, middle, mouth in readings:
        if _is_face(eyes, middle, mouth):
            named = {"nose": middle}
            named["left_eye"], named["right_eye"] = sorted(eyes)
            named["mouth_left"], named["mouth_right"] = sorted(mouth)
            return [number for name in LANDMARKS for number in named[name]]
    return None


def _is_face(eyes: Sequence[Point], nose: Point, mouth: Sequence[Point]) -> bool:
    brow, lips = ((a[1] + b[1]) / 2 for a, b in (eyes, mouth))
    apart = all(a[0] != b[0] for a, b in (eyes, mouth))
    return apart and max(y for _, y in eyes) < min(y for _, y in mouth) and brow < nose[1] < lips


def _recognise(root: Path) -> bool:
    labels = islice((path for path in files_below(root) if _is_label(path)), _LOOKED_AT)
    return any(isinstance(_parse(root / path), _Label) for path in labels)


def _rows(root: Path, _: Options) -> Iterator[Row]:
    photos: defaultdict[str, list[str]] = defaultdict(list)
    for path in photos_below(root):
        photos[PurePosixPath(path).stem.lower()].append(path)
    described = set()
    for path in filter(_is_label, files_below(root)):
        row = _row(root, path, photos)
        described.add(row["path"])
        yield row
    for path in (path for paths in photos.values() for path in paths):
        if path not in described:
            yield unreadable(path, "no JSON file describes the photo")


def _is_label(path: str) -> bool:
    return path.lower().endswith(".json")


def _row(root: Path, path: str, photos: Mapping[str, Sequence[str]]) -> Row:
    parsed = _parse(root / path)
    if isinstance(parsed, str):
        return unreadable(_photo(path, None, photos), parsed)
    known: dict[str, Any] = {
        "path": _photo(path, parsed.filename, photos),
        "subject": parsed.id,
        "age": parsed.age_past,
        "birth": parsed.birth,
        "age_now": parsed.age_now,
        "captured_year": parsed.birth + int(parsed.age_past),
        "device": parsed.device,
        "annotated_width": parsed.width,
        "annotated_height": parsed.height,
        "published_split": published_split(path),
    }
    try:
        known["gender"] = vocabulary.label("gender", parsed.gender)
        known["tone"] = vocabulary.label("tone", parsed.tone or "")
    except ValueError as error:
        return unreadable(known.pop("path"), error, **known)
    face = parsed.annotation[0] if parsed.annotation else _Annotation()
    return {
        **known,
        "box": [face.box.x, face.box.y, face.box.w, face.box.h] if face.box else None,
        "landmarks": in_manifest_order(face.landmark) if face.landmark else None,
    }


def _parse(path: Path) -> _Label | str:
    """The label, or what is wrong with it."""
    try:
        data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
        return _Label.model_validate_json(data)
    except OSError as error:
        return f"{path.name} cannot be read: {error.strerror}"
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return f"{path.name}: {f'{where}: ' if where else ''}{first['msg']}"


def _photo(label: str, filename: str | None, photos: Mapping[str, Sequence[str]]) -> str:
    """The photo of the label's name, next to it or in the folder that is most like the label's."""
    stems = [PurePosixPath(label).stem, PurePosixPath(filename or "").stem]
    found = next((photos[s.lower()] for s in stems if s.lower() in photos), None)
    if not found:
        return PurePosixPath(label).with_suffix(".png").as_posix()
    folders = set(PurePosixPath(label).parts)
    return max(found, key=lambda path: len(folders & set(PurePosixPath(path).parts)))


READER = Reader(
    name="aihub",
    description="a JSON file for each photo, with id, birth, age_past, gender and annotation",
    recognise=_recognise,
    rows=_rows,
)
