"""What is told of a parent run, and arrives in MLflow."""

import json
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from fdc.tracking import SearchRun


def test_artifacts_table_figure_and_dataset(uri, tmp_path, runs_of):
    figure = Figure()
    figure.subplots().plot([1, 2])
    (tmp_path / "age.yaml").write_text("task: age\n")
    with SearchRun("fdc-age", "drawn sample", tmp_path / "search", uri=uri) as run:
        run.log_figure(figure, "figures/curves.png")
        run.log_table(pd.DataFrame({"trial": [0, 1], "이름": ["가", "나"]}), "leaderboard.json")
        run.log_dict({"a": 1}, "verdict.json")
        run.log_artifact(tmp_path / "age.yaml")
        run.log_manifest("drawn", "d" * 64, {"train": 420, "quarantine": {"no face": 3}})
        parent_id = run.run_id()

    (parent,) = runs_of(uri, "fdc-age")
    assert parent.info.run_id == parent_id
    artifacts = Path(parent.info.artifact_uri.removeprefix("file://"))
    assert artifacts.is_relative_to(tmp_path / "mlruns" / "artifacts" / "fdc-age")
    found = sorted(str(f.relative_to(artifacts)) for f in artifacts.rglob("*") if f.is_file())
    assert found == ["age.yaml", "figures/curves.png", "leaderboard.json", "verdict.json"]
    table = json.loads((artifacts / "leaderboard.json").read_text())
    assert table == {"columns": ["trial", "이름"], "data": [[0, "가"], [1, "나"]]}
    shown = json.loads(parent.data.tags["mlflow.loggedArtifacts"])
    assert shown == [{"path": "leaderboard.json", "type": "table"}]
    (dataset,) = parent.inputs.dataset_inputs
    assert dataset.dataset.digest == "d" * 36
    assert json.loads(dataset.dataset.profile) == {"train": 420, "quarantine": {"no face": 3}}
