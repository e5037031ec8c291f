"""Watts to what the controller's analog output carries, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reclad.errors import ProcessError

if TYPE_CHECKING:
    from reclad.job import Machine

_VOLTS = 10.0


def power_digits(machine: Machine) -> int:
    """Decimals that carry a power well within what a plan allows: a tenth of a watt, 10 uV."""
    return 1 if machine.laser.unit == "W" else 5


def printed_power(machine: Machine, watts: float) -> str:
    """The analog output's value for a power (W), as printed; 0 W is always 0."""
    return f"{machine.laser.output_for(watts):.{power_digits(machine)}f}"


def power_print(machine: Machine) -> float:
    """Power (W) that may be lost or won by the digits printed in volts; watts keep their tenth."""
    laser = machine.laser
    if laser.watts_at_1_volt is None or laser.watts_at_10_volts is None:
        return 0.0
    slope = (laser.watts_at_10_volts - laser.watts_at_1_volt) / (_VOLTS - 1.0)
    slope *= 1.0 if laser.meter is None else laser.meter.slope
    return slope * 0.505 * 10.0 ** -power_digits(machine)


def watts_of(machine: Machine, value: float) -> float:
    """Power (W) at a value of the analog output; one it cannot carry is out of range as power."""
    try:
        return machine.laser.power_for(value)
    except ProcessError:
        return machine.laser.power_for(_VOLTS) * value / _VOLTS
