"""What a packaged model carries of fdc."""

from fdc.registry.closure import PACKAGE, copy_needed, needed_files
from fdc.registry.packaging import SCRIPT


def names(files):
    return {file.relative_to(PACKAGE).as_posix() for file in files}


def test_imports_are_followed_also_inside_functions_and_through_packages(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("import os\ndef later():\n    from fdc.execution import cpus, no_module\n")

    assert names(needed_files(script)) == {
        "__init__.py", "execution/__init__.py", "execution/cpus.py",
    }  # fmt: skip


def test_what_an_imported_module_imports_is_needed_too(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("import fdc.imaging.decoding\n")

    assert names(needed_files(script)) == {
        "__init__.py", "errors.py", "imaging/__init__.py", "imaging/decoding.py",
    }  # fmt: skip


def test_modules_that_are_found_by_name_come_with_who_finds_them(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("from fdc.locale import text\n")

    assert {"locale/__init__.py", "locale/ko.py", "locale/en.py"} <= names(needed_files(script))


def test_a_packaged_model_carries_the_rooms_of_answering_and_no_other(tmp_path):
    copied = copy_needed(SCRIPT, tmp_path)
    rooms = {path.name for path in copied.iterdir() if path.is_dir()}

    assert copied == tmp_path / "fdc"
    assert rooms == {"execution", "faces", "imaging", "inference", "locale"}
    assert not (copied / "execution" / "processes.py").exists()
    assert not (copied / "imaging" / "inspection.py").exists()
    assert names(needed_files(SCRIPT)) == {
        file.relative_to(copied).as_posix() for file in copied.rglob("*") if file.is_file()
    }
