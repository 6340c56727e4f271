"""What a reader gives for a label that cannot be read."""

from fdc import manifest
from fdc.sources.reader import Options, unreadable


def test_a_label_that_cannot_be_read_costs_no_more_than_itself() -> None:
    row = unreadable("a.jpg", ValueError("age 'x' is no number"), subject="s", gender="male")
    table = manifest.validate(manifest.from_rows([row], "test"))
    assert table["quarantine"].tolist() == ["unreadable label: age 'x' is no number"]
    assert table[["subject", "gender"]].iloc[0].tolist() == ["s", "male"]
    assert manifest.quarantine_counts(table) == {"unreadable label": 1}


def test_class_folders_are_labels_unless_a_task_says_which() -> None:
    assert Options().label_columns == ("label",)
    assert Options(("emotion",)).label_columns == ("emotion",)
