"""The real service, on a port of its own, over a real registry."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import mlflow
import numpy as np
import pytest
import uvicorn

from fdc import registry
from fdc.serving.application import create
from fdc.serving.champions import Champions
from fdc.serving.limits import Limits
from fdc.serving.settings import ServiceSettings
from tests.registry.models import AGE, AGE_REGRESSION, COLOUR, register

REGRESSION = np.array([[30.0], [10.0], [20.0]])


@pytest.fixture(scope="session")
def store(tmp_path_factory) -> str:
    """A registry with three champions of one recipe."""
    folder = tmp_path_factory.mktemp("registry")
    uri = f"sqlite:///{folder / 'mlflow.db'}"
    mlflow.MlflowClient(uri).search_experiments()
    for task, weights in ((COLOUR, None), (AGE, None), (AGE_REGRESSION, REGRESSION)):
        register(folder / task.name, uri, [True], task=task, weights=weights)
        registry.promote(task.name, tracking_uri=uri)
    return uri


@pytest.fixture(scope="session")
def champions(store) -> Champions:
    """The champions in memory."""
    loaded = Champions(store)
    loaded.refresh()
    return loaded


@contextmanager
def running(champions: Champions, limits: Limits | None = None, **settings) -> Iterator[str]:
    """Runs the service in a thread; gives its address."""
    application = create(champions, ServiceSettings(limits=limits or Limits(), **settings))
    config = uvicorn.Config(application, port=0, log_level="info", proxy_headers=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def address(champions) -> Iterator[str]:
    """Address of a running service with patient limits."""
    with running(champions, Limits(per_minute=6000, burst=1000)) as url:
        yield url
