"""`reclad quote`: what a planned repair costs, what it asks, and what its damage may cost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reclad.app.assess import OutcomesFile
from reclad.app.door import mention, tell

if TYPE_CHECKING:
    from reclad.shop import Asked
    from reclad.shop.money import Amount


PriceFile = Annotated[str, typer.Option("--prices", help="price file, by name")]
NewPart = Annotated[
    str, typer.Option("--new-part", help='price of a new part, "9000 CNY"; else by its mass')
]


def add_commands(app: typer.Typer) -> None:
    """Put the command of this module on the command line."""
    app.command()(quote)


def quote(
    job: Annotated[Path, typer.Argument(metavar="JOB", help="job folder that holds a plan")],
    prices: PriceFile = "desert-shop",
    price: Annotated[
        str, typer.Option(help='asked, "5000 CNY"; else the one that keeps the margin')
    ] = "",
    new_part: NewPart = "",
    setup: Annotated[str, typer.Option(help='set-up time, "1 h"; else the price file')] = "",
    machining: Annotated[
        str, typer.Option(help='machining time, "2 h"; else by the chips to take off')
    ] = "",
    inspection: Annotated[str, typer.Option(help='"0.5 h"; else the price file')] = "",
    furnace_time: Annotated[str, typer.Option(help='"3 h"; else by preheat and mass')] = "",
    outcomes: OutcomesFile = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="give up a quote that somebody changed by hand")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print the result as JSON")] = False,
) -> None:
    """Costs, price and damage of a plan: writes JOB/quote."""
    import datetime

    from reclad.record.folder import job_folder_of
    from reclad.shop import quote_job, read_planned, read_prices, write_quote
    from reclad.shop.outcomes import read_outcomes

    money = {"price": price, "new-part": new_part}
    times = {"setup": setup, "machining": machining, "inspection": inspection,
             "furnace-time": furnace_time}  # fmt: skip
    listed = read_prices(prices, job_folder_of(job))
    asked = _asked(money, times, listed.currency)
    known = () if outcomes is None else read_outcomes(outcomes)
    mention(f"  weighing the damages of the plan; {len(known)} repairs of the shop are known")
    today = datetime.datetime.now(tz=datetime.UTC).astimezone().date()
    made = quote_job(read_planned(job, known), listed, asked, today)
    told, folder = write_quote(made, job, replace=replace)
    if as_json:
        tell(json.dumps(told, indent=2, allow_nan=False))
    else:
        tell("\n".join(_lines(told, folder)))


def _asked(money: dict[str, str], times: dict[str, str], currency: str) -> Asked:
    from reclad.shop import Asked, Hours

    hours = {name: _time(name, text) if text else None for name, text in times.items()}
    hours["furnace"] = hours.pop("furnace-time")
    sums = {name: read_sum(name, text, currency) if text else None for name, text in money.items()}
    return Asked(sums["price"], sums["new-part"], Hours(**hours))


def _time(option: str, text: str) -> float:
    from reclad.errors import ShopError, UnitError
    from reclad.units import parse_quantity

    try:
        seconds = parse_quantity(text, "h")
    except UnitError as error:
        raise UnitError(f"--{option}: {error}") from error
    if seconds < 0:
        raise ShopError(f"--{option}: {text} is negative; give 0 h or more")
    return seconds


def read_sum(option: str, text: str, currency: str) -> Amount:
    """The money that an option states; UnitError names the option."""
    from reclad.errors import UnitError
    from reclad.shop.money import parse_amount

    try:
        return parse_amount(text, currency)
    except UnitError as error:
        raise UnitError(f"--{option}: {error}") from error


def _lines(told: dict[str, Any], folder: Path) -> list[str]:
    currency, price = told["currency"], told["price"]
    how = "as asked" if price["asked_by_shop"] else "the least that keeps the margin"
    lines = [
        f"{told['job']}: {told['verdict']}",
        f"  price     {price['amount']:,.0f} {currency}, {how}; valid until {told['until']}",
        *_coupon_lines(told),
        *(f"  because   {reason}" for reason in told["reasons"]),
        *_restricted_line(told["restricted"]),
        "",
        f"{'cost in ' + currency:24}{'expected':>10}{'low':>10}{'high':>10}",
        *(_row(name, one) for name, one in told["costs"].items()),
        _row("left of the price", told["left"]),
        "  nine out of ten such jobs lie between low and high",
        "",
        *_damage_lines(told),
        "",
        *_new_part_lines(told),
        "",
        f"customer  {folder / 'quote.html'}",
        f"internal  {folder / 'costs.csv'}, {folder / 'quote.json'}",
    ]
    if told["verdict"] != "accept":
        lines.append(f"next      reclad assess {folder.parent}")
    return lines


def _restricted_line(restricted: dict[str, str] | None) -> list[str]:
    if restricted is None:
        return []
    return [
        f"  RESTRICTED by the agreement on the trials {restricted['trials']}, and so is this quote"
    ]


def _coupon_lines(told: dict[str, Any]) -> list[str]:
    """What the price is once a coupon has shown the beads as planned."""
    coupon, currency = told["coupon"], told["currency"]
    if coupon is None:
        return []
    counts = f"{coupon['good_draws']} of {coupon['draws']} draws keep every limit"
    shown = coupon["shown"]
    if shown is None:
        return [f"  coupon    only {counts}: no price after it"]
    loss, total = shown["chance_of_loss"], shown["costs"]["total"]
    return [
        f"  coupon    {counts}: it shows the beads as planned with {_percent(coupon['chance'])}",
        f"  after it  {shown['price']['amount']:,.0f} {currency}, on the customer's page; then: "
        f"{shown['verdict']}",
        f"            cost {total['expected']:,.0f} ({total['low']:,.0f} to {total['high']:,.0f}), "
        f"part lost {_percent(loss['value'])} ({_percent(loss['p05'])} to {_percent(loss['p95'])})",
        *(f"            since {reason}" for reason in shown["reasons"]),
    ]


def _row(name: str, one: dict[str, float]) -> str:
    cells = (f"{one[key]:>10,.0f}" for key in ("expected", "low", "high"))
    return f"{name:24}" + "".join(cells)


def _damage_lines(told: dict[str, Any]) -> list[str]:
    currency, loss, lost = told["currency"], told["chance_of_loss"], told["lost_part"]
    lines = [
        f"{'lost part by damage':24}{'middle':>10}{'low':>10}{'high':>10}{'mean cost':>12}",
        *(
            f"{name.replace('_', ' '):24}"
            + "".join(f"{_percent(one['lost'][key]):>10}" for key in ("value", "p05", "p95"))
            + f"{lost['shop'][name]['expected']:>12,.0f}"
            for name, one in told["damage"].items()
        ),
        f"  a lost part costs the shop {lost['shop_pays']:,.0f} {currency}; of these chances "
        f"{100 * told['belief']:.0f} % is belief",
    ]
    each = ", ".join(
        f"{one['customer_bears']:,.0f} -> {one['price']:,.0f}" for one in told["deductibles"]
    )
    lines.append(f"  least price with a deductible, {currency}: {each}")
    predicted = f"{_percent(loss['value'])} ({_percent(loss['p05'])} to {_percent(loss['p95'])})"
    if told["break_even"] is None:
        lines.append(f"  predicted {predicted}: no chance is low enough, the price leaves nothing")
        return lines
    lines.append(f"  predicted {predicted}; nothing is earned from")
    lines += [f"    {_percent(p)} on, where {how}" for how, p in told["break_even"].items()]
    return lines


def _new_part_lines(told: dict[str, Any]) -> list[str]:
    new, currency = told["new_part"], told["currency"]
    source = "as stated" if new["stated"] else "by its mass; give --new-part"
    return [
        f"new part  {new['price']['expected']:,.0f} {currency}, {source}: the repair is cheaper "
        f"with {_percent(new['repair_is_cheaper'])}",
        f"CO2e      {told['kgCO2e']['total']['expected']:.3g} kg, new "
        f"{new['kgCO2e']['expected']:.3g} kg: the repair takes less with "
        f"{_percent(new['repair_takes_less_CO2e'])}",
    ]


def _percent(share: float) -> str:
    """A chance, two digits; never a certainty."""
    if share > 0.995:
        return "> 99 %"
    return "< 0.01 %" if share < 1e-4 else f"{100 * share:.2g} %"
