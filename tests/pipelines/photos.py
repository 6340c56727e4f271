"""A folder of photos, and an experiment on it, for the verbs that prepare."""

from pathlib import Path
from typing import Any

from fdc.experiment import Experiment
from tests.sources.builders import photos

RULES = {"smallest_side": 16, "copy_bits": None, "alike_bits": None}


def emotions(root: Path, count: int = 30) -> None:
    """Photos in two class folders, each of somebody else."""
    photos(root, [f"{('happy', 'sad')[n % 2]}/{n:02d}.png" for n in range(count)], width=48)


def experiment(root: Path, **prepare: Any) -> Experiment:
    return Experiment.model_validate(
        {
            "task": {"name": "emotion", "kind": "classes", "column": "emotion"},
            "data": {"path": root, "reader": "folder"},
            "rules": RULES,
            "prepare": {"size": 32, "face": "whole", "background": "none", "workers": 1} | prepare,
        }
    )
