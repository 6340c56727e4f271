"""Crops to trials to one exported network: AutoKeras within a budget, on supervised workers."""

from fdc.crops.view import CropView
from fdc.search.result import SearchResult
from fdc.search.run import search
from fdc.tracking import TrialRecord
from fdc.training.objective import Objective

__all__ = ["CropView", "Objective", "SearchResult", "TrialRecord", "search"]
