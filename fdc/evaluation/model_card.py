"""The model card: one HTML file that says what a model can do and what it is not for.

After Mitchell et al. 2019, "Model cards for model reporting".
"""

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from fdc.evaluation.card_texts import TEXTS
from fdc.evaluation.counts import PhotoCounts
from fdc.evaluation.intervals import Interval
from fdc.evaluation.report import EvaluationReport
from fdc.evaluation.wording import sentences, slice_name
from fdc.locale import Language


def render(
    verdict: EvaluationReport,
    *,
    counts: PhotoCounts,
    recipe: Mapping[str, Any],
    training: Mapping[str, Any] | None = None,
    figures: Mapping[str, Figure] | None = None,
    notes: Sequence[str] = (),
    version: str = "",
    language: Language = "ko",
) -> str:
    """Writes a model card.

    Args:
        verdict: The result on the test photos.
        counts: Of the data.
        recipe: How a photo becomes a crop: fields by name, its fingerprint among them.
        training: How the model was found: trials, minutes, hyperparameters and the like.
        figures: By caption.
        notes: What a reader must know before all else, such as that the photos are drawings.
        version: Of the model, such as "fdc-age, version 3".
        language: Of the card, "ko" or "en".

    Returns:
        A whole HTML page that needs no other file and no network.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("fdc.evaluation", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    t = {key: texts[language] for key, texts in TEXTS.items()}
    return environment.get_template("model_card.html.jinja").render(
        t=t,
        language=language,
        title=verdict.task.heading(language),
        version=version,
        notes=notes,
        sentences=sentences(verdict, language),
        beats=verdict.beats_baseline,
        metrics=_metric_rows(verdict, t),
        slices=_slice_rows(verdict, language),
        figures=[
            {"caption": caption, "image": _embedded(figure), "is_wide": _is_wide(figure)}
            for caption, figure in (figures or {}).items()
        ],
        counts=counts,
        labels=_label_rows(verdict, counts, language),
        recipe={name: value for name, value in recipe.items() if value is not None},
        training=training or {},
        limits=[t[key] for key in t if key.startswith("limit_")],
    )


def _metric_rows(verdict: EvaluationReport, t: Mapping[str, str]) -> list[dict[str, str]]:
    rows = []
    for name, interval in verdict.intervals.items():
        if name.startswith("recall/"):
            continue
        share = name not in ("mae", "rmse", "bias", "log_loss", "r2")
        rows.append(
            {
                "name": t.get(f"metric_{name}", name),
                "value": _shown(interval.value, share),
                "range": _range(interval, share),
                "baseline": _shown(verdict.baseline[name], share),
                "is_objective": "yes" if name == verdict.metric else "",
            }
        )
    if verdict.calibration_error is not None:
        error = f"{verdict.calibration_error:.3f}"
        name = t["metric_calibration"]
        rows.append({"name": name, "value": error, "range": "", "baseline": "", "is_objective": ""})
    return rows


def _slice_rows(verdict: EvaluationReport, language: Language) -> list[dict[str, Any]]:
    share = verdict.metric != "mae"
    return [
        {
            "name": slice_name(verdict, part, language),
            "photos": part.photos,
            "groups": part.groups,
            "value": _shown(part.interval.value, share),
            "range": _range(part.interval, share),
            "rest": "" if part.rest is None else _shown(part.rest, share),
            "is_worse": part.is_worse,
            "is_small": part.is_small,
        }
        for part in verdict.slices
    ]


def _label_rows(
    verdict: EvaluationReport, counts: PhotoCounts, language: Language
) -> list[tuple[str, dict[str, int]]]:
    labels = verdict.task.labels
    return [
        (verdict.task.display(labels.index(name), language) if name in labels else name, splits)
        for name, splits in counts.labels.items()
    ]


def _embedded(figure: Figure) -> str:
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    return "data:image/png;base64," + base64.b64encode(drawn.getvalue()).decode()


def _is_wide(figure: Figure) -> bool:
    width, height = figure.get_size_inches()
    return bool(width > 1.8 * height)


def _shown(value: float, share: bool) -> str:
    return f"{value:.1%}" if share else f"{value:.2f}"


def _range(interval: Interval, share: bool) -> str:
    if interval.low != interval.low:
        return ""
    return f"{_shown(interval.low, share)} – {_shown(interval.high, share)}"
