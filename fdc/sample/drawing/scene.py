"""The chance of one photo: light, pose, expression, clothes, background, camera.

Nothing here looks at who is in the photo or how old they are, so nothing here can tell.
"""

from dataclasses import dataclass

import numpy as np

from fdc.sample.drawing.identity import Colour

BACKDROPS = ("studio", "room", "foliage", "shelves", "window", "landscape")
NECKLINES = ("crew", "vee", "boat", "high")
PATTERNS = ("plain", "plain", "stripes", "checks")


@dataclass(frozen=True)
class Scene:
    """Everything about a photo but the person.

    Attributes:
        yaw: Turn of the head to the side, radians.
        pitch: Nod of the head, radians.
        roll: Tilt of the head in the plane of the photo, radians.
        scale: Pixels per unit; a unit is half the width of a grown face.
        centre: Where the point between the eyes would be without yaw and pitch, pixels.
        lean: Tilt of the shoulders, radians.
        light: Unit vector towards the main light; x right, y down, z to the camera.
        key: Strength of the main light.
        ambient: Strength of the light from everywhere.
        white_balance: Gains of red, green and blue.
        smile: 0 (none) to 1.
        open_mouth: 0 (closed) to 1.
        gaze: Shift of the irises, in eye widths.
        cloth: Colour of the clothes, sRGB 0 to 1.
        trim: Second colour of the clothes.
        backdrop: Kind of background.
        vignette: Share of light that is lost in the corners.
        noise: Standard deviation of grain or noise, in grey levels.
        softness: Standard deviation of the lens' blur, pixels.
        seed: Places the small chance: background, strands, noise.
    """

    yaw: float
    pitch: float
    roll: float
    scale: float
    centre: tuple[float, float]
    lean: float
    light: tuple[float, float, float]
    key: float
    ambient: float
    white_balance: Colour
    smile: float
    open_mouth: float
    gaze: tuple[float, float]
    cloth: Colour
    trim: Colour
    neckline: str
    pattern: str
    backdrop: str
    backdrop_colour: Colour
    vignette: float
    noise: float
    softness: float
    seed: int

    @classmethod
    def draw(cls, rng: np.random.Generator, width: int, height: int) -> "Scene":
        """Draws the circumstances of one photo by chance.

        Args:
            rng: Where the chance comes from.
            width: Of the photo, pixels.
            height: Of the photo, pixels.

        Returns:
            The scene; the same one for a generator in the same state.
        """

        def around(spread: float, limit: float) -> float:
            return float(np.clip(rng.normal(0.0, spread), -limit, limit))

        azimuth, elevation = rng.uniform(-1.0, 1.0), rng.uniform(0.25, 0.85)
        key = float(rng.uniform(0.7, 0.95))
        warmth = around(0.02, 0.04)
        return cls(
            yaw=around(0.13, 0.3),
            pitch=around(0.05, 0.11),
            roll=around(0.08, 0.2),
            scale=float(height * rng.uniform(0.165, 0.2)),
            centre=(
                float(width * (0.5 + around(0.03, 0.07))),
                float(height * (0.43 + around(0.02, 0.04))),
            ),
            lean=around(0.04, 0.1),
            light=(
                float(np.sin(azimuth) * np.cos(elevation)),
                float(-np.sin(elevation)),
                float(np.cos(azimuth) * np.cos(elevation)),
            ),
            key=key,
            ambient=float(rng.uniform(1.28, 1.45) - key),
            white_balance=(1.0 + warmth, 1.0 + around(0.008, 0.015), 1.0 - warmth),
            smile=float(np.clip(rng.normal(0.5, 0.3), 0.0, 1.0)),
            open_mouth=float(np.clip(rng.normal(-0.2, 0.5), 0.0, 1.0)),
            gaze=(around(0.07, 0.15), around(0.03, 0.06)),
            cloth=_colour(rng),
            trim=_colour(rng),
            neckline=NECKLINES[rng.integers(len(NECKLINES))],
            pattern=PATTERNS[rng.integers(len(PATTERNS))],
            backdrop=BACKDROPS[rng.integers(len(BACKDROPS))],
            backdrop_colour=_colour(rng),
            vignette=float(rng.uniform(0.0, 0.3)),
            noise=float(rng.uniform(1.5, 5.0)),
            softness=float(rng.uniform(0.3, 0.8)),
            seed=int(rng.integers(2**31)),
        )


def _colour(rng: np.random.Generator) -> Colour:
    grey = rng.uniform(0.15, 0.85)
    red, green, blue = np.clip(grey + rng.normal(0.0, 0.10, 3), 0.05, 0.95)
    return float(red), float(green), float(blue)
