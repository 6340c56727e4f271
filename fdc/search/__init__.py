"""Crops to trials to one exported network: AutoKeras within a budget, on supervised workers."""

from fdc.search.crops import CropSet
from fdc.search.events import Log
from fdc.search.objective import Objective
from fdc.search.records import SearchResult, TrialRecord
from fdc.search.run import search

__all__ = ["CropSet", "Log", "Objective", "SearchResult", "TrialRecord", "search"]
