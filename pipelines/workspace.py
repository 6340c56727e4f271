"""Where everything lies below the project's folder."""

import hashlib
import re
from pathlib import Path

EXPERIMENTS = (Path("experiments"), Path(__file__).parents[1] / "experiments")
"""One's own experiments, then those that come with fdc: beside this package, in a checkout as in an
installed fdc."""
DATA = Path("data")
STORES = DATA / "stores"
INSPECTION = DATA / "inspection"
SEARCHED_RECIPE = "recipe"
"""The file in a search's folder that says which store its crops are in."""


def sample(subjects: int, photos: int) -> Path:
    """Folder of the drawn sample of that size."""
    return DATA / f"sample-{subjects}x{photos}"


def dataset_name(root: Path) -> str:
    """A short name for a folder of photos, which tells two folders of one name apart."""
    resolved = root.resolve()
    readable = re.sub(r"\W+", "-", resolved.name).strip("-") or "photos"
    return f"{readable}-{hashlib.sha256(str(resolved).encode()).hexdigest()[:6]}"


def manifest(task: str, root: Path) -> Path:
    """Where the manifest of a task on a folder of photos is kept."""
    return DATA / "manifests" / dataset_name(root) / f"{task}.parquet"


def splits(task: str, root: Path) -> Path:
    """Where the sides of photos and people are stored, so that none ever changes."""
    return DATA / "splits" / dataset_name(root) / f"{task}.parquet"


def framing(root: Path) -> Path:
    """Where it is kept how crops lie around the faces of a folder of photos."""
    return DATA / "framings" / f"{dataset_name(root)}.json"


def search(name: str) -> Path:
    """Folder of one search: its checkpoints, its journal and its result."""
    return DATA / "searches" / name


def audit(name: str) -> Path:
    """Folder of the audit of one search: the crops of each way of dividing, and its trial."""
    return DATA / "audits" / name


def report(task: str, root: Path) -> Path:
    """Where the page about a folder of photos is written."""
    return DATA / "reports" / f"{dataset_name(root)}-{task}.html"
