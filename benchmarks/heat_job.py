"""The jobs whose heat is timed, planned and put away for the processes that time them.

`python benchmarks/heat_job.py pipe|shaft FOLDER`; used by heat.py.
"""

from __future__ import annotations

import json
import os
import pickle
import re
import sys
import tempfile
import time
from pathlib import Path

from reclad.heat import heating_of, middle_of, resolve_pools
from reclad.job import Job, new_job, read_job
from reclad.plan import plan_job

HOLDING = """[holding]
chuck_length = "50 mm"
chuck_film = "500 W/m^2/K"
bore_film = "{bore} W/m^2/K"
gas_film = "60 W/m^2/K"
gas_reach = "20 mm"
"""


def make_job(shape: str, folder: Path) -> Job:
    """The shipped pipe held in a chuck, with air moving in its bore; or the same as a solid
    shaft."""
    made = new_job(shape, like="pipe", where=folder)
    file = made / "job.toml"
    text = re.sub(
        r"\[holding\].*?(?=\n\[|\Z)", "", file.read_text(encoding="utf-8"), flags=re.DOTALL
    )
    if shape == "shaft":
        text = re.sub(r"(?m)^wall = .*$", "", text).replace('shape = "pipe"', 'shape = "shaft"')
    text += "\n" + HOLDING.format(bore=5 if shape == "pipe" else 0)
    file.write_text(text, encoding="utf-8")
    return read_job(made)


def main() -> None:
    shape, folder = sys.argv[1], Path(sys.argv[2])
    job = make_job(shape, folder)
    plan = plan_job(job)
    heating = middle_of(heating_of(job, plan.choice, plan.draws))
    usual = os.environ.get("RECLAD_CACHE")
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["RECLAD_CACHE"] = scratch
        wall, used = time.monotonic(), time.process_time()
        pools = resolve_pools(job, plan.deposit, plan.choice.procedure, heating)
        wall, used = time.monotonic() - wall, time.process_time() - used
    os.environ.pop("RECLAD_CACHE")
    if usual is not None:
        os.environ["RECLAD_CACHE"] = usual
    kept = {
        "deposit": plan.deposit,
        "toolpath": plan.toolpath,
        "law": plan.law,
        "heating": heating,
        "pools": pools,
    }
    (folder / shape / "kept.pickle").write_bytes(pickle.dumps(kept))
    print(json.dumps({"table_cpu": used, "table_wall": wall, "pauses": len(plan.pauses)}))


if __name__ == "__main__":
    main()
