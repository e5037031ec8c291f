"""SINUMERIK programs broken as people break them, each with its rule and line."""

from __future__ import annotations

from breaking import Text, breaks_siemens

# --- words and codes ---


@breaks_siemens("syntax")
def power_without_a_value(p: Text) -> int:
    return p.swap(p.watts(), r"=.*", "")


@breaks_siemens("syntax")
def output_without_its_bracket(p: Text) -> int:
    return p.swap(p.watts(), r"\]", "")


@breaks_siemens("syntax")
def condition_that_our_post_never_writes(p: Text) -> int:
    return p.swap(p.watts(), "DO", "WHEN $AA_IM[X]>100 DO")


@breaks_siemens("syntax")
def gate_half_open(p: Text) -> int:
    return p.swap(p.find("DO $A_OUT[1]=1"), "=1", "=0.5")


@breaks_siemens("syntax")
def label(p: Text) -> int:
    return p.put(p.lit(), "-->")


@breaks_siemens("unknown-output")
def power_to_an_output_that_is_not_there(p: Text) -> int:
    return p.swap(p.watts(), r"OUTA\[1\]", "OUTA[7]")


@breaks_siemens("unknown-output")
def gas_to_an_output_that_is_not_there(p: Text) -> int:
    return p.swap(p.find("$A_OUT[2]=1"), r"OUT\[2\]", "OUT[9]")


@breaks_siemens("distance")
def incremental_moves(p: Text) -> int:
    return p.put(p.lit(), "G91")


@breaks_siemens("distance")
def shortest_way_round(p: Text) -> int:
    return p.swap(p.lit(), r"A([0-9.]+)", r"A=DC(\1)")


@breaks_siemens("distance")
def one_incremental_word(p: Text) -> int:
    return p.swap(p.lit(), r"A[0-9.]+", "A=IC(30)")


@breaks_siemens("distance")
def absolute_not_set(p: Text) -> int:
    p.swap(p.find("G710"), " G90", "")
    return p.find("G0")


@breaks_siemens("units")
def inches(p: Text) -> int:
    return p.swap(p.find("G710"), "G710", "G700")


@breaks_siemens("units")
def millimetres_not_set(p: Text) -> int:
    p.swap(p.find("G710"), "G710 ", "")
    return p.find("G0")


@breaks_siemens("path-mode")
def exact_stop(p: Text) -> int:
    return p.put(p.find("G93"), "G60")


@breaks_siemens("path-mode")
def blending_not_set(p: Text) -> int:
    p.swap(p.find("G710"), " G64", "")
    return p.find("G0")


@breaks_siemens("header")
def tool_length_not_cancelled(p: Text) -> int:
    p.swap(p.find("G710"), " D0", "")
    return p.find("G0")


@breaks_siemens("header")
def diameter_programming_left_on(p: Text) -> int:
    p.drop(p.find("DIAMOF"))
    return p.find("G0")


@breaks_siemens("header")
def transformation_left_on(p: Text) -> int:
    p.drop(p.find("TRAFOOF"))
    return p.find("G0")


@breaks_siemens("feed-mode")
def feed_per_turn(p: Text) -> int:
    return p.put(p.lit(), "G95")


@breaks_siemens("unknown-code")
def arc(p: Text) -> int:
    return p.swap(p.lit(), "G1 ", "G2 ")


@breaks_siemens("unknown-code")
def spindle_on(p: Text) -> int:
    return p.put(p.lit(), "M3")


@breaks_siemens("unknown-code")
def linuxcnc_output(p: Text) -> int:
    return p.swap(p.watts(), "DO.*", "M67 E0 Q2000")


@breaks_siemens("unknown-word")
def axis_the_machine_does_not_have(p: Text) -> int:
    return p.swap(p.lit(), " Z", " Y1 Z")


@breaks_siemens("two-commands")
def two_motions_on_a_line(p: Text) -> int:
    return p.swap(p.lit(), "G1", "G0 G1")


@breaks_siemens("duplicate-word")
def two_x_words(p: Text) -> int:
    return p.swap(p.lit(), " Z", " X3 Z")


@breaks_siemens("exponent")
def target_as_exponent(p: Text) -> int:
    return p.swap(p.lit(), r"X[0-9.]+", "X1.1E2")


@breaks_siemens("not-a-number")
def target_is_no_number(p: Text) -> int:
    return p.swap(p.lit(), r"X[0-9.]+", "XNAN")


@breaks_siemens("no-motion-word")
def block_lost_its_g1(p: Text) -> int:
    return p.swap(p.lit(), "G1 ", "")


@breaks_siemens("no-axis-words")
def block_lost_its_target(p: Text) -> int:
    return p.swap(p.lit(), r"X.* F", "F")


@breaks_siemens("missing-f")
def dwell_without_f(p: Text) -> int:
    return p.swap(p.find("G4 "), r" F.*", "")


@breaks_siemens("not-text")
def letter_of_another_alphabet(p: Text) -> int:
    return p.swap(p.lit(), "X", "Х")


@breaks_siemens("long-line")
def line_longer_than_we_read(p: Text) -> int:
    return p.swap(p.lit(), "$", " " * 250)


@breaks_siemens("command-in-comment")
def lost_line_break_hides_an_output(p: Text) -> int:
    return p.swap(p.find("; layer 1 turn 1"), "$", " DO $A_OUT[1]=1")


@breaks_siemens("block-number")
def block_repeated(p: Text) -> int:
    return p.put(p.lit() + 1, p[p.lit()])


@breaks_siemens("block-number")
def two_blocks_swapped(p: Text) -> int:
    i, k = p.lit(8), p.lit(9)
    p[i], p[k] = p[k], p[i]
    return i + 1


# --- order and end ---


@breaks_siemens("no-end")
def program_without_end(p: Text) -> int:
    p.drop(p.find("M30"))
    return len(p) - 2


@breaks_siemens("no-end")
def file_cut_off_in_the_middle(p: Text) -> int:
    del p[p.lit() + 1 :]
    return len(p) - 1


@breaks_siemens("text-after-end")
def end_too_early(p: Text) -> int:
    return p.put(p.lit(), "M30") + 1


@breaks_siemens("no-safe-start")
def power_not_zeroed_first(p: Text) -> int:
    p.drop(p.find("$A_OUTA[1]"))
    return p.find("G0")


@breaks_siemens("no-safe-start")
def gate_not_closed_first(p: Text) -> int:
    p.drop(p.find("$A_OUT[1]"))
    return p.find("G0")


@breaks_siemens("wrong-machine")
def program_of_another_machine(p: Text) -> int:
    return p.swap(p.find("; machine"), "x-axial-6kw-840d", "x-axial-4kw")


# --- outputs and motion ---


@breaks_siemens("missing-stopre")
def output_switched_ahead_of_its_time(p: Text) -> int:
    return p.drop(p.find("STOPRE", 2))


@breaks_siemens("immediate-while-lit")
def stop_in_a_track(p: Text) -> int:
    return p.put(p.watts(), "STOPRE")


@breaks_siemens("immediate-while-lit")
def power_switched_at_once_in_a_track(p: Text) -> int:
    return p.swap(p.watts(), "DO ", "")


@breaks_siemens("immediate-while-lit")
def no_lead_out(p: Text) -> int:
    i = p.find("DO $A_OUT[1]=0")
    del p[i - 1 : i + 3]
    return i - 1


@breaks_siemens("queued-without-motion")
def off_is_queued_and_never_fires(p: Text) -> int:
    return p.put(p.find("M30"), "DO $A_OUT[1]=0")


@breaks_siemens("queued-without-motion")
def power_stands_before_a_stop(p: Text) -> int:
    i = p.find("STOPRE", 2)
    return p.put(i, "DO $A_OUTA[1]=500.0")


@breaks_siemens("lit-without-motion")
def dwell_in_a_track(p: Text) -> int:
    return p.put(p.lit() + 1, "G4 F0.5")


@breaks_siemens("lit-rapid")
def rapid_in_a_track(p: Text) -> int:
    return p.swap(p.swap(p.lit(), "G1", "G0"), " F.*", "")


@breaks_siemens("on-at-end")
def gas_left_on(p: Text) -> int:
    p.drop(p.find("$A_OUT[2]=0", -1))
    return p.find("M30")


@breaks_siemens("no-feed-rate")
def block_without_f(p: Text) -> int:
    return p.swap(p.lit(), r" F.*", "")


@breaks_siemens("helix-in-g94")
def helix_without_inverse_time(p: Text) -> int:
    return p.drop(p.find("G93"))


@breaks_siemens("power-range")
def power_above_the_laser(p: Text) -> int:
    return p.swap(p.watts(), r"=.*", "=6000.1")


@breaks_siemens("power-step")
def power_jumps(p: Text) -> int:
    return p.swap(p.watts(), r"=.*", "=2300.0")


@breaks_siemens("dark-gap")
def gate_never_opened(p: Text) -> int:
    i = p.lit(0)
    p.drop(p.find("DO $A_OUT[1]=1"))
    return i - 1


@breaks_siemens("lit-without-powder")
def powder_never_on(p: Text) -> int:
    p.drop(p.find("$A_OUTA[2]", 1))
    return p.lit(0)


@breaks_siemens("powder-range")
def feeder_beyond_its_weighings(p: Text) -> int:
    return p.swap(p.find("$A_OUTA[2]", 1), r"=.*", "=11.5")


@breaks_siemens("soft-limit")
def x_beyond_its_travel(p: Text) -> int:
    return p.swap(p.lit(), r"X[0-9.]+", "X2501.0")


@breaks_siemens("travel-speed")
def one_block_ten_percent_too_fast(p: Text) -> int:
    return p.shift(p.lit(), "F", 0.0, 1.1)


@breaks_siemens("a-reverses")
def part_turns_back(p: Text) -> int:
    return p.shift(p.lit(), "A", -60.0)


@breaks_siemens("rapid-too-close")
def no_retract_between_layers(p: Text) -> int:
    p.drop(p.find("G0 Z", 2))
    return p.find("G0 X", 1)
