"""What an age makes of somebody: growth, then greying, wrinkles, sagging, and hair that recedes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from fdc.sample.drawing.canvas import Image
from fdc.sample.drawing.identity import Colour, Identity

GROWTH_AGES = (0.0, 2.0, 5.0, 9.0, 13.0, 17.0, 20.0)
GROWTH = (0.0, 0.2, 0.4, 0.6, 0.78, 0.94, 1.0)

# Right half of a face's outline from the crown to the chin: origin between the eyes, y down.
_BABY, _WOMAN, _MAN = np.array(
    [
        [(0.00, -1.48), (0.00, -1.52), (0.00, -1.50)],
        [(0.64, -1.33), (0.58, -1.38), (0.60, -1.36)],
        [(1.00, -0.85), (0.90, -0.90), (0.92, -0.90)],
        [(1.06, -0.25), (0.99, -0.30), (1.00, -0.30)],
        [(1.06, 0.22), (0.97, 0.20), (0.99, 0.20)],
        [(0.98, 0.60), (0.89, 0.62), (0.95, 0.65)],
        [(0.74, 0.92), (0.68, 1.04), (0.82, 1.08)],
        [(0.38, 1.07), (0.33, 1.33), (0.44, 1.42)],
        [(0.00, 1.11), (0.00, 1.40), (0.00, 1.49)],
    ]
).swapaxes(0, 1)
# What old age, a strong jaw and a long chin add to the lower points, and age to the temples.
_AGED, _JAW, _CHIN = np.zeros((3, 9, 2))
_AGED[2:] = [(-0.03, 0), (-0.03, 0), (-0.01, 0), (0.02, 0.02), (0.1, 0.04), (0.08, 0.02), (0, 0.02)]
_JAW[4:] = [(0.01, 0), (0.04, 0), (0.07, 0.01), (0.06, 0), (0, 0)]
_CHIN[5:] = [(0, 0.01), (0, 0.03), (0.01, 0.06), (0, 0.07)]

_FAIR, _DARK = np.array([1.0, 0.845, 0.755]), np.array([0.50, 0.345, 0.26])
_UNDERTONES = {"warm": np.array([1.01, 1.0, 0.88]), "cool": np.array([1.0, 0.97, 1.045])}


@dataclass(frozen=True)
class Look:
    """One person at one age: all that the drawing needs to know, in units of the face.

    Attributes:
        growth: 0 at birth, 1 when grown up.
        elder: 0 up to the early twenties, 1 at about 80.
        male: How far the features are a man's, 0 to 1; children's are not.
        angles: Of the outline around the origin, radians from the crown (0) to the chin (pi).
        radii: Of the outline at those angles.
        grey: Share of grey in the hair, 0 to 1.
        recession: How far the hair has receded, 0 to 1.
        wrinkles: Depth of the wrinkles, 0 to 1.
        sag: How far the skin hangs, 0 to 1.
    """

    identity: Identity
    age: float
    growth: float
    elder: float
    male: float
    angles: NDArray[np.float64]
    radii: NDArray[np.float64]
    chin: float
    eye_x: float
    eye_width: float
    eye_open: float
    brow_y: float
    nose_y: float
    nose_width: float
    nose_height: float
    mouth_y: float
    mouth_width: float
    lips: float
    grey: float
    recession: float
    hair_density: float
    hair_length: float
    wrinkles: float
    sag: float
    stubble: float
    neck: float
    shoulders: float
    skin: Image
    glasses: bool

    def radius(self, angle: Image) -> Image:
        """Distance of the outline from the origin at angles from the crown, radians."""
        table = np.interp(np.linspace(0, np.pi, 512), self.angles, self.radii).astype(np.float32)
        index = np.clip(np.abs(angle) * np.float32(511 / np.pi), 0, 511).astype(np.int32)
        return np.asarray(table[index], np.float32)

    @property
    def hair_colour(self) -> Colour:
        """Colour of the hair before it greys; children's is a little lighter."""
        light = 0.10 * (1.0 - self.growth)
        red, green, blue = self.identity.hair
        return red + light * 1.1, green + light * 0.9, blue + light * 0.6


def aged(identity: Identity, age: float, rng: np.random.Generator) -> Look:
    """Ages somebody.

    Args:
        identity: Who it is.
        age: Years, 0 to 82 or so.
        rng: Small chance of the day: nobody looks exactly their age.

    Returns:
        The look.
    """
    who = identity
    seen = max(age + who.ages * min(age / 40.0, 1.2) + rng.normal(0.0, 0.8) * min(age / 20, 1), 0.0)
    growth = float(np.interp(seen, GROWTH_AGES, GROWTH))
    elder = float(np.clip((seen - 21.0) / 58.0, 0.0, 1.1))
    male = float(np.interp(seen, (0, 11, 18), (0.1, 0.2, 1.0))) * (who.gender == "male")
    grown = growth * growth

    def grow(child: float, adult: float) -> float:
        return child + (adult - child) * growth

    outline = (1 - growth) * _BABY + growth * ((1 - male) * _WOMAN + male * _MAN)
    outline = outline + _JAW * who.jaw * grown + _CHIN * who.chin * grown
    outline = outline + _AGED * elder
    outline[:, 0] *= 1.0 + 0.05 * who.width
    outline[:3, 1] -= 0.05 * who.forehead
    angles = np.arctan2(outline[:, 0], -outline[:, 1])
    spline = CubicSpline(angles, np.hypot(outline[:, 0], outline[:, 1]), bc_type="clamped")
    dense = np.linspace(0.0, np.pi, 256)
    chin = float(outline[-1, 1])

    mouth_y = grow(0.635, 0.79 + 0.03 * male) + 0.02 * elder + 0.02 * who.nose_length
    return Look(
        identity=who,
        age=age,
        growth=growth,
        elder=elder,
        male=male,
        angles=dense,
        radii=spline(dense),
        chin=chin,
        eye_x=grow(0.465, 0.445 + 0.012 * male) * (1 + 0.06 * who.eye_gap),
        eye_width=grow(0.235, 0.2) * (1 + 0.08 * who.eye_size),
        eye_open=grow(1.25, 1.0) * (1 + 0.12 * who.eye_size) * (1 - 0.3 * elder) * (1 - 0.1 * male),
        brow_y=grow(-0.37, -0.345) - 0.03 * who.brow_height + 0.05 * male + 0.03 * elder,
        nose_y=grow(0.325, 0.46) + 0.04 * elder + 0.035 * who.nose_length * growth,
        nose_width=grow(0.155, 0.18 + 0.02 * male) * (1 + 0.15 * who.nose_width) + 0.02 * elder,
        nose_height=grow(0.17, 0.30 + 0.03 * male) * (1 + 0.12 * who.nose_bridge),
        mouth_y=mouth_y,
        mouth_width=grow(0.30, 0.36 + 0.02 * male) * (1 + 0.09 * who.mouth_width),
        lips=(1 + 0.25 * who.lips) * (1 - 0.15 * male) * (1 - 0.5 * elder) * grow(0.9, 1.0),
        grey=float(np.clip((seen + who.greys - 30.0) / 46.0, 0.0, 1.0)),
        recession=float(who.recedes * np.clip((seen - 22.0) / 45.0, 0.0, 1.0)),
        hair_density=float(np.interp(seen, (0, 1, 3, 6), (0.25, 0.5, 0.85, 1.0)) - 0.07 * elder),
        hair_length=_hair_length(who, seen),
        wrinkles=float(np.clip((seen - 22.0) / 50.0, 0.0, 1.1)),
        sag=float(np.clip((seen - 38.0) / 40.0, 0.0, 1.1)),
        stubble=male * float(np.clip((seen - 14.0) / 6.0, 0.0, 1.0)),
        neck=grow(0.42, 0.46 + 0.14 * male),
        shoulders=grow(1.2, 1.75 + 0.4 * male),
        skin=_skin(who, growth, elder),
        glasses=seen >= who.glasses_from,
    )


def _hair_length(who: Identity, age: float) -> float:
    longest = float(np.interp(age, (0, 2, 5, 8), (0.05, 0.25, 0.7, 1.0)))
    worn = who.length * float(np.interp(age, (45, 75), (1.0, 0.62)))
    return min(worn, longest)


def _skin(who: Identity, growth: float, elder: float) -> Image:
    colour = _FAIR + (_DARK - _FAIR) * (0.08 + 0.85 * who.melanin)
    colour = colour * _UNDERTONES[who.tone]
    grey = colour.mean()
    colour = grey + (colour - grey) * (1.0 - 0.14 * elder)
    colour = colour * (1.0 + 0.03 * (1.0 - growth) - 0.05 * elder)
    return np.asarray(np.clip(colour, 0.0, 1.0), np.float32)
