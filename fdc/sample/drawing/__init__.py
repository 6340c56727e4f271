"""Drawn portraits: who somebody is, what an age makes of them, and what a photo does to both.

An `Identity` persists, a `Look` is that identity at one age (what may be learned), and a `Scene` is
the chance of one photo (what must not be learned). `portrait.render` turns a look and a scene into
pixels, five landmarks and a box.
"""

from fdc.sample.drawing.identity import Identity
from fdc.sample.drawing.look import Look, aged
from fdc.sample.drawing.portrait import Portrait, render
from fdc.sample.drawing.scene import Scene

__all__ = ["Identity", "Look", "Portrait", "Scene", "aged", "render"]
