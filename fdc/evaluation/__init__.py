"""From a model's answers on unseen photos to what may be believed of it."""

from fdc.evaluation.metrics import baseline, score
from fdc.evaluation.slices import Slice
from fdc.evaluation.verdict import Verdict, judge

__all__ = ["Slice", "Verdict", "baseline", "judge", "score"]
