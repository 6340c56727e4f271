"""Lines of CSV and TSV files, each on its own: a mangled line costs no other."""

import csv
from collections.abc import Iterator
from pathlib import Path

_DELIMITERS = (",", "\t", ";", "|")


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a text file in UTF-8, UTF-16 or Korean Windows' CP949, blank ones left out.

    Tables of photos are joined by hand from several machines, so every line is decoded on its own;
    bytes of no encoding become U+FFFD.

    Yields:
        The line's number, from 1, and its text without the end of line.
    """
    with path.open("rb") as file:
        wide = file.read(2) in (b"\xff\xfe", b"\xfe\xff")
    if wide:
        with path.open(encoding="utf-16", errors="replace") as text:
            decoded = [line.rstrip("\r\n") for line in text]
            yield from ((n, line) for n, line in enumerate(decoded, start=1) if line.strip())
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if line.strip():
                yield number, _decoded(line.rstrip(b"\r\n"))


def header(path: Path) -> tuple[list[str], str]:
    """The column names of a table, and the delimiter, which is the one that they hold most often.

    Returns:
        Names without surrounding space (none for an empty file), and the delimiter.
    """
    first = next(lines(path), (0, ""))[1]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        return [name.strip() for name in fields(first, delimiter)], delimiter
    except ValueError:
        return [], delimiter


def fields(line: str, delimiter: str) -> list[str]:
    """Splits one line.

    Raises:
        ValueError: If a quotation mark is left open.

    Example:
        >>> fields('a.jpg,"red, wide"', ",")
        ['a.jpg', 'red, wide']
    """
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        raise ValueError(f"the line cannot be split: {error}") from error


def _decoded(line: bytes) -> str:
    for encoding in ("utf-8", "cp949"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("utf-8", errors="replace")
