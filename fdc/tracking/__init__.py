"""The one place that keeps what happens in a search, and writes it to MLflow."""

from fdc.tracking.connection import require
from fdc.tracking.journal import Journal, is_of_older_fdc
from fdc.tracking.location import quiet_mlflow, tracking_uri
from fdc.tracking.runs import SearchRun
from fdc.tracking.trial_history import TrialHistory
from fdc.tracking.trials import TrialRecord, TrialStatus

__all__ = [
    "Journal",
    "SearchRun",
    "TrialHistory",
    "TrialRecord",
    "TrialStatus",
    "is_of_older_fdc",
    "quiet_mlflow",
    "require",
    "tracking_uri",
]
