"""The web service: a photo in, the answers of all champions out, and a page to try it on."""

import asyncio
import json
import logging
import math
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, Field
from starlette.middleware.trustedhost import TrustedHostMiddleware

from fdc.errors import RegistryError
from fdc.inference.answer import Answer, Refusal
from fdc.locale import LocalizedText, in_every_language, localized, section, text
from fdc.serving.champions import Champions, LoadedModel
from fdc.serving.headers import SecurityHeaders
from fdc.serving.limits import Busy, ConcurrencyLimiter, Limits, RateLimiter
from fdc.serving.rejection import STATUS, Rejected
from fdc.serving.settings import ServiceSettings
from fdc.serving.upload import FIELD, receive
from fdc.tasks import Task

log = logging.getLogger(__name__)

PAGE = Path(__file__).with_name("page")

TEXTS = f"export default {json.dumps(section('page'), ensure_ascii=False)};\n"
"""The page's sentences in every language, as a module that its script imports."""

FORM = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": [FIELD],
                "properties": {FIELD: {"type": "string", "format": "binary"}},
            }
        }
    },
}


class Answers(BaseModel):
    """What all models say about one photo."""

    answers: list[Answer]


class ClassInfo(BaseModel):
    """A class and what it is called."""

    label: str
    names: LocalizedText


class ModelInfo(BaseModel):
    """A champion that answers."""

    task: str
    title: LocalizedText
    classes: list[ClassInfo]
    unit: LocalizedText | None
    model: str
    version: str
    run_id: str
    recipe: str
    metrics: dict[str, float]
    tested: LocalizedText | None = Field(description="How good it was on its test photos.")


class Problem(BaseModel):
    """Why a request was not taken."""

    error: Refusal


def create(champions: Champions, settings: ServiceSettings | None = None) -> FastAPI:
    """Makes the application.

    Args:
        champions: The models; refreshed by the caller once, and now and then from here.
        settings: The defaults if not given; host, port and proxy are the server's business.
    """
    settings = settings or ServiceSettings()
    limits = settings.limits
    concurrency = ConcurrencyLimiter(limits)
    rate = RateLimiter(limits.per_minute, limits.burst)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None, None]:
        refreshing = asyncio.create_task(_refresh(champions, settings.refresh_seconds))
        yield
        refreshing.cancel()
        concurrency.close()

    application = FastAPI(title="fdc", lifespan=lifespan, docs_url=None, redoc_url=None)
    application.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.allowed_hosts))
    application.add_middleware(SecurityHeaders)
    application.add_exception_handler(Rejected, _rejected)

    @application.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(PAGE / "index.html")

    @application.get("/page/texts.js", include_in_schema=False)
    async def texts() -> Response:
        return Response(TEXTS, media_type="text/javascript")

    application.mount("/page", StaticFiles(directory=PAGE))

    @application.get("/health", responses={503: {"description": "There is no champion."}})
    async def health() -> JSONResponse:
        """Whether photos can be answered."""
        versions = {task: model.version.number for task, model in champions.models.items()}
        status = "ok" if versions else "no champion"
        return JSONResponse(
            {"status": status, "champions": versions}, status_code=200 if versions else 503
        )

    @application.get("/models")
    async def models() -> list[ModelInfo]:
        """The champions that answer."""
        return [_info(model) for model in champions.models.values()]

    @application.get("/limits")
    async def show_limits() -> Limits:
        """The limits of the service."""
        return limits

    @application.post(
        "/predict",
        openapi_extra={"requestBody": FORM},
        responses={status: {"model": Problem} for status in sorted(set(STATUS.values()))},
    )
    async def predict(
        request: Request, task: Annotated[list[str] | None, Query(description="Only these.")] = None
    ) -> Answers:
        """Answers one photo (multipart form, field `photo`); nothing of it is kept."""
        _same_site(request)
        wait = rate.seconds_to_wait(request.client.host if request.client else "")
        if wait:
            raise Rejected("too many requests", f"over {limits.per_minute:g} a minute", wait)
        tasks = _chosen(champions, task)
        photo = await receive(request, limits)
        try:
            answers = await concurrency.run(lambda: champions.answers(photo, tasks))
        except Busy:
            raise Rejected(
                "busy", f"{limits.at_once} photos at once", limits.queue_seconds
            ) from None
        except TimeoutError:
            raise Rejected("too slow", f"over {limits.answer_seconds:g} s") from None
        for refusal in (answer.refusal for answer in answers):
            if refusal is not None and refusal.rule == "undecodable":
                raise Rejected(refusal.rule, refusal.reason)
        return Answers(answers=answers)

    return application


def serve(settings: ServiceSettings, tracking_uri: str | None = None) -> None:
    """Runs the service until it is stopped.

    Args:
        settings: All of it.
        tracking_uri: MLflow's store; the one that MLflow is set to if not given.

    Raises:
        RegistryError: No task has a champion, or the registry cannot be reached.
    """
    import uvicorn

    champions = Champions(tracking_uri)
    champions.refresh()
    if not champions.models:
        raise RegistryError(
            "No task has a champion to serve.", hint="Promote one first: fdc promote age."
        )
    uvicorn.run(
        create(champions, settings),
        host=settings.host,
        port=settings.port,
        limit_concurrency=settings.limits.connections,
        proxy_headers=settings.behind is not None,
        forwarded_allow_ips=settings.behind,
        server_header=False,
        timeout_graceful_shutdown=int(settings.limits.answer_seconds),
    )


async def _refresh(champions: Champions, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await asyncio.to_thread(champions.refresh)
        except RegistryError as error:
            log.warning("The champions stay as they are: %s", error)


def _same_site(request: Request) -> None:
    # A browser says where a request comes from; what is no browser says nothing.
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise Rejected("cross site", "the request comes from another web site")


def _chosen(champions: Champions, wanted: list[str] | None) -> list[str]:
    known = list(champions.models)
    if not known:
        raise Rejected("no champion", "no task has a champion", 60)
    for task in wanted or ():
        if task not in known:
            raise Rejected("unknown task", f"there are: {', '.join(known)}")
    return list(dict.fromkeys(wanted or known))


def _info(model: LoadedModel) -> ModelInfo:
    task = model.predictor.task
    return ModelInfo(
        task=task.name,
        title=in_every_language(task.heading),
        classes=[
            ClassInfo(label=label, names=in_every_language(partial(task.display, i)))
            for i, label in enumerate(task.labels)
        ],
        unit=task.unit and in_every_language(task.unit.__getitem__),
        model=model.version.name,
        version=model.version.number,
        run_id=model.version.run_id,
        recipe=model.predictor.recipe.fingerprint,
        metrics=model.predictor.description.metrics,
        tested=_tested(task, model.predictor.description.metrics),
    )


def _tested(task: Task, metrics: Mapping[str, float]) -> LocalizedText | None:
    metric, _ = task.objective
    if metric not in metrics:
        return None
    if not task.is_regression:
        return localized("model.accuracy", share=f"{metrics[metric]:.0%}")
    return in_every_language(
        lambda language: text(
            "model.mae", language, error=task.display_error(metrics[metric], language)
        )
    )


async def _rejected(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Rejected)
    headers = {"Retry-After": str(math.ceil(error.retry_after))} if error.retry_after else {}
    if error.status in (408, 413):
        headers["Connection"] = "close"  # the rest of the upload is not read
    return JSONResponse(
        Problem(error=error.refusal).model_dump(), status_code=error.status, headers=headers
    )
