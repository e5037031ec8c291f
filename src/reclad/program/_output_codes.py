"""LinuxCNC's output codes: M62, M63 and M67 wait for motion, M64, M65 and M68 act at once."""

from __future__ import annotations

from reclad.program._outputs import Outputs


def command_output(out: Outputs, number: int, code: int, values: dict[str, float]) -> None:
    """Take M62 to M68 (`code` in tenths), using up its words in `values`."""
    name = f"M{code // 10}"
    if code in (670, 680):
        channel, value = values.pop("E", None), values.pop("Q", None)
        roles, letter = out.analog, "E"
        if value is None:
            words = f"{name} without Q: the controller outputs -1 - write the value as Q"
            out.found.add(number, "missing-q", words)
            return
    elif code in (620, 630, 640, 650):
        channel, value = values.pop("P", None), float(code in (620, 640))
        roles, letter = out.digital, "P"
    else:
        values.clear()
        return
    if channel is None:
        rule = f"missing-{letter.lower()}"
        out.found.add(number, rule, f"{name} without {letter}: name the output")
        return
    role = roles.get(int(channel)) if channel == int(channel) else None
    if role is None:
        out.unknown(number, f"{name} {letter}{channel:g}", roles, letter)
    elif code in (620, 630, 670):
        out.wait(number, name, role, value)
    else:
        out.switch(number, name, role, value)
