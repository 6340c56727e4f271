"""The script that MLflow runs to load a packaged model (models from code): photo in, answer out."""

from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.pyfunc.model import PythonModel, PythonModelContext

from fdc.answer import Answer
from fdc.predictor import Predictor


class PhotoModel(PythonModel):
    """Answers a column of photos, each the bytes of an image file."""

    def load_context(self, context: PythonModelContext) -> None:
        """Reads the model folder that lies in the package."""
        self.predictor = Predictor(Path(context.artifacts["model"]))

    def predict(
        self,
        context: PythonModelContext,
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,
    ) -> pd.DataFrame:
        """Answers each photo.

        Args:
            context: MLflow's view of the package.
            model_input: One column, `photo`, bytes.
            params: None are known.

        Returns:
            One row per photo with the fields of `fdc.answer.Answer`.
        """
        answers = [self.predictor.predict(photo) for photo in model_input["photo"]]
        rows = [answer.model_dump() for answer in answers]
        # Objects keep null as null; a float column would turn it into NaN, which is no JSON.
        return pd.DataFrame(rows, columns=list(Answer.model_fields), dtype=object)


mlflow.models.set_model(PhotoModel())
