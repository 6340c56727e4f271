"""CK+ at 48 px: emotion folders of `S132_006_00000023.png`, whose first part is who is in it.

Lucey et al.: The Extended Cohn-Kanade Dataset (CVPR Workshops 2010). The three photos of a sequence
are consecutive frames of one film, so that only a split by subject is honest.
"""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePosixPath

from fdc.sources import vocabulary
from fdc.sources.folder import classified
from fdc.sources.listing import photos_below
from fdc.sources.reader import Options, Reader, Row, unreadable

_NAME = re.compile(r"(?P<subject>S\d{2,4})_\d{3}_\d{6,9}\.\w+", re.IGNORECASE)
_LOOKED_AT = 200


def _recognise(root: Path) -> bool:
    paths = list(islice(photos_below(root), _LOOKED_AT))
    fitting = sum(bool(_NAME.fullmatch(PurePosixPath(p).name)) and "/" in p for p in paths)
    return fitting > len(paths) / 2


def _rows(root: Path, _: Options) -> Iterator[Row]:
    for path, emotion, split in classified(root):
        name = PurePosixPath(path).name
        parts = _NAME.fullmatch(name)
        if parts is None:
            yield unreadable(path, f"the name {name!r} is not subject_sequence_frame.png")
        elif emotion is None:
            yield unreadable(path, "the photo lies in no emotion's folder")
        else:
            yield {
                "path": path,
                "subject": parts["subject"].upper(),
                "emotion": vocabulary.emotion(emotion),
                "published_split": split,
            }


READER = Reader(
    name="ckplus",
    description="emotion folders of photos named subject_sequence_frame, as S132_006_00000023.png",
    recognise=_recognise,
    rows=_rows,
)
