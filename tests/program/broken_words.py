"""Programs broken in their words, codes and order, each with its rule and line."""

from __future__ import annotations

from breaking import Text, breaks

# --- words and lines ---


@breaks("missing-q")
def power_without_q(p: Text) -> int:
    return p.swap(p.watts(), r" Q.*", "")


@breaks("missing-e")
def power_without_e(p: Text) -> int:
    return p.swap(p.watts(), r"E0 ", "")


@breaks("missing-p")
def gate_without_p(p: Text) -> int:
    return p.swap(p.find("M62"), r" P0", "")


@breaks("missing-p")
def dwell_without_p(p: Text) -> int:
    return p.swap(p.find("G4"), r" P.*", "")


@breaks("unknown-output")
def power_to_an_analog_output_that_is_not_there(p: Text) -> int:
    return p.swap(p.watts(), "E0", "E7")


@breaks("unknown-output")
def gas_to_a_digital_output_that_is_not_there(p: Text) -> int:
    return p.swap(p.find("M64 P2"), "P2", "P9")


@breaks("exponent")
def power_as_exponent(p: Text) -> int:
    return p.swap(p.watts(), r"Q.*", "Q1.9e3")


@breaks("not-a-number")
def power_is_nan(p: Text) -> int:
    return p.swap(p.watts(), r"Q.*", "QNAN")


@breaks("not-a-number")
def target_beyond_all_numbers(p: Text) -> int:
    return p.swap(p.lit(), r"X[0-9.]+", "X99999999999")


@breaks("syntax")
def letter_lost_from_a_word(p: Text) -> int:
    return p.swap(p.lit(), " X", " ")


@breaks("syntax")
def block_delete_mark(p: Text) -> int:
    return p.swap(p.lit(), "G1", "/G1")


@breaks("duplicate-word")
def two_x_words(p: Text) -> int:
    return p.swap(p.lit(), " Z", " X3 Z")


@breaks("two-commands")
def two_motions_on_a_line(p: Text) -> int:
    return p.swap(p.lit(), "G1", "G0 G1")


@breaks("two-commands")
def two_outputs_on_a_line(p: Text) -> int:
    return p.swap(p.find("M62"), "M62 P0", "M62 P0 M67 E0 Q1995.0")


@breaks("long-line")
def line_longer_than_the_controller_reads(p: Text) -> int:
    return p.swap(p.lit(), "$", " " * 250)


@breaks("unknown-word")
def axis_the_machine_does_not_have(p: Text) -> int:
    return p.swap(p.lit(), " Z", " Y1 Z")


@breaks("no-axis-words")
def block_lost_its_target(p: Text) -> int:
    return p.swap(p.lit(), r"X.* F", "F")


@breaks("no-motion-word")
def first_rapid_lost_its_g0(p: Text) -> int:
    return p.swap(p.find("G0"), "G0 ", "")


@breaks("not-text")
def nul_byte(p: Text) -> int:
    return p.swap(p.lit(), " Z", "\0Z")


@breaks("not-text")
def letter_of_another_alphabet(p: Text) -> int:
    return p.swap(p.lit(), "X", "Х")


@breaks("comment")
def comment_not_closed(p: Text) -> int:
    return p.swap(p.find("( layer 1 turn 2"), r" \)", "")


@breaks("comment")
def comment_within_a_comment(p: Text) -> int:
    return p.swap(p.find("( layer 1 turn 2"), r"turn", "(turn")


@breaks("comment")
def comment_not_opened(p: Text) -> int:
    return p.swap(p.find("( layer 1 turn 2"), r"\( ", "")


@breaks("command-in-comment")
def lost_line_break_hides_a_command(p: Text) -> int:
    return p.swap(p.find("( layer 1 turn 1"), r" \)", " M62 P0 )")


@breaks("command-in-comment")
def emission_on_in_a_comment(p: Text) -> int:
    return p.swap(p.find("( layer 1 turn 1"), "layer", "laser 0 percent EMON layer")


@breaks("active-comment")
def comment_the_controller_runs(p: Text) -> int:
    return p.put(p.lit(), "(LOGOPEN,/tmp/x)")


# --- codes and order ---


@breaks("units")
def inches(p: Text) -> int:
    return p.swap(p.find("G21"), "G21", "G20")


@breaks("units")
def millimetres_not_set(p: Text) -> int:
    p.swap(p.find("G21"), "G21 ", "")
    return p.find("G0")


@breaks("distance")
def incremental_moves(p: Text) -> int:
    return p.put(p.lit(), "G91")


@breaks("distance")
def absolute_not_set(p: Text) -> int:
    p.swap(p.find("G21"), "G90 ", "")
    return p.find("G0")


@breaks("path-mode")
def exact_stop(p: Text) -> int:
    return p.put(p.find("G93"), "G61")


@breaks("path-mode")
def blending_not_set(p: Text) -> int:
    p.swap(p.find("G21"), " G64 P.*", "")
    return p.find("G0")


@breaks("path-mode")
def blending_without_tolerance(p: Text) -> int:
    return p.swap(p.find("G21"), "G64 P.*", "G64")


@breaks("path-mode")
def blending_too_wide(p: Text) -> int:
    return p.swap(p.find("G21"), "G64 P.*", "G64 P0.5")


@breaks("header")
def tool_length_not_cancelled(p: Text) -> int:
    p.swap(p.find("G21"), "G49 ", "")
    return p.find("G0")


@breaks("feed-mode")
def feed_per_turn(p: Text) -> int:
    return p.put(p.lit(), "G95")


@breaks("unknown-code")
def arc(p: Text) -> int:
    return p.swap(p.lit(), "G1", "G2")


@breaks("unknown-code")
def spindle_on(p: Text) -> int:
    return p.put(p.lit(), "M3")


@breaks("unknown-code")
def wait_for_an_input(p: Text) -> int:
    return p.put(p.find("G93"), "M66 P1 L3 Q10")


@breaks("no-end")
def program_without_end(p: Text) -> int:
    p.drop(p.find("M2"))
    return len(p) - 2


@breaks("no-end")
def file_cut_off_in_the_middle(p: Text) -> int:
    del p[p.lit() + 1 :]
    return len(p) - 1


@breaks("text-after-end")
def end_too_early(p: Text) -> int:
    return p.put(p.lit(), "M2") + 1


@breaks("text-after-end")
def text_after_end(p: Text) -> int:
    return p.put(len(p), "G0 X0")


@breaks("no-safe-start")
def power_not_zeroed_first(p: Text) -> int:
    p.drop(p.find("M68 E0"))
    return p.find("G0")


@breaks("no-safe-start")
def gate_not_closed_first(p: Text) -> int:
    p.drop(p.find("M65 P0"))
    return p.find("G0")


@breaks("wrong-machine")
def program_of_another_machine(p: Text) -> int:
    return p.swap(p.find("( machine"), "x-axial-4kw", "y-axial-8kw")
