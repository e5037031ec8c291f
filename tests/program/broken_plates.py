"""Plate programs broken as people break them, each with its rule and line."""

from __future__ import annotations

import re

from breaking import Text, breaks_plate


def _all(p: Text, first: int, stop: int, letter: str, by: float) -> int:
    """Shift one axis in every motion of a stretch."""
    moved = [i for i in range(first, stop) if re.search(rf"^G[01] .*{letter}[0-9]", p[i])]
    for i in moved:
        p.shift(i, letter, by)
    return moved[0]


def _track(p: Text, number: int, layer: int = 1) -> tuple[int, int]:
    """First line and one past the last line of a track."""
    first = p.find(f"( layer {layer} track {number} )")
    return first, next(i for i in range(first + 1, len(p)) if p[i].startswith("( layer"))


def _lit_in(p: Text, first: int) -> int:
    gate = next(i for i in range(first, len(p)) if p[i].startswith("M62"))
    return next(i for i in range(gate, len(p)) if p[i].startswith("G1"))


@breaks_plate("re-cladding")
def track_laid_twice(p: Text) -> int:
    first, stop = _track(p, 2)
    p[stop:stop] = p[first:stop]
    return _lit_in(p, stop)


@breaks_plate("re-cladding")
def track_almost_on_its_neighbour(p: Text) -> int:
    first, stop = _track(p, 2)
    _all(p, first, stop, "Y", -1.7)
    return _lit_in(p, first)


@breaks_plate("re-cladding")
def nozzle_goes_back_while_lit(p: Text) -> int:
    i, k = p.lit(5), p.lit(6)
    p[i], p[k] = p[k], p[i]
    return k


@breaks_plate("pitch")
def track_too_far_from_its_neighbour(p: Text) -> int:
    first, stop = _track(p, 4)
    _all(p, first, stop, "Y", 0.5)
    return _lit_in(p, first)


@breaks_plate("pitch")
def track_missing(p: Text) -> int:
    first, stop = _track(p, 2)
    del p[first:stop]
    return _lit_in(p, first)


@breaks_plate("pitch")
def one_block_off_its_line(p: Text) -> int:
    return p.shift(p.lit(5), "Y", 0.5)


@breaks_plate("rapid-too-close")
def step_aside_too_far(p: Text) -> int:
    return p.shift(p.find("G0 Y"), "Y", 60.0)


@breaks_plate("rapid-too-close")
def step_aside_into_the_plate(p: Text) -> int:
    i = p.find("G0 Y")
    p[i] += " Z30.00000"
    return i


@breaks_plate("rapid-too-close")
def step_aside_below_a_laid_layer(p: Text) -> int:
    i = p.find("G0 Y", 5)
    first, stop = _track(p, 3, layer=2)
    _all(p, first - 4, stop, "Z", -0.8)
    return i


@breaks_plate("rapid-too-close")
def no_retract_between_layers(p: Text) -> int:
    p.drop(p.find("G0 Z", 2))
    return p.find("G0 Y", 3)


@breaks_plate("rapid-too-close")
def first_rapid_goes_sideways(p: Text) -> int:
    return p.drop(p.find("G0 Z"))


@breaks_plate("travel-speed")
def one_block_too_fast(p: Text) -> int:
    return p.shift(p.lit(5), "F", 0.0, 1.1)


@breaks_plate("travel-speed")
def one_block_of_a_track_along_y_too_fast(p: Text) -> int:
    # Every node turned by a right angle: the tracks run along Y, stepped in X.
    for i, line in enumerate(p):
        p[i] = re.sub(r"X([0-9.]+) Y([0-9.]+)", r"X\2 Y\1", line)
        if " X" not in line or " Y" not in line:
            p[i] = re.sub(r"^G0 Y", "G0 X", p[i])
    return p.shift(p.lit(5), "F", 0.0, 1.1)


@breaks_plate("travel-speed")
def lead_in_crawls(p: Text) -> int:
    return p.shift(p.find("G1", 2), "F", 0.0, 0.5)


@breaks_plate("axis-speed")
def faster_than_the_gantry(p: Text) -> int:
    return p.swap(p.find("G1"), r"F.*", "F9000.0")


@breaks_plate("soft-limit")
def y_beyond_its_travel(p: Text) -> int:
    return p.swap(p.lit(5), r"Y[0-9.]+", "Y800.1")


@breaks_plate("stand-off")
def stand_off_jumps(p: Text) -> int:
    return p.shift(p.lit(5), "Z", 1.6)


@breaks_plate("unknown-word")
def a_on_a_machine_without_it(p: Text) -> int:
    return p.swap(p.lit(5), " F", " A3.0 F")


@breaks_plate("lit-without-motion")
def lit_plunge(p: Text) -> int:
    i = p.lit(5)
    return p.put(i + 1, re.sub(r"Z[0-9.]+", "Z35.5", p[i]))


@breaks_plate("lit-rapid")
def beam_left_on_between_tracks(p: Text) -> int:
    p.drop(p.find("M67 E0 Q0.0"), p.find("M63"))
    p.drop(p.find("M68 E0 Q0.0", 1), p.find("M65 P0", 1))
    return p.find("G0 Y")


@breaks_plate("immediate-while-lit")
def no_lead_out(p: Text) -> int:
    i = p.find("M63")
    del p[i + 1 : i + 4]
    return i + 1


@breaks_plate("no-lead-in")
def no_flying_start(p: Text) -> int:
    p.drop(*(p.find("G1", n) for n in range(3)))
    return p.lit(0)


@breaks_plate("lit-without-powder")
def powder_off_between_tracks(p: Text) -> int:
    i = p.find("G0 Y")
    p.put(i, "M68 E1 Q0.000")
    return _lit_in(p, i)


@breaks_plate("powder-delay")
def powder_changed_between_tracks(p: Text) -> int:
    i = p.find("G0 Y")
    p.put(i, "M68 E1 Q5.000")
    return _lit_in(p, i)


@breaks_plate("inverse-time-clamp")
def block_too_slow_for_the_controller(p: Text) -> int:
    i = p.find("G1")
    p.shift(i, "X", -3.3333)
    return p.swap(i, "F.*", "F0.5")


@breaks_plate("wrong-machine")
def program_of_the_lathe(p: Text) -> int:
    return p.swap(p.find("( machine"), "x-y-z-3kw", "x-axial-4kw")
