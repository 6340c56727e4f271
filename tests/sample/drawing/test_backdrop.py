"""Backgrounds of every kind."""

from dataclasses import replace

import numpy as np
import pytest

from fdc.sample.drawing import backdrop
from tests.sample.drawing.people import scene


@pytest.mark.parametrize("kind", backdrop.PAINTERS)
def test_a_background_is_light_that_varies(kind: str) -> None:
    drawn = backdrop.draw(replace(scene(), backdrop=kind), 320, 400)
    assert drawn.shape == (400, 320, 3)
    assert 0 <= drawn.min() < drawn.max() <= 1
    assert drawn.std() > 0.005
    again = backdrop.draw(replace(scene(), backdrop=kind), 320, 400)
    assert np.array_equal(drawn, again)


@pytest.mark.parametrize("kind", backdrop.PAINTERS)
def test_things_stand_on_the_ground_and_the_rest_covers_it(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = replace(scene(), backdrop=kind)
    drawn = backdrop.draw(where, 320, 400)
    monkeypatch.setitem(backdrop.PAINTERS, kind, lambda *_: None)
    painted = np.abs(drawn - backdrop.draw(where, 320, 400)).max(axis=2) > 0.02
    if kind in ("room", "window"):
        assert 0.1 < painted.mean() < 0.6
    else:
        quarters = painted.reshape(2, 200, 2, 160).mean(axis=(1, 3))
        assert quarters.min() > 0.4


def test_a_landscape_has_its_sky_above() -> None:
    drawn = backdrop.draw(replace(scene(), backdrop="landscape"), 320, 400)
    blueness = drawn[..., 2] - drawn[..., 0]
    assert blueness[:60].mean() > blueness[-60:].mean() + 0.1
