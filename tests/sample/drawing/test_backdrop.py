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
