"""Crops to trials to one exported network: AutoKeras within a budget, on supervised workers."""

from fdc.crops.view import CropView
from fdc.search.events import Log
from fdc.search.records import SearchResult, TrialRecord
from fdc.search.run import search
from fdc.training.objective import Objective

__all__ = ["CropView", "Log", "Objective", "SearchResult", "TrialRecord", "search"]
