"""Who somebody is: all that stays the same from birth to old age."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

Gender = Literal["female", "male"]
Tone = Literal["warm", "cool"]
Colour = tuple[float, float, float]

HAIR_COLOURS: tuple[Colour, ...] = (
    (0.09, 0.08, 0.09),
    (0.17, 0.11, 0.08),
    (0.29, 0.18, 0.11),
    (0.42, 0.27, 0.15),
    (0.71, 0.53, 0.27),
    (0.52, 0.22, 0.10),
)
EYE_COLOURS: tuple[Colour, ...] = (
    (0.21, 0.12, 0.07),
    (0.34, 0.20, 0.10),
    (0.42, 0.36, 0.16),
    (0.28, 0.45, 0.30),
    (0.27, 0.46, 0.66),
    (0.45, 0.52, 0.56),
)
BEARDS = ("shaven", "shaven", "shaven", "moustache", "goatee", "full")


@dataclass(frozen=True)
class Identity:
    """The traits of one person; shapes are factors or offsets around the average, about -1 to 1.

    Attributes:
        melanin: How dark the skin is, 0 to 1.
        hair: Hair colour before it greys, sRGB 0 to 1.
        eyes: Colour of the iris, sRGB 0 to 1.
        ages: Years by which the person looks older (or, below 0, younger) than most at 40.
        greys: Years by which the hair turns grey earlier than most.
        recedes: How far the hair will recede, 0 to 1.
        length: Length of the hair, 0 (shorn) to 1 (over the shoulders).
        glasses_from: The age at which glasses come to stay; infinite where they never do.
        moles: x, y, radius of each mole, in the units of the face.
        freckle_seed: Places the freckles, and the spots that come with age.
    """

    gender: Gender
    tone: Tone
    melanin: float
    hair: Colour
    eyes: Colour
    ages: float
    greys: float
    recedes: float
    length: float
    fringe: bool
    parting: float
    curl: float
    volume: float
    beard: str
    width: float
    jaw: float
    chin: float
    forehead: float
    eye_gap: float
    eye_size: float
    eye_tilt: float
    crease: float
    nose_length: float
    nose_width: float
    nose_bridge: float
    mouth_width: float
    lips: float
    brow_height: float
    brow_arch: float
    brow_weight: float
    ears: float
    freckles: float
    glasses_from: float
    round_glasses: bool
    glasses_colour: Colour
    moles: tuple[tuple[float, float, float], ...]
    freckle_seed: int

    @classmethod
    def draw(cls, rng: np.random.Generator, gender: Gender, tone: Tone) -> "Identity":
        """Draws one person by chance.

        Args:
            rng: Where the chance comes from.
            gender: "female" or "male".
            tone: Undertone of the skin, "warm" or "cool".

        Returns:
            The person; the same one for a generator in the same state.
        """

        def trait(limit: float = 1.0) -> float:
            return float(np.clip(rng.normal(0.0, 0.5), -1.0, 1.0) * limit)

        male = gender == "male"
        melanin = float(rng.beta(1.2, 2.6))
        fair = rng.random() > melanin * 1.8
        hair = HAIR_COLOURS[rng.integers(len(HAIR_COLOURS)) if fair else rng.integers(3)]
        eyes = EYE_COLOURS[rng.integers(len(EYE_COLOURS)) if fair else rng.integers(2)]
        short = rng.random() < (0.88 if male else 0.18)
        return cls(
            gender=gender,
            tone=tone,
            melanin=melanin,
            hair=hair,
            eyes=eyes,
            ages=trait(11.0),
            greys=trait(9.0),
            recedes=float(rng.beta(1.6, 1.2)) if male else float(rng.uniform(0.0, 0.15)),
            length=float(rng.uniform(0.05, 0.3) if short else rng.uniform(0.55, 1.0)),
            fringe=bool(rng.random() < (0.25 if male else 0.4)),
            parting=float(rng.uniform(-0.9, 0.9)),
            curl=float(rng.beta(1.0, 2.0)),
            volume=float(rng.uniform(0.0, 1.0)),
            beard=BEARDS[rng.integers(len(BEARDS))] if male else "none",
            width=trait(),
            jaw=trait(),
            chin=trait(),
            forehead=trait(),
            eye_gap=trait(),
            eye_size=trait(),
            eye_tilt=trait(),
            crease=float(rng.uniform(0.0, 1.0)),
            nose_length=trait(),
            nose_width=trait(),
            nose_bridge=trait(),
            mouth_width=trait(),
            lips=trait(),
            brow_height=trait(),
            brow_arch=trait(),
            brow_weight=trait(),
            ears=trait(),
            freckles=float(rng.uniform(0.4, 1.0)) if fair and rng.random() < 0.25 else 0.0,
            glasses_from=float(rng.uniform(7.0, 40.0)) if rng.random() < 0.25 else float("inf"),
            round_glasses=bool(rng.random() < 0.5),
            glasses_colour=(
                float(rng.uniform(0.04, 0.5)),
                float(rng.uniform(0.04, 0.25)),
                float(rng.uniform(0.04, 0.3)),
            ),
            moles=tuple(
                (
                    float(rng.uniform(-0.7, 0.7)),
                    float(rng.uniform(0.15, 1.05)),
                    float(rng.uniform(0.018, 0.034)),
                )
                for _ in range(rng.integers(0, 4))
            ),
            freckle_seed=int(rng.integers(2**31)),
        )
