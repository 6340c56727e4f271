"""What goes over the line between the scheduler and its workers."""

import pickle
from pathlib import Path
from typing import get_args

from fdc.execution.protocol import Died, Ready
from fdc.search.messages import (
    BatchSizeReduced,
    Built,
    Command,
    Continue,
    Done,
    EpochEnded,
    Failed,
    Stop,
    WorkerEvent,
)
from fdc.training.spec import ExportCommand, ExportResult, ProbeResult, TrainCommand

HERE = Path("trial")

COMMANDS = (
    TrainCommand(HERE, {"network/width": 16}, seed=1),
    ExportCommand(HERE, HERE / "best.npz", {"network/width": 16}, flip=True),
    Continue(total_epochs=3, seconds=1.5),
    Stop(),
)
EVENTS = (
    Ready(),
    Built(1000, 64),
    BatchSizeReduced(32),
    ProbeResult(epoch_seconds=2.0, validation_seconds=0.5),
    EpochEnded(0, {"val_accuracy": 0.5}, 2.0, improved=True),
    Done(),
    ExportResult({"val_accuracy": 0.5}, difference=0.0),
    Failed("ValueError: nothing", "Traceback"),
    Died("its node is gone", cause="lost"),
)


def test_every_command_and_event_arrives_as_it_was_sent() -> None:
    assert {type(command) for command in COMMANDS} == set(get_args(Command))
    assert {type(event) for event in EVENTS} == set(get_args(WorkerEvent))
    for message in (*COMMANDS, *EVENTS):
        assert pickle.loads(pickle.dumps(message)) == message
