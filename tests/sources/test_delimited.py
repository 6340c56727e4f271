from pathlib import Path

import pytest

from fdc.sources.delimited import fields, header, lines


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_korean_in_every_encoding_that_spreadsheets_write(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "labels.csv"
    file.write_text("path,tone\n유아 (1).jpg,웜\n", encoding=encoding)
    assert list(lines(file)) == [(1, "path,tone"), (2, "유아 (1).jpg,웜")]


def test_lines_in_different_encodings_do_not_harm_each_other(tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    file.write_bytes(
        "가,1\r\n".encode() + "나,2\r\n".encode("cp949") + b"\xff\xff,3\n" + b"\n \nz,4"
    )
    assert [number for number, _ in lines(file)] == [1, 2, 3, 6]
    assert [line for _, line in lines(file)] == ["가,1", "나,2", "\ufffd\ufffd,3", "z,4"]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    file = tmp_path / "labels.csv"
    file.write_text(delimiter.join([" path ", "age", "gender"]) + "\n")
    assert header(file) == (["path", "age", "gender"], delimiter)


def test_an_empty_file_has_no_header(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").touch()
    assert header(tmp_path / "labels.csv")[0] == []


def test_fields_may_be_quoted_but_the_quotation_must_end() -> None:
    assert fields('"a, b.jpg",x', ",") == ["a, b.jpg", "x"]
    assert fields('a\'b "c".jpg,x', ",") == ['a\'b "c".jpg', "x"]
    with pytest.raises(ValueError, match="cannot be split"):
        fields('"a.jpg,x', ",")
