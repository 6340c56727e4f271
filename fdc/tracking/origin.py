"""What a run was made with: the commit and the environment."""

import platform
import subprocess
from importlib import metadata
from pathlib import Path

from fdc.execution.cpus import usable_cpus

_PACKAGES = (
    "fdc",
    "autokeras",
    "keras",
    "keras-tuner",
    "tensorflow",
    "jax",
    "mlflow",
    "numpy",
    "rembg",
)


def environment() -> dict[str, str]:
    """Versions, platform and number of processors as tags; nothing names a machine or user."""
    tags = {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "cpu_count": str(usable_cpus()),
    }
    for package in _PACKAGES:
        try:
            tags[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return {f"fdc.env.{name}": value for name, value in tags.items()}


def git_state(folder: Path | None = None) -> dict[str, str]:
    """The commit of a working tree and whether it has changes, as MLflow's own tags.

    Args:
        folder: A folder in the working tree; by default that of fdc itself.

    Returns:
        Tags; none where there is no git, no repository or no commit, or none of these files in it.
    """
    folder = folder or Path(__file__).parent
    commit = _git(folder, "rev-parse", "HEAD")
    # An installed fdc may lie in somebody's working tree, which does not know its files.
    if commit is None or not _git(folder, "ls-files"):
        return {}
    changes = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return {
        "mlflow.source.git.commit": commit,
        "mlflow.source.git.dirty": str(bool(changes)).lower(),
    }


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        answer = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()
