"""Programs whose every line is legal but whose motion or beam is not, each with rule and line."""

from __future__ import annotations

import re

from breaking import Text, breaks

# --- time and motion ---


@breaks("no-feed-rate")
def inverse_time_block_without_f(p: Text) -> int:
    return p.swap(p.lit(), r" F.*", "")


@breaks("no-feed-rate")
def inverse_time_block_with_f_zero(p: Text) -> int:
    return p.swap(p.lit(), r" F.*", " F0")


@breaks("helix-in-g94")
def helix_without_inverse_time(p: Text) -> int:
    return p.drop(p.find("G93"))


@breaks("inverse-time-clamp")
def turn_with_a_trace_of_x(p: Text) -> int:
    i = p.find("G1")
    x, z = re.findall(r"[XZ](-?[0-9.]+)", p[i])
    return p.put(i + 1, f"G1 X{float(x) + 1e-3:.5f} Z{z} A-25.0 F11.4")


@breaks("no-motion")
def block_repeated(p: Text) -> int:
    return p.put(p.lit() + 1, p[p.lit()])


@breaks("soft-limit")
def x_beyond_its_travel(p: Text) -> int:
    return p.swap(p.lit(), r"X[0-9.]+", "X1501.0")


@breaks("soft-limit")
def z_beyond_its_travel(p: Text) -> int:
    return p.swap(p.find("G0 Z"), r"Z[0-9.]+", "Z401.0")


@breaks("axis-speed")
def part_spun_too_fast(p: Text) -> int:
    return p.swap(p.find("G1"), r"F.*", "F200.0")


@breaks("travel-speed")
def one_block_ten_percent_too_fast(p: Text) -> int:
    return p.shift(p.lit(), "F", 0.0, 1.1)


@breaks("travel-speed")
def lead_in_crawls(p: Text) -> int:
    return p.shift(p.find("G1", 1), "F", 0.0, 0.5)


@breaks("travel-speed")
def block_missing(p: Text) -> int:
    i = p.drop(p.watts(), p.lit())
    return next(k for k in range(i, len(p)) if p[k].startswith("G1"))


@breaks("stand-off")
def stand_off_jumps(p: Text) -> int:
    return p.shift(p.lit(), "Z", 1.6)


@breaks("pitch")
def one_block_out_of_pitch(p: Text) -> int:
    return p.shift(p.lit(), "X", 0.05)


@breaks("a-reverses")
def two_blocks_swapped(p: Text) -> int:
    i, k = p.lit(8), p.lit(9)
    p[i], p[k] = p[k], p[i]
    return k


@breaks("a-reverses")
def turn_laid_twice(p: Text) -> int:
    i, k = p.find("( layer 1 turn 2"), p.find("( layer 1 turn 3")
    p[k:k] = p[i:k]
    return next(n for n in range(k, len(p)) if p[n].startswith("G1"))


@breaks("a-stops")
def part_stops_turning(p: Text) -> int:
    before = re.search(r"A-?[0-9.]+", p[p.lit(7)])
    assert before is not None
    return p.swap(p.lit(8), r"A-?[0-9.]+", before.group())


@breaks("rapid-too-close")
def no_retract_between_layers(p: Text) -> int:
    p.drop(p.find("G0 Z", 2))
    return p.find("G0 X", 1)


@breaks("rapid-too-close")
def retract_too_short(p: Text) -> int:
    p.swap(p.find("G0 Z", 2), r"Z[0-9.]+", "Z120.0")
    return p.find("G0 X", 1)


@breaks("rapid-too-close")
def first_rapid_goes_sideways(p: Text) -> int:
    return p.drop(p.find("G0 Z"))


@breaks("rapid-too-close")
def approach_into_the_part(p: Text) -> int:
    return p.swap(p.find("G0 Z", 1), r"Z[0-9.]+", "Z100.0")


@breaks("no-lead-in")
def no_flying_start(p: Text) -> int:
    p.drop(p.find("G1"), p.find("G1", 1))
    return p.lit(0)


# --- beam ---


@breaks("lit-without-motion")
def dwell_in_a_track(p: Text) -> int:
    return p.put(p.lit() + 1, "G4 P0.5")


@breaks("lit-without-motion")
def beam_on_at_once_while_standing(p: Text) -> int:
    i = p.find("M67")
    p[i] = "M64 P0"
    p[i + 1] = "M68 E0 Q1995.0"
    return i + 1


@breaks("lit-rapid")
def rapid_in_a_track(p: Text) -> int:
    return p.swap(p.swap(p.lit(), "G1", "G0"), " F.*", "")


@breaks("lit-rapid")
def track_never_switched_off(p: Text) -> int:
    for _ in range(2):
        p.drop(p.find("M63"))
    for _ in range(2):
        p.drop(p.find("M67 E0 Q0.0"))
    p.drop(p.find("M68 E0 Q0.0", 1), p.find("M65 P0", 1))
    return p.find("G0 Z", 2)


@breaks("immediate-while-lit")
def power_switched_at_once_in_a_track(p: Text) -> int:
    return p.swap(p.watts(), "M67", "M68")


@breaks("immediate-while-lit")
def gas_switched_in_a_track(p: Text) -> int:
    return p.put(p.lit(), "M65 P2")


@breaks("immediate-while-lit")
def no_lead_out(p: Text) -> int:
    i = p.find("M63")
    del p[i + 1 : i + 3]
    return i + 1


@breaks("lit-without-powder")
def powder_never_on(p: Text) -> int:
    p.drop(p.find("M68 E1", 1))
    return p.lit(0)


@breaks("powder-delay")
def powder_not_yet_there(p: Text) -> int:
    p.drop(p.find("G4", 1))
    p.drop(p.find("G1"))
    p.shift(p.find("G1"), "F", 60.0)
    return p.lit(0)


@breaks("lit-without-gas")
def gas_never_on(p: Text) -> int:
    p.drop(p.find("M64 P2"))
    return p.lit(0)


@breaks("gas-purge")
def gas_not_yet_there(p: Text) -> int:
    i = p.find("M64 P2")
    p.insert(p.find("G93"), p.pop(i))
    for n in range(2):
        p.shift(p.find("G1", n), "F", 60.0)
    return p.lit(0)


@breaks("powder-range")
def feeder_beyond_its_weighings(p: Text) -> int:
    return p.swap(p.find("M68 E1", 1), r"Q.*", "Q11.5")


@breaks("power-range")
def power_above_the_laser(p: Text) -> int:
    return p.swap(p.watts(), r"Q.*", "Q4000.1")


@breaks("power-range")
def power_below_what_the_laser_holds(p: Text) -> int:
    return p.swap(p.watts(), r"Q.*", "Q199.0")


@breaks("power-range")
def power_negative(p: Text) -> int:
    return p.swap(p.watts(), r"Q", "Q-")


@breaks("power-step")
def power_jumps(p: Text) -> int:
    return p.shift(p.watts(), "Q", 205.0)


@breaks("dark-gap")
def power_zero_in_a_track(p: Text) -> int:
    return p.swap(p.watts(), r"Q.*", "Q0.0")


@breaks("dark-gap")
def gate_never_opened(p: Text) -> int:
    i = p.lit(0)
    p.drop(p.find("M62"))
    return i - 1


@breaks("on-at-end")
def end_within_a_track(p: Text) -> int:
    return p.put(p.lit(), "M2")


@breaks("on-at-end")
def gas_left_on(p: Text) -> int:
    p.drop(p.find("M65 P2", -1))
    return p.find("M2")


@breaks("queued-without-motion")
def off_is_queued_and_never_fires(p: Text) -> int:
    return p.put(p.find("M2"), "M63 P0")
