"""From a model's answers on unseen photos to what may be believed of it."""

from fdc.evaluation.report import EvaluationReport, evaluate
from fdc.evaluation.slices import Slice
from fdc.metrics import baseline, score

__all__ = ["EvaluationReport", "Slice", "baseline", "evaluate", "score"]
