"""What the shop sets, and what nobody knows exactly."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from reclad.errors import ProcessError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from reclad.process.discrepancy import Discrepancy


@dataclass(frozen=True, eq=False)
class ProcessParameters:
    """Settings of one or many candidates, each field (candidates,), SI.

    power         W      laser power at the workpiece
    travel_speed  m/s    along the surface
    feed_rate     kg/s   powder fed; 0 is a bare melt track
    stand_off     m      nozzle tip to surface
    interpass     K      temperature of the part where the beam arrives
    """

    power: NDArray[np.float64]
    travel_speed: NDArray[np.float64]
    feed_rate: NDArray[np.float64]
    stand_off: NDArray[np.float64]
    interpass: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        *,
        power: ArrayLike,
        travel_speed: ArrayLike,
        feed_rate: ArrayLike,
        stand_off: ArrayLike,
        interpass: ArrayLike,
    ) -> Self:
        """Broadcast scalars and arrays to one flat list of candidates; ProcessError names the
        first value that no process can have."""
        columns = np.broadcast_arrays(
            *(
                np.asarray(v, dtype=np.float64)
                for v in (power, travel_speed, feed_rate, stand_off, interpass)
            )
        )
        settings = cls(*(np.ascontiguousarray(c).reshape(-1) for c in columns))
        rules = (
            ("power", settings.power, 1.0, 1e5, "W"),
            ("travel_speed", settings.travel_speed, 1e-5, 50.0, "m/s"),
            ("feed_rate", settings.feed_rate, 0.0, 0.1, "kg/s"),
            ("stand_off", settings.stand_off, 1e-4, 1.0, "m"),
            ("interpass", settings.interpass, 200.0, 2000.0, "K"),
        )
        for name, column, low, high, unit in rules:
            wrong = ~((column >= low) & (column <= high))
            if wrong.any():
                raise ProcessError(
                    f"{name} {column[wrong][0]:g} {unit} lies outside {low:g} to {high:g} {unit}; "
                    "check the value and its unit"
                )
        return settings

    def __len__(self) -> int:
        return self.power.size


@dataclass(frozen=True, eq=False)
class ModelParameters:
    """Draws of what the process model does not know, each field (draws,); one draw is a point.

    absorptivity        -    share of the light that reaches the surface and heats the pool
    grain_absorptivity  -    share of the light a powder grain keeps
    grain_speed         m/s  powder in the stream
    stream_radius       m    1/e2 radius of the powder stream at its waist
    stream_focus        m    nozzle tip to that waist
    divergence          -    opening of the stream far from the waist, dR/dz
    sticking            -    share of grains kept of those that land in the pool
    sink                -    heat the powder takes, over that of reaching the melting point
    offset              -    share of the bead height by which the pool floor is lifted
    convection          -    sideways conductivity in the pool over that of still metal
    bead_over_pool      -    bead width over pool width
    melt_shape          -    melted area over width times depth
    conductivity        -    scale on the table of the parent metal
    heat_capacity       -    scale on the table of the parent metal
    spot_scale          -    true spot diameter over the stated one
    air_film            W/m2/K   heat the part gives to still air
    emissivity          -    of the part's outer surface, oxidised

    discrepancy   what trials say the model gets wrong; None without trials
    """

    absorptivity: NDArray[np.float64]
    grain_absorptivity: NDArray[np.float64]
    grain_speed: NDArray[np.float64]
    stream_radius: NDArray[np.float64]
    stream_focus: NDArray[np.float64]
    divergence: NDArray[np.float64]
    sticking: NDArray[np.float64]
    sink: NDArray[np.float64]
    offset: NDArray[np.float64]
    convection: NDArray[np.float64]
    bead_over_pool: NDArray[np.float64]
    melt_shape: NDArray[np.float64]
    conductivity: NDArray[np.float64]
    heat_capacity: NDArray[np.float64]
    spot_scale: NDArray[np.float64]
    air_film: NDArray[np.float64]
    emissivity: NDArray[np.float64]
    discrepancy: Discrepancy | None = None

    def __len__(self) -> int:
        return self.absorptivity.size

    def as_columns(self) -> NDArray[np.float64]:
        """(draws, 17), columns in the order of the fields."""
        return np.ascontiguousarray(
            np.column_stack([getattr(self, name) for name in PARAMETERS]), dtype=np.float64
        )

    def some(self, count: int) -> ModelParameters:
        """The first `count` draws: enough to search with, the rest to judge with."""
        return self.rows(slice(count))

    def rows(self, rows: slice | NDArray[np.intp]) -> ModelParameters:
        """Some of the draws by their number."""
        some = {name: getattr(self, name)[rows] for name in PARAMETERS}
        told = self.discrepancy.rows(rows) if self.discrepancy else None
        return replace(self, **some, discrepancy=told)


# The model parameters in their order; one column each of every array over them.
PARAMETERS = tuple(f.name for f in fields(ModelParameters) if f.name != "discrepancy")
