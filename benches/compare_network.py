"""vadex beside scipy on one firm network, in one run: time, accuracy, memory.

    cargo build --release --examples
    pip install numpy scipy
    python3 benches/compare_network.py [FIRMS [PURCHASES [SPECTRAL_RADIUS]]]
    python3 benches/compare_network.py --growth [CHART.svg]   # vadex alone: time and memory in the number of purchases

scipy solves with the solver and settings that are best for it among those tried (bicgstab, gmres with several restarts);
both stop at the same true residual |y - (I - A) x|_1 / |y|_1 <= 1e-12. Prints Markdown.
"""

import json
import os
import subprocess
import sys
import tempfile
import time

import numpy as np
import scipy
import scipy.sparse as sp
import scipy.sparse.linalg as sl

from growth_chart import draw

TOLERANCE = 1e-12
EXAMPLES = os.path.join(os.path.dirname(__file__), "..", "target", "release", "examples")


def machine():
    with open("/proc/cpuinfo") as file:
        name = next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    return f"{os.cpu_count()} cores {name}, scipy {scipy.__version__}, commit {commit}"


def residual(a, x, y):
    return np.abs(y - x + a @ x).sum() / np.abs(y).sum()


def to_tolerance(solve, a, y):
    """The loosest 2-norm tolerance of the solver that reaches the true residual, and its time."""
    # The solvers watch another norm: ask for less first, so that none does more than it must.
    for asked in (1e-11, 3e-12, 1e-12, 3e-13, 1e-13, 3e-14, 1e-14):
        start = time.perf_counter()
        x, _ = solve(y, asked)
        seconds = time.perf_counter() - start
        reached = residual(a, x, y)
        if reached <= TOLERANCE:
            return seconds, reached, asked, x
    return float("inf"), reached, asked, x


def scipy_solvers(a):
    count = [0]

    def product(x):
        count[0] += 1
        return x - a @ x

    operator = sl.LinearOperator(a.shape, product, dtype=float)
    yield "bicgstab", lambda y, t: sl.bicgstab(operator, y, rtol=t, maxiter=500), count
    for restart in (20, 30, 60):
        yield (
            f"gmres({restart})",
            lambda y, t, restart=restart: sl.gmres(operator, y, rtol=t, restart=restart, maxiter=500),
            count,
        )


def vadex(folder, columns, side, repetitions=3, target=None):
    command = [os.path.join(EXAMPLES, "solve_network"), folder, str(columns), side, str(repetitions)]
    return json.loads(subprocess.run(command + ([target] if target else []), capture_output=True, text=True, check=True).stdout)


def growth(chart=None):
    """Time and memory of one right-hand side over networks of the same degrees, and the exponents of their growth."""
    print(f"{machine()}; 12 purchases a firm, spectral radius 0.7, one right-hand side\n")
    print("| purchases | s | passes | ns per purchase and pass | peak MB | peak over the matrix |")
    print("|---|---|---|---|---|---|")
    points = []
    for purchases in (1_200_000, 2_400_000, 4_800_000, 9_600_000, 19_200_000):
        firms = purchases // 12
        with tempfile.TemporaryDirectory() as folder:
            network(folder, firms, purchases, "0.7")
            np.random.default_rng(1).random(firms).tofile(os.path.join(folder, "right"))
            stored = os.path.getsize(os.path.join(folder, "indices")) // 4
            run = vadex(folder, 1, "plain", 5)
        best = min(run["times_s"])
        points.append((stored, best / run["passes"], run["peak_bytes"]))
        print(
            f"| {stored} | {best:.3f} | {run['passes']} | {1e9 * best / run['passes'] / stored:.2f} | "
            f"{run['peak_bytes'] / 1e6:.0f} | {run['peak_bytes'] / run['matrix_bytes']:.2f} |"
        )
    sizes, seconds, peak = (list(column) for column in zip(*points))
    if chart:
        drawn = draw(chart, [
            ("purchases", "seconds a pass", [("one right-hand side", sizes, seconds, 1)]),
            ("purchases", "peak memory, bytes", [("one right-hand side", sizes, peak, 1)]),
        ])
        print(f"\n![Time and memory in purchases; dotted: the expected power]({os.path.basename(chart)})" if drawn else "\nNo chart: matplotlib is not installed.")
    stored, seconds, peak = np.log(np.array(points)).T
    slope = lambda values: np.polyfit(stored, values, 1)[0]
    print(f"\nFitted exponents in the number of purchases: time of a pass {slope(seconds):.2f}, peak memory {slope(peak):.2f} (expected: 1, 1).")


def network(folder, firms, purchases, radius):
    subprocess.run(
        [os.path.join(EXAMPLES, "make_network"), str(firms), str(purchases), radius, "1", folder],
        check=True, stderr=subprocess.DEVNULL,
    )


def main():
    if sys.argv[1:2] == ["--growth"]:
        return growth(*sys.argv[2:3])
    firms = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    purchases = int(sys.argv[2]) if len(sys.argv) > 2 else 12 * firms
    radius = sys.argv[3] if len(sys.argv) > 3 else "0.7"
    with tempfile.TemporaryDirectory() as folder:
        network(folder, firms, purchases, radius)
        read = lambda name, kind: np.fromfile(os.path.join(folder, name), dtype=kind)
        plain = sp.csr_matrix(
            (read("data", "<f8"), read("indices", "<u4").astype(np.int32), read("indptr", "<u4").astype(np.int32)),
            shape=(firms, firms),
        )
        rng = np.random.default_rng(1)
        right = rng.random((16, firms)) + 0.1
        right.tofile(os.path.join(folder, "right"))
        print(f"{machine()}; {firms} firms, {plain.nnz} purchases, spectral radius {radius}\n")
        print("| system | solver | right-hand sides | s per right-hand side | passes | residual | ratio to scipy's best |")
        print("|---|---|---|---|---|---|---|")
        for side in ("plain", "transposed"):
            a = plain if side == "plain" else plain.T.tocsr()
            best, kept = float("inf"), None
            for name, solve, count in scipy_solvers(a):
                seconds, reached, asked, x = to_tolerance(solve, a, right[0])
                # Once more at the tolerance found, and take the better time.
                count[0] = 0
                start = time.perf_counter()
                solve(right[0], asked)
                seconds = min(seconds, time.perf_counter() - start)
                print(f"| {side} | scipy {name} | 1 | {seconds:.3f} | {count[0]} | {reached:.1e} | |")
                if seconds < best:
                    best, kept = seconds, x
            for columns in (1, 16):
                target = os.path.join(folder, "solution")
                run = vadex(folder, columns, side, 3 if columns == 1 else 1, target)
                seconds = min(run["times_s"]) / columns
                x = read("solution", "<f8").reshape(columns, firms)
                worst = max(residual(a, x[c], right[c]) for c in range(columns))
                print(f"| {side} | vadex | {columns} | {seconds:.3f} | {run['passes']} | {worst:.1e} | {seconds / best:.2f} |")
                print(
                    f"{side}, {columns}: peak {run['peak_bytes'] / 1e6:.0f} MB = "
                    f"{run['peak_bytes'] / run['matrix_bytes']:.2f} x the matrix ({run['matrix_bytes'] / 1e6:.0f} MB), "
                    f"set-up {run['setup_s']:.2f} s, {run['threads']} threads, largest difference to scipy "
                    f"{np.abs(x[0] - kept).max() / np.abs(kept).max():.1e} of the largest element",
                    file=sys.stderr,
                )


if __name__ == "__main__":
    main()
