"""What holds and cools the part while it is clad."""

from __future__ import annotations

from typing import Annotated

from reclad.units import Declared, Q

Film = Annotated[float, Q("W/m^2/K", "heat passed per area and degree", 0, 20000)]


class Holding(Declared):
    """Chuck, rest, bore and gas, as far as they take heat (SI). What is left out takes none, which
    errs on the hot side; the gas under the nozzle is always there."""

    chuck_length: Annotated[
        float, Q("mm", "length the chuck grips, at the far end of the part", 0, 2000)
    ] = 0.0
    chuck_film: Film = 500.0
    chuck_mass: Annotated[float, Q("kg", "mass of the chuck", 0.5, 5000)] = 30.0
    rest_at: Annotated[float, Q("mm", "where a steady rest carries the part", 0, 20000)] | None = (
        None
    )
    rest_width: Annotated[float, Q("mm", "width of the rest's rollers", 1, 500)] = 0.02
    rest_film: Film = 200.0
    bore_film: Film = 0.0
    bore_inlet: Annotated[float, Q("degC", "medium that enters the bore", -40, 200)] | None = None
    bore_water: Annotated[
        float, Q("L/min", "water through the bore, 0 for a large supply", 0, 1e4)
    ] = 0.0
    gas_film: Film = 60.0
    gas_reach: Annotated[float, Q("mm", "radius of the gas patch under the nozzle", 2, 200)] = 0.02
