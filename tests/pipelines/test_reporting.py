"""The winner is evaluated on the test photos, and all of it is logged."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from fdc.registry import Version
from fdc.search import SearchResult
from fdc.tracking import TrialRecord
from pipelines import reporting
from tests.curation.manifests import GENDER, YEARS
from tests.pipelines.prepared import prepared


class Recorder:
    """What is logged to a run, by its name there."""

    def __init__(self):
        self.logged = {}

    def log_metrics(self, metrics):
        self.logged |= metrics

    def log_tags(self, tags):
        self.logged |= tags

    def log_dict(self, content, path):
        self.logged[path] = json.loads(json.dumps(content))

    def log_table(self, table, path):
        self.logged[path] = table

    def log_text(self, text, path):
        self.logged[path] = text

    def log_figure(self, figure, path):
        self.logged[path] = figure


@pytest.fixture
def network(monkeypatch):
    """A network that answers by the grey of a crop, which is the photo's place in the store."""

    def become(answers):
        class Known:
            def __init__(self, path):
                pass

            def predict(self, pixels, *, positions):
                return answers[pixels[positions][:, 0, 0, 0]]

        monkeypatch.setattr(reporting, "Network", Known)

    return become


def result(objective="val_accuracy", direction="max"):
    trials = [
        TrialRecord("0", 0, {"width": 16}, 1, "COMPLETED", curve=[{objective: 0.5}], best_epoch=0),
        TrialRecord("1", 1, {"width": 32}, 1, "COMPLETED", curve=[{objective: 0.9}], best_epoch=0),
        TrialRecord("2", 2, {"width": 64}, 1, "FAILED", curve=[], reason="out of memory"),
    ]
    best = "1" if direction == "max" else "0"
    return SearchResult(
        Path(), Path(), Path(), best, objective, direction, 0.9, {}, trials, 61.0, False, 0.5
    )


def test_the_test_side_alone_is_scored(tmp_path, network):
    given = prepared(GENDER, tmp_path)
    truth = GENDER.encode(given.manifest["gender"]).to_numpy(int)
    answers = np.zeros((len(truth), 2))
    answers[given.manifest["crop"], truth] = 1
    others = given.manifest["split"] != "test"
    answers[given.manifest["crop"][others]] = [0.5, 0.5]
    network(answers)
    report, table = reporting.test(given, result())
    assert report.metrics["accuracy"] == 1.0
    assert report.photos == len(table) == int((~others).sum())
    assert report.groups == len(table) // 3
    assert set(table["image_id"]) == set(given.manifest["image_id"][~others])


@pytest.mark.parametrize("source", ["sample", "test"])
def test_a_run_holds_report_leaderboard_figures_and_a_card_in_each_language(
    tmp_path, network, source
):
    given, run = prepared(GENDER, tmp_path, source=source), Recorder()
    network(np.random.default_rng(0).dirichlet([1, 1], len(given.manifest)))
    found = result()
    report, table = reporting.test(given, found)
    reporting.log_report(run, given, found, report, table)
    logged = run.logged
    assert logged["test/accuracy"] == logged["report.json"]["intervals"]["accuracy"]["value"]
    assert {"baseline/accuracy", "search/seconds", "mlflow.note.content"} <= set(logged)
    assert logged["leaderboard.json"]["trial"].tolist() == ["1", "0", "2"]
    drawn = {name for name in logged if name.startswith("figures/")}
    assert drawn == {
        f"figures/{name}.png"
        for name in ("leaderboard", "learning_curves", "slices", "confusion", "reliability")
    }
    assert logged["figures/leaderboard.png"].axes[0].get_title(loc="left") == "Leaderboard"
    for name, language, drawings in (
        ("model_card.html", "ko", "그린 얼굴로"),
        ("model_card_en.html", "en", "on drawings"),
    ):
        assert f'<html lang="{language}">' in logged[name]
        assert (drawings in logged[name]) == (source == "sample")
        assert re.search(r"<code>width</code></dt><dd>32</dd>", logged[name])


def test_a_regression_is_drawn_against_the_truth(tmp_path, network):
    given = prepared(YEARS, tmp_path)
    network(given.manifest["age"].to_numpy(float)[::-1, None])
    found = result("val_mae", "min")
    report, table = reporting.test(given, found)
    assert report.metrics["mae"] == 0
    drawn = reporting.draw(YEARS, found, report, table, "en")
    assert set(drawn) == {"leaderboard", "learning curves", "slices", "predicted against true"}
    assert reporting.leaderboard_table(found)["trial"].tolist() == ["0", "1", "2"]


def test_the_result_is_printed_in_every_language(tmp_path, network, capsys):
    given = prepared(GENDER, tmp_path)
    network(np.random.default_rng(0).dirichlet([1, 1], len(given.manifest)))
    report, _ = reporting.test(given, result())
    lines = reporting.report_lines(report)
    assert "photos that it has never seen" in lines[0]
    assert any(re.search("[가-힣]", line) for line in lines)
    version = Version("fdc-gender", "3", "run", "recipe", "split")
    assert reporting.show(report, version) == lines
    assert "make promote TASK=gender" in capsys.readouterr().out
