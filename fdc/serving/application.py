"""The web service: a photo in, the answers of all champions out, and a page to try it on."""

import asyncio
import logging
import math
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel
from starlette.middleware.trustedhost import TrustedHostMiddleware

from fdc.errors import RegistryError
from fdc.inference.answer import Answer, Refusal
from fdc.locale import LocalizedText, in_every_language
from fdc.serving.champions import Champions, LoadedModel
from fdc.serving.headers import SecurityHeaders
from fdc.serving.limits import Busy, Limits, Places, Rates
from fdc.serving.rejection import STATUS, Rejected
from fdc.serving.upload import FIELD, receive

log = logging.getLogger(__name__)

PAGE = Path(__file__).with_name("page")

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
    """A model on duty."""

    task: str
    title: LocalizedText
    classes: list[ClassInfo]
    unit: LocalizedText | None
    model: str
    version: str
    run_id: str
    recipe: str
    metrics: dict[str, float]


class Problem(BaseModel):
    """Why a request was not taken."""

    error: Refusal


def create(
    champions: Champions,
    limits: Limits | None = None,
    *,
    hosts: Sequence[str] = ("*",),
    refresh_seconds: float = 30,
) -> FastAPI:
    """Makes the application.

    Args:
        champions: The models; refreshed by the caller once, and now and then from here.
        limits: What the service bears.
        hosts: Names under which it may be addressed ("*" is any). Naming them keeps web pages from
            reaching a service on this machine by a name of their own (DNS rebinding).
        refresh_seconds: How often the registry is asked for new champions.
    """
    limits = limits or Limits()
    places = Places(limits)
    rates = Rates(limits.per_minute, limits.burst)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None, None]:
        watch = asyncio.create_task(_watch(champions, refresh_seconds))
        yield
        watch.cancel()
        places.close()

    application = FastAPI(title="fdc", lifespan=lifespan, docs_url=None, redoc_url=None)
    application.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    application.add_middleware(SecurityHeaders)
    application.add_exception_handler(Rejected, _rejected)

    @application.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(PAGE / "index.html")

    application.mount("/page", StaticFiles(directory=PAGE))

    @application.get("/health", responses={503: {"description": "No model is on duty."}})
    async def health() -> JSONResponse:
        """Whether photos can be answered."""
        versions = {task: on.version.number for task, on in champions.models.items()}
        status = "ok" if versions else "no champion"
        return JSONResponse(
            {"status": status, "champions": versions}, status_code=200 if versions else 503
        )

    @application.get("/models")
    async def models() -> list[ModelInfo]:
        """The models on duty."""
        return [_info(on) for on in champions.models.values()]

    @application.get("/limits")
    async def what_is_borne() -> Limits:
        """What the service bears."""
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
        wait = rates.seconds_to_wait(request.client.host if request.client else "")
        if wait:
            raise Rejected("too many requests", f"over {limits.per_minute:g} a minute", wait)
        tasks = _chosen(champions, task)
        photo = await receive(request, limits)
        try:
            answers = await places.run(lambda: champions.answers(photo, tasks))
        except Busy:
            raise Rejected("busy", "all places are taken", limits.queue_seconds) from None
        except TimeoutError:
            raise Rejected("too slow", f"over {limits.answer_seconds:g} s") from None
        for refusal in (answer.refusal for answer in answers):
            if refusal is not None and refusal.rule == "undecodable":
                raise Rejected(refusal.rule, refusal.reason)
        return Answers(answers=answers)

    return application


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    tracking_uri: str | None = None,
    limits: Limits | None = None,
    hosts: Sequence[str] | None = None,
    behind: str | None = None,
    refresh_seconds: float = 30,
) -> None:
    """Runs the service until it is stopped.

    Args:
        host: Address to bind; this machine alone by default.
        port: TCP port.
        tracking_uri: MLflow's store; the one that MLflow is set to if not given.
        limits: What the service bears.
        hosts: Names under which it may be addressed; by default those of this machine where it is
            bound to this machine, else any.
        behind: Address of the reverse proxy whose X-Forwarded-For is believed; none by default,
            because whoever may set that header chooses which client the rate limit counts.
        refresh_seconds: How often the registry is asked for new champions.

    Raises:
        RegistryError: No task has a champion.
    """
    import uvicorn

    limits = limits or Limits()
    champions = Champions(tracking_uri)
    champions.refresh()
    if not champions.models:
        raise RegistryError(
            "No task has a champion to serve.", hint="Promote one first: fdc promote age."
        )
    local = ("localhost", "127.0.0.1", "[::1]")
    here = host in ("localhost", "127.0.0.1", "::1")
    uvicorn.run(
        create(
            champions,
            limits,
            hosts=hosts or (local if here else ("*",)),
            refresh_seconds=refresh_seconds,
        ),
        host=host,
        port=port,
        limit_concurrency=limits.connections,
        proxy_headers=behind is not None,
        forwarded_allow_ips=behind,
        server_header=False,
        timeout_graceful_shutdown=int(limits.answer_seconds),
    )


async def _watch(champions: Champions, seconds: float) -> None:
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


def _info(on: LoadedModel) -> ModelInfo:
    task = on.predictor.task
    return ModelInfo(
        task=task.name,
        title=in_every_language(task.heading),
        classes=[
            ClassInfo(label=label, names=in_every_language(partial(task.display, i)))
            for i, label in enumerate(task.labels)
        ],
        unit=task.unit and in_every_language(task.unit.__getitem__),
        model=on.version.name,
        version=on.version.number,
        run_id=on.version.run_id,
        recipe=on.predictor.recipe.fingerprint,
        metrics=on.predictor.description.metrics,
    )


async def _rejected(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Rejected)
    headers = {"Retry-After": str(math.ceil(error.retry_after))} if error.retry_after else {}
    if error.status in (408, 413):
        headers["Connection"] = "close"  # the rest of the upload is not read
    return JSONResponse(
        Problem(error=error.refusal).model_dump(), status_code=error.status, headers=headers
    )
