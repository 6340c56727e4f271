"""The script that MLflow runs to load a packaged model (models from code): photo in, answer out."""

import base64
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.pyfunc.model import PythonModel, PythonModelContext

from fdc.inference.answer import Answer
from fdc.inference.predictor import Predictor


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
            model_input: One column, `photo`: bytes of image files, or their base64.
            params: None are known.

        Returns:
            One row per photo with the fields of `fdc.inference.answer.Answer`.
        """
        answers = [self.predictor.predict(_bytes(each)) for each in model_input["photo"]]
        rows = [answer.model_dump() for answer in answers]
        # Objects keep None as None; a float column would turn it into NaN, which is no JSON.
        return pd.DataFrame(rows, columns=list(Answer.model_fields), dtype=object)


def _bytes(photo: bytes | str) -> bytes:
    # MLflow's server decodes base64 in dataframe_split and dataframe_records, but hands it on as it
    # is in inputs and instances. No image file is valid base64: they all begin with other bytes.
    try:
        return base64.b64decode(photo, validate=True)
    except ValueError:
        return photo.encode() if isinstance(photo, str) else photo


mlflow.models.set_model(PhotoModel())
