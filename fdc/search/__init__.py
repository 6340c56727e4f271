"""Crops to trials to one exported network: AutoKeras within a budget, on supervised workers."""

from fdc.crops.view import CropView
from fdc.search.result import SearchResult
from fdc.search.run import search
from fdc.search.spec import Resources, SearchSpec
from fdc.tracking import TrialRecord

__all__ = ["CropView", "Resources", "SearchResult", "SearchSpec", "TrialRecord", "search"]
