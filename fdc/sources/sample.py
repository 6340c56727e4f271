"""The built-in sample as data: AI-Hub's format, told apart by the marker that `sample.draw` leaves.

It stands apart from the drawing itself, so that reading real photos loads none of that.
"""

from pathlib import Path

from fdc.sources import aihub
from fdc.sources.reader import Reader

MARKER = ".sample.json"
"""The file that says which sample lies in a folder."""


def _recognise(root: Path) -> bool:
    return (root / MARKER).is_file()


READER = Reader(
    name="sample",
    description=f"the drawn sample, which has a file {MARKER}",
    recognise=_recognise,
    rows=aihub.READER.rows,
)
