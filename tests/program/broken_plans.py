"""Programs fit to run but not the ones planned, each with its rule and line."""

from __future__ import annotations

from breaking import Text, departs

# --- against the plan ---


@departs("plan-power")
def one_block_one_watt_more(p: Text) -> int:
    return p.shift(p.watts(), "Q", 1.0) + 1


@departs("plan-power")
def powers_of_two_blocks_swapped(p: Text) -> int:
    i, k = p.watts(8), p.watts(9)
    p[i], p[k] = p[k], p[i]
    return i + 1


@departs("plan-pose")
def all_x_shifted(p: Text) -> int:
    for i, line in enumerate(p):
        if line.startswith("G") and " X" in line:
            p.shift(i, "X", 0.01)
    return p.find("G0 Z")


@departs("plan-pose")
def one_x_shifted(p: Text) -> int:
    return p.shift(p.lit(), "X", 0.01)


@departs("plan-pose")
def one_z_shifted(p: Text) -> int:
    return p.shift(p.lit(), "Z", -0.01)


@departs("plan-pose")
def one_a_shifted(p: Text) -> int:
    return p.shift(p.lit(), "A", 0.05)


@departs("plan-pose")
def stand_off_drifts_over_a_track(p: Text) -> int:
    for n in range(1, 30):
        p.shift(p.lit(n), "Z", 0.006 * n)
    return p.lit(1)


@departs("plan-duration")
def one_block_one_percent_slower(p: Text) -> int:
    return p.shift(p.lit(), "F", 0.0, 0.99)


@departs("plan-duration")
def settle_longer_than_planned(p: Text) -> int:
    return p.swap(p.find("G4", 1), "P4.000", "P9.000")


@departs("plan-powder")
def feeder_slightly_faster(p: Text) -> int:
    p.shift(p.find("M68 E1", 1), "Q", 0.05)
    return p.find("G4", 1)


@departs("plan-aiming")
def aiming_beam_left_on(p: Text) -> int:
    p.swap(p.find("M65 P3"), "M65", "M64")
    return p.find("G0")


@departs("plan-states")
def one_block_deleted(p: Text) -> int:
    i = p.drop(p.lit())
    return next(k for k in range(i, len(p)) if p[k].startswith("G1"))


@departs("plan-states")
def one_turn_deleted(p: Text) -> int:
    i, k = p.find("( layer 1 turn 2"), p.find("( layer 1 turn 3")
    del p[i:k]
    return next(n for n in range(i, len(p)) if p[n].startswith("G1"))


@departs("plan-states")
def one_turn_duplicated(p: Text) -> int:
    i, k = p.find("( layer 1 turn 2"), p.find("( layer 1 turn 3")
    p[k:k] = p[i:k]
    return next(n for n in range(k, len(p)) if p[n].startswith("G1"))


@departs("plan-states")
def second_layer_missing(p: Text) -> int:
    del p[p.find("( layer 2 turn 1") : p.find("M65 P2", -1)]
    return p.find("G0 Z", -1)
