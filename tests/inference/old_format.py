"""The texts of model folders as fdc wrote them before the house was rebuilt, letter by letter."""

RECIPE = """{
  "version": 2,
  "size": 32,
  "face": "whole",
  "several": "refuse",
  "alignment": "similarity",
  "margin": 0.2,
  "detector": "none",
  "detector_weights": null,
  "threshold": 0.7,
  "background": "none",
  "background_weights": null,
  "runtime": "onnxruntime",
  "precision": "float32",
  "colour": [
    128,
    128,
    128
  ],
  "least_foreground": 0.6,
  "most_foreground": 0.98,
  "tight": 0.6
}"""
FINGERPRINT = "0d03c90141c2830c"

AGE = """{
  "name": "age",
  "kind": "ordinal",
  "column": "age",
  "title": {"ko": "나이대", "en": "age group"},
  "classes": [],
  "bins": [0.0, 10.0, 20.0],
  "names": {
    "0-9": {"ko": "10세 미만", "en": "under 10"},
    "10-19": {"ko": "10대", "en": "teens"},
    "20+": {"ko": "20세 이상", "en": "20 and over"}
  },
  "merge": {},
  "unit": {"ko": "세", "en": "years"},
  "limits": [0.0, 120.0],
  "forbidden_augmentation": []
}"""

AGE_REGRESSION = """{
  "name": "age_regression",
  "kind": "regression",
  "column": "age",
  "title": {"ko": "나이", "en": "age"},
  "classes": [],
  "bins": [],
  "names": {},
  "merge": {},
  "unit": {"ko": "세", "en": "years"},
  "limits": [0.0, 120.0],
  "forbidden_augmentation": []
}"""

TONE = """{
  "name": "tone",
  "kind": "classes",
  "column": "tone",
  "title": {"ko": "퍼스널 컬러", "en": "skin tone"},
  "classes": ["warm", "cool", "neutral"],
  "bins": [],
  "names": {"warm": {"ko": "웜톤", "en": "warm"}, "cool": {"ko": "쿨톤", "en": "cool"}},
  "merge": {"neutral": "cool"},
  "unit": null,
  "limits": [0.0, 120.0],
  "forbidden_augmentation": ["brightness", "contrast", "colour"]
}"""


def description(task: str) -> str:
    """model.json of a task's model."""
    return f"""{{
  "format": 1,
  "task": "{task}",
  "recipe": "{FINGERPRINT}",
  "metrics": {{
    "accuracy": 0.4666666666666667,
    "recall/0-9": 0.6,
    "mae": 6.083333333333333
  }}
}}"""
