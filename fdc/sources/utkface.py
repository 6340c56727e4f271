"""UTKFace: the label is in the name, `age_gender_race_date.jpg.chip.jpg`.

Zhang, Song, Qi: Age Progression/Regression by Conditional Adversarial Autoencoder (CVPR 2017),
https://susanqq.github.io/UTKFace/. No photo tells who is in it, and the date is that of collection.
"""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePosixPath

from fdc.sources import vocabulary
from fdc.sources.listing import photos_below
from fdc.sources.reader import Options, Reader, Row, unreadable

_NAME = re.compile(
    r"(?P<age>\d{1,3})_(?P<gender>[01])_[0-4]_\d+\.(jpe?g|png)(\.chip\.(jpe?g|png))?",
    re.IGNORECASE,
)
_GENDERS = {"0": "male", "1": "female"}
_LOOKED_AT = 200


def _recognise(root: Path) -> bool:
    names = [PurePosixPath(path).name for path in islice(photos_below(root), _LOOKED_AT)]
    return sum(bool(_NAME.fullmatch(name)) for name in names) > len(names) / 2


def _rows(root: Path, _: Options) -> Iterator[Row]:
    for path in photos_below(root):
        name = PurePosixPath(path).name
        parts = _NAME.fullmatch(name)
        if parts is None:
            yield unreadable(path, f"the name {name!r} is not age_gender_race_date.jpg.chip.jpg")
            continue
        try:
            age = vocabulary.age(parts["age"])
        except ValueError as error:
            yield unreadable(path, error)
            continue
        yield {"path": path, "age": age, "gender": _GENDERS[parts["gender"]]}


READER = Reader(
    name="utkface",
    description="photos named age_gender_race_date.jpg.chip.jpg",
    recognise=_recognise,
    rows=_rows,
)
