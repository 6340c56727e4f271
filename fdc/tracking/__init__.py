"""The one place that writes runs to MLflow."""

from fdc.tracking.location import artifact_location, quiet_mlflow, tracking_uri
from fdc.tracking.origin import environment, git_state
from fdc.tracking.runs import SearchRun, TrialStatus

__all__ = [
    "SearchRun",
    "TrialStatus",
    "artifact_location",
    "environment",
    "git_state",
    "quiet_mlflow",
    "tracking_uri",
]
