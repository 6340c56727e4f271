"""What a run was made with."""

import subprocess
from pathlib import Path

from fdc.tracking.origin import environment, git_state


def test_environment_and_commit(tmp_path):
    assert environment()["fdc.env.mlflow"].startswith("3.")
    assert git_state(tmp_path) == {}
    git = ["git", "-C", str(tmp_path), "-c", "user.name=n", "-c", "user.email=e@example.org"]
    Path(tmp_path / "a").write_text("1")
    for arguments in (["init", "-q"], ["add", "a"], ["commit", "-qm", "first"]):
        subprocess.run([*git, *arguments], check=True)
    clean = git_state(tmp_path)
    assert len(clean["mlflow.source.git.commit"]) == 40
    assert clean["mlflow.source.git.dirty"] == "false"
    installed = tmp_path / ".venv"
    installed.mkdir()
    Path(installed / "b").write_text("1")
    assert git_state(installed) == {}, "a stranger's commit says nothing of an installed fdc"
    Path(tmp_path / "a").write_text("2")
    assert git_state(tmp_path)["mlflow.source.git.dirty"] == "true"
