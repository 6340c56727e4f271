from fdc import progress


def test_items_pass_unchanged_and_lines_are_written_where_there_is_no_terminal(capsys, monkeypatch):
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0.0)
    quarantined = []
    passed = [
        quarantined.append(n) or n
        for n in progress.track(range(3), "Preparing", status=lambda: f"{len(quarantined)} out")
    ]
    assert passed == [0, 1, 2]
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("Preparing: 1 of 3")
    assert lines[0].endswith("1 out")
    assert lines[-1].startswith("Preparing: 3 of 3")


def test_the_length_may_be_unknown(capsys):
    assert list(progress.track(iter("ab"), "Reading")) == ["a", "b"]
    assert "Reading: 2, " in capsys.readouterr().err
