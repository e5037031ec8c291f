"""Small job shops, drawn, and their best makespan by trying every plan."""

from __future__ import annotations

from random import Random

from reclad.schedule.jobshop import JobShop


def draw_shop(random: Random, jobs: int, operations: int, machines: int) -> JobShop:
    """A shop whose operations have from one to all machines, durations 1 to 9."""
    return JobShop(
        machines,
        tuple(
            tuple(
                {
                    machine: random.randint(1, 9)
                    for machine in random.sample(
                        range(1, machines + 1), random.randint(1, machines)
                    )
                }
                for _ in range(random.randint(1, operations))
            )
            for _ in range(jobs)
        ),
    )


def best_by_trying(shop: JobShop) -> int:
    """Least makespan: every operation appended in every order on every machine it can have."""
    best = sum(max(ways.values()) for job in shop.jobs for ways in job)

    def go_on(following: tuple[int, ...], done: tuple[int, ...], free: tuple[int, ...]) -> None:
        nonlocal best
        if max(done) >= best:
            return
        waiting = [j for j, job in enumerate(shop.jobs) if following[j] < len(job)]
        if not waiting:
            best = max(done)
        for j in waiting:
            for machine, time in shop.jobs[j][following[j]].items():
                end = max(done[j], free[machine]) + time
                go_on(
                    (*following[:j], following[j] + 1, *following[j + 1 :]),
                    (*done[:j], end, *done[j + 1 :]),
                    (*free[:machine], end, *free[machine + 1 :]),
                )

    count = len(shop.jobs)
    go_on((0,) * count, (0,) * count, (0,) * (shop.machines + 1))
    return best
