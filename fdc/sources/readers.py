"""The table of readers, and which of them a folder is for."""

from pathlib import Path

from fdc.errors import DataError, did_you_mean
from fdc.sources import adience, aihub, ckplus, fer2013, folder, table, utkface
from fdc.sources import sample as drawn
from fdc.sources.listing import photos_below
from fdc.sources.reader import Reader

READERS: dict[str, Reader] = {
    reader.name: reader
    for reader in (
        drawn.READER,
        aihub.READER,
        utkface.READER,
        adience.READER,
        fer2013.READER,
        ckplus.READER,
        table.READER,
        folder.READER,
    )
}
"""By name, in the order in which they are asked: the particular ones before anybody's."""


def recognise(root: Path) -> str:
    """Finds the reader for a folder.

    Returns:
        A key of `READERS`.

    Raises:
        DataError: If the folder holds no photos, or photos in no known format.
    """
    for name, reader in READERS.items():
        if reader.recognise(root):
            return name
    if next(photos_below(root), None) is None:
        raise DataError(
            f"There are no photos in {root}.",
            "Photos are files such as .jpg, .png or .webp, in this folder or below it.",
        )
    looked_for = "".join(f"\n  {reader.name}: {reader.description}" for reader in READERS.values())
    raise DataError(
        f"The photos in {root} are in no format that a reader recognises. Looked for:{looked_for}",
        "Sort the photos into class folders or add a labels.csv; or name a reader: "
        "data.reader in the experiment, --reader on the command line.",
    )


def reader_called(name: str) -> Reader:
    """The reader of that name.

    Raises:
        DataError: If there is none.
    """
    if name not in READERS:
        raise DataError(
            f"There is no reader {name!r}.",
            f"{did_you_mean(name, READERS)}Readers are auto, {', '.join(READERS)}.",
        )
    return READERS[name]
