"""What a kept thermal history holds, array by array: unit and meaning, as its file says them."""

from __future__ import annotations

Meaning = tuple[str, str]  # unit, meaning

ALONG: dict[str, Meaning] = {
    "time": ("s", "when the beam was there, from the start of the program"),
    "axial": ("m", "where along the part (on a plate: along the tracks)"),
    "angle": ("rad", "where round the part; zeros on a plate"),
    "across": ("m", "where across a plate; zeros on a round part"),
    "layer": ("1", "layer, from 1"),
    "turn": ("1", "turn, or track on a plate, from 1 within its layer"),
    "power": ("W", "laser power"),
    "interpass": ("K", "temperature of the part that the beam meets"),
    "width": ("m", "width of the melt pool"),
    "depth": ("m", "depth of the melt pool"),
    "length": ("m", "length of the melt pool"),
    "gradient": ("K/m", "temperature gradient where the pool's tail freezes"),
    "growth": ("m/s", "speed at which the pool's tail freezes"),
    "cooling": ("K/s", "cooling rate where the pool's tail freezes"),
    "t85": ("s", "time from 800 to 500 degC under the track; nan where never so hot"),
    "solidus": ("m", "depth the solidus isotherm reaches under the surface; nan: none"),
    "ac3": ("m", "depth the Ac3 isotherm reaches under the surface; nan: none"),
    "ac1": ("m", "depth the Ac1 isotherm reaches under the surface; nan: none"),
}
TURNS: dict[str, Meaning] = {
    "turn_time": ("s", "when each turn or track ends"),
    "bore": ("K", "hottest inner wall, axis or underside while each turn or track is laid"),
}
PROBES: dict[str, Meaning] = {
    "names": ("", "name of each point"),
    "axial": ("m", "where each point lies along the part (on a plate: across the tracks)"),
    "angle": ("rad", "where each point lies round the part (on a plate: along the tracks, m)"),
    "radius": ("m", "distance of each point from the axis (on a plate: height)"),
    "time": ("s", "times of the temperatures"),
    "temperature": ("K", "temperature, one row a point, one column a time"),
}
FIELD: dict[str, Meaning] = {
    "axial_edges": ("m", "edges of the slices along the part (on a plate: across the tracks)"),
    "angle_edges": ("rad", "edges of the cells round the part (on a plate: along the tracks, m)"),
    "radius_edges": ("m", "edges of the rows, from the axis (on a plate: from the underside)"),
    "surface": ("m", "radius or height of each slice's surface before cladding"),
}
LEDGER: dict[str, Meaning] = {
    "absorbed": ("J", "laser power the part and the powder took in"),
    "stored": ("J", "heat stored in the part at the end, less that at the start"),
    "convection": ("J", "lost to the air"),
    "radiation": ("J", "lost by radiation"),
    "jet": ("J", "lost to the gas of the nozzle"),
    "bore": ("J", "lost inside the bore"),
    "contacts": ("J", "lost into chuck, steady or table"),
}
