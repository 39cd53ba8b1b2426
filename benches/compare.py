#!/usr/bin/env python3
"""The engine beside numpy/scipy, pymrio, pandas and the R packages, on the same tables, in one run.

    python3 benches/compare.py                 small tables, a minute
    python3 benches/compare.py --full          besides, the size of the OECD's tables (81 x 50)
    python3 benches/compare.py --networks      besides, a network of 10^6 firms beside scipy

Builds the engine, makes the tables, runs every tool that is installed (and says which are not), each measurement in a
process of its own, and prints times with ratios, peak memory beside time, accuracy beside speed. Writes
benches/results/<date>-<machine>.md with machine, versions and commit.

numpy, scipy, pandas, pyarrow, pymrio, threadpoolctl and matplotlib come from PyPI; the R side is benches/compare.R.
"""

import argparse
import datetime
import importlib.metadata
import json
import math
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from growth_chart import draw

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
# Settings that pin OpenBLAS to kernels of another processor: every tool runs with its own choice.
PINNED = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "RAYON_NUM_THREADS")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in PINNED}
# Sizes whose largest are told apart by their exponents: G at 35 sectors, sectors at 20 economies.
GROWTH_ECONOMIES = [(20, 35), (41, 35), (82, 35)]
GROWTH_SECTORS = [(20, 35), (20, 70), (20, 140)]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--full", action="store_true", help="also 81 x 50 (4050 rows)")
    arguments.add_argument("--repeats", type=int, default=5, help="measurements of each task; the best counts")
    arguments.add_argument("--growth", action=argparse.BooleanOptionalAction, default=True, help="time and memory in N and G")
    arguments.add_argument("--r-full", action="store_true", help="the R packages at 81 x 50, too (a quarter of an hour)")
    arguments.add_argument("--networks", action="store_true", help="also a network of 10^6 firms beside scipy (compare_network.py)")
    arguments.add_argument("--build", action=argparse.BooleanOptionalAction, default=True, help="build the engine first")
    arguments.add_argument("--output", type=Path, help="result file [default: benches/results/<date>-<machine>.md]")
    arguments.add_argument("--worker", nargs=2, metavar=("TASK", "FILE"), help=argparse.SUPPRESS)
    arguments.add_argument("--result", type=Path, help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.worker:
        worker(*options.worker, options.repeats, options.result)
        return
    if options.build:
        subprocess.run(["cargo", "build", "--release", "--quiet", "--examples", "--bins"], cwd=ROOT, check=True)
    output = options.output or HERE / "results" / f"{datetime.date.today()}-{machine_name()}.md"
    output.parent.mkdir(exist_ok=True)
    page = Page()
    sizes = [(41, 35)] + ([(81, 50)] if options.full else [])
    page.machine()
    with tempfile.TemporaryDirectory(prefix="vadex-compare-") as folder:
        for economies, sectors in sizes:
            compare(page, Path(folder), economies, sectors, options)
        processes(page, Path(folder), sizes[-1], options.repeats)
        if options.networks:
            networks(page)
        if options.growth:
            growth(page, max(1, options.repeats // 2), output.with_suffix(".svg"))
    output.write_text(page.text())
    print(f"\nwritten: {output}")


# ---------------------------------------------------------------------------------------------------------------------
# What is compared


def compare(page, folder, economies, sectors, options):
    repeats = options.repeats
    size, rows = f"{economies}x{sectors}", economies * sectors
    parquet, csv = folder / f"{size}.parquet", folder / f"{size}.csv"
    engine("make-parquet", size, 1, parquet)
    engine("make-csv", parquet, 1, csv)
    page.section(f"{economies} economies x {sectors} sectors ({rows} rows)")

    page.paragraph(
        "Dense kernels on I - A of the table. Rates count a multiply-add as two operations; `of the machine` is the rate "
        "over the best matrix product of any tool in this run; sweeps and an LU in single precision, both refined to double, "
        "stand beside the same LU of scipy and are counted as one. Residual: the largest column of ‖M X − Y‖₁ / ‖Y‖₁."
    )
    products = [engine("multiply", parquet, repeats), python("multiply", parquet, repeats)]
    machine = max((one["gflops"] for one in products if one), default=math.nan)
    elimination = python("lu", parquet, repeats)
    kernels = [
        ("matrix product", products),
        (f"LU and {economies} right-hand sides", [engine("lu", parquet, repeats), elimination]),
        (f"{economies} right-hand sides by sweeps (block-krylov)",
         [engine("solver:block-krylov", parquet, repeats), elimination]),
        (f"{economies} right-hand sides by an LU in single precision (dense-f32)",
         [engine("solver:dense-f32", parquet, repeats), elimination]),
        ("inverse in place", [engine("inverse", parquet, repeats), python("inverse", parquet, repeats)]),
        ("LU, then inverse from it", [engine("inverse-from-lu", parquet, repeats), None]),
    ]
    lines = []
    for name, (ours, theirs) in kernels:
        lines.append([
            name, seconds(ours), seconds(theirs), ratio(ours, theirs), rate(ours), rate(theirs),
            share(ours, machine), memory(ours), memory(theirs), small(ours, "residual"), small(theirs, "residual"),
        ])
    page.table(
        ["kernel", "vadex s", "scipy/numpy s", "scipy/vadex", "vadex GF/s", "scipy/numpy GF/s", "vadex of the machine",
         "vadex MiB", "scipy/numpy MiB", "vadex residual", "scipy/numpy residual"], lines)

    page.paragraph(
        "Whole tasks from the same table in memory to the same outputs. `A and B`: input coefficients and the global "
        "Leontief inverse. `TiVA matrices`: A, then value added by origin in the exports of each economy and value added "
        "absorbed by each economy (G x G both); vadex and scipy factorise once and solve 2 G right-hand sides, pymrio "
        "forms the inverse. Accuracy: the largest deviation of v B from one; the gap between the sum of contents and "
        "exports. Memory is the peak while the task runs, the table included."
    )
    tasks = [("A and B", "coefficients-and-inverse", "value_added_gap"), ("TiVA matrices", "tiva", "exports_gap")]
    for name, task, accuracy in tasks:
        results = {}
        for tool in ("vadex", "scipy", "pymrio"):
            result = folder / f"{tool}-{task}.txt"
            run = engine if tool == "vadex" else python
            label = task if tool == "vadex" else f"{tool}:{task}"
            results[tool] = (run(label, parquet, repeats, result), result)
        ours = results["vadex"]
        lines = []
        for tool, (found, numbers) in results.items():
            lines.append([tool, seconds(found), ratio(ours[0], found), memory(found), small(found, accuracy),
                          difference(ours[1], numbers) if tool != "vadex" else ""])
        page.paragraph(f"**{name}**")
        page.table(["tool", "s", "over vadex", "peak MiB", "accuracy", "largest difference from vadex"], lines)

    page.paragraph("**From file to table in memory** (the same numbers; the cache of the system is warm)")
    lines = []
    for name, file in (("canonical CSV", csv), ("canonical Parquet", parquet)):
        ours, theirs = engine("load", file, repeats), python("load", file, repeats)
        lines.append([name, f"{file.stat().st_size / 2**20:.0f}", seconds(ours), seconds(theirs), ratio(ours, theirs),
                      memory(ours), memory(theirs)])
    page.table(["file", "MiB", "vadex s", "pandas s", "pandas/vadex", "vadex MiB", "pandas MiB"], lines)

    page.paragraph(
        "**Decompositions, from the table in memory to every unit** (all terms; the identity gap is the worst of the "
        "equations that are evidence, relative to exports; of an R package, of its terms' sum and exports). The R "
        "packages are timed by `compare.R` on the CSV of the same table."
    )
    lines = []
    for task in ("decompose:wwz:bilateral-sector", "decompose:bm-source:bilateral-sector",
                 "decompose:bm-sink:bilateral-sector", "decompose:bm-self:bilateral-sector", "decompose:kww:country",
                 "pass"):
        found = engine(task, parquet, repeats)
        name = "tiva at every level, six bm variants and wwz at the finest" if task == "pass" else task[10:]
        lines.append(["vadex", name, seconds(found), memory(found), small(found, "identity_gap")])
    if rows < 2000 or options.r_full:
        lines.extend(r_packages(page, csv, economies, sectors))
    else:
        page.paragraph("R packages at this size: only with `--r-full`.")
    page.table(["tool", "task", "s", "peak MiB", "worst identity gap"], lines)


def r_packages(page, csv, economies, sectors):
    script = shutil.which("Rscript")
    if not script:
        page.paragraph("Not run here: R (no `Rscript`); decompr, icio, exvatools, gvc.")
        return []
    run = subprocess.run([script, str(HERE / "compare.R"), str(csv), str(economies), str(sectors)],
                         env=ENVIRONMENT, capture_output=True, text=True)
    lines, missing = [], []
    for line in run.stdout.splitlines():
        if line.startswith("{"):
            found = json.loads(line)
            if "missing" in found:
                missing.append(found["missing"])
            elif "failed" in found:
                page.paragraph(f"Stopped: {found['failed']}: {found['error']}")
            elif "setting" in found:
                page.paragraph(f"{found['setting']}; best of three runs, or the only one where it takes over a minute.")
            else:
                lines.append([f"{found['tool']} {found['version']}", found["task"], seconds(found), memory(found),
                              small(found, "accuracy")])
    if missing:
        page.paragraph(f"Not run here: R packages that are not installed: {', '.join(missing)}.")
    if run.returncode:
        page.paragraph(f"`compare.R` stopped: {run.stderr.strip().splitlines()[-1:]}")
    return lines


def processes(page, folder, size, repeats):
    """The program as its users start it: from a stored table to files."""
    page.section("Whole processes")
    page.paragraph(
        "vadex alone, from the start of the program to its end; the stored table is read from the cache of the system. "
        "`everything` is `tiva`, the six Borin-Mancini variants, WWZ, participation and lengths at all their levels. Draws: cell errors "
        "of every flow, rebalanced and solved again, a percentile interval for every indicator."
    )
    economies, sectors = size
    stored = folder / f"{economies}x{sectors}.parquet"
    commands = [
        (f"everything from a table of {economies} x {sectors}",
         ["everything", stored, "-o", folder / "everything", "--format", "parquet"]),
        ("tiva of builtin:wiod13/2005 with 1000 draws",
         ["tiva", "builtin:wiod13/2005", "--draws", "1000", "-o", folder / "draws.csv"]),
    ]
    lines = []
    for name, command in commands:
        seconds, mib = process([str(part) for part in command] + ["-q"], repeats)
        written = sorted((folder / "everything").glob("**/*.parquet")) if "everything" in command else [folder / "draws.csv"]
        lines.append([name, f"{seconds:.2f}", f"{mib:.0f}", str(len(written))])
    page.table(["command", "s", "peak MiB", "files"], lines)


def process(command, repeats):
    """Best wall time and largest resident memory of the program."""
    best, peak = math.inf, 0
    for _ in range(repeats):
        start = time.perf_counter()
        child = subprocess.Popen([str(ROOT / "target" / "release" / "vadex"), *command], env=ENVIRONMENT)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"vadex {' '.join(command)} failed")
        best, peak = min(best, time.perf_counter() - start), max(peak, usage.ru_maxrss / 1024)
    print(f"   vadex {command[0]:<45} {best:8.3f} s", flush=True)
    return best, peak


def networks(page):
    page.section("A network of firms")
    run = subprocess.run([sys.executable, HERE / "compare_network.py"], env=ENVIRONMENT, capture_output=True, text=True)
    page.paragraph(run.stdout.strip() if run.returncode == 0 else f"Not run: {run.stderr.strip().splitlines()[-1]}")


def growth(page, repeats, chart):
    page.section("Growth")
    page.paragraph(
        "Made-up tables of G economies x N sectors, n = G N. Exponents are fitted to the two largest sizes of each row "
        "(log of the ratio of times over log of the ratio of G or N); work of order n³ has exponent 3 in G and in N, "
        "n² has 2. A task with parts of several orders lies between them."
    )
    tasks = [
        ("lu", "LU and G right-hand sides", "2/3 n³ + 2 n² G"),
        ("inverse", "inverse in place", "2 n³"),
        ("tiva", "TiVA matrices", "2/3 n³ + 8 n² G"),
        ("decompose:wwz:bilateral-sector", "wwz bilateral-sector", "2 n³ + n² G"),
        ("decompose:bm-self:bilateral-sector", "bm-self bilateral-sector", "2 n³ + n² N"),
    ]
    header = ["task", "operations"]
    panels = []
    for axis, sizes in (("G", GROWTH_ECONOMIES), ("N", GROWTH_SECTORS)):
        lines, points = [], {}
        for task, name, operations in tasks:
            found = points[task] = [engine(task, f"{g}x{n}", repeats) for g, n in sizes]
            steps = math.log((sizes[-1][0] * sizes[-1][1]) / (sizes[-2][0] * sizes[-2][1]))
            power = lambda key: math.log(found[-1][key] / found[-2][key]) / steps if all(found) else math.nan
            lines.append([name, operations] + [f"{one['seconds']:.3g} s, {one['peak_mib']:.0f} MiB" for one in found]
                         + [f"{power('seconds'):.2f}", f"{power('peak_mib'):.2f}"])
        sizes_named = [f"{g} x {n}" for g, n in sizes]
        page.table(header + sizes_named + [f"time ~ {axis}^", f"memory ~ {axis}^"], lines)
        varied = [g if axis == "G" else n for g, n in sizes]
        for key, measure, power in (("seconds", "seconds", 3), ("peak_mib", "peak memory, MiB", 2)):
            drawn = [(name, varied, [one[key] for one in points[task]], power) for task, name, _ in tasks if all(points[task])]
            panels.append((axis, measure, drawn))
    if draw(chart, panels):
        page.paragraph(f"![Time and memory in G and N; dotted: the expected power through the largest size]({chart.name})")
    else:
        page.paragraph("No chart: matplotlib is not installed.")


# ---------------------------------------------------------------------------------------------------------------------
# Running


def engine(task, table, repeats, result=None):
    binary = ROOT / "target" / "release" / "examples" / "measure"
    return measured([str(binary), str(task), str(table), str(repeats)] + ([str(result)] if result else []))


def python(task, table, repeats, result=None):
    command = [sys.executable, __file__, "--repeats", str(repeats), "--worker", task, str(table)]
    return measured(command + (["--result", str(result)] if result else []))


def measured(command):
    """The JSON that a measuring process prints last; nothing when it failed or printed none."""
    run = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True)
    if run.returncode:
        print(f"not run: {' '.join(command[-4:])}: {run.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    lines = [line for line in run.stdout.splitlines() if line.startswith("{")]
    if not lines:
        return None
    found = json.loads(lines[-1])
    print(f"{found['tool']:>8} {found['task']:<36} {Path(found['table']).name:<18} {found['seconds']:8.3f} s", flush=True)
    return found


# ---------------------------------------------------------------------------------------------------------------------
# The other tools, each in a process of its own


def forget_peak():
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        pass


def peak_mib():
    try:
        line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
        return float(line.split()[1]) / 1024
    except (OSError, StopIteration):
        return None


def timed(repeats, prepare, task):
    import time

    times, last = [], None
    for _ in range(max(1, repeats)):
        last = None
        prepared = prepare()
        start = time.perf_counter()
        last = task(prepared)
        times.append(time.perf_counter() - start)
    return min(times), last


def read_table(path):
    """Z, Y by economy, economies of the rows, from the engine's Parquet."""
    import numpy as np
    import pyarrow.parquet as pq

    stored = pq.read_table(path)
    labels = stored.column(0).to_pylist()
    names = stored.column_names[1:]
    rows = [label for label in labels if label in set(names)]
    economies = list(dict.fromkeys(label.split(".")[0] for label in rows))
    n = len(rows)
    z = np.empty((n, n), order="F")
    y = np.zeros((n, len(economies)), order="F")
    position = {label: index for index, label in enumerate(rows)}
    for name in names:
        values = stored.column(name).to_numpy()[:n]
        if name in position:
            z[:, position[name]] = values
        elif "." in name:
            y[:, economies.index(name.split(".")[0])] += values
    owner = np.array([economies.index(label.split(".")[0]) for label in rows])
    return z, y, owner, rows, economies


def worker(task, table, repeats, result):
    """One measurement of another tool; prints JSON."""
    tool, _, name = task.rpartition(":")
    tool = tool or "numpy"
    more = {}
    if name == "load":
        import pandas

        forget_peak()
        csv = table.endswith(".csv")
        # The C engine is the fastest that pandas has for a file with this many columns.
        read = (lambda _: pandas.read_csv(table, index_col=0).to_numpy()) if csv else (
            lambda _: pandas.read_parquet(table).set_index("row").to_numpy())
        best, _ = timed(repeats, lambda: None, read)
        tool = "pandas"
    elif tool == "pymrio":
        best, more = pymrio_task(name, table, repeats, result)
    else:
        best, more = numpy_task(name, table, repeats, result)
        tool = "scipy" if name in ("lu", "tiva") else tool
    print(json.dumps({"tool": tool, "task": name, "table": table, "seconds": best, "peak_mib": peak_mib(), **more}))


def numpy_task(name, table, repeats, result):
    import numpy as np
    import scipy.linalg as sl

    z, y, owner, _, economies = read_table(table)
    n, g = len(owner), len(economies)
    x = z.sum(axis=1) + y.sum(axis=1)
    spread = lambda values: np.where(owner[:, None] == np.arange(g), values[:, None], 0.0)

    def coefficients():
        return z / np.where(x == 0, np.inf, x)

    if name in ("multiply", "lu", "inverse"):
        m = np.asfortranarray(np.eye(n) - coefficients())
        i, j = np.indices((n, g))
        # None is a combination of the others, or a block solver would save what it cannot save on real ones.
        right = np.asfortranarray((i * 7 + j * 13 + i * j) % 1009 + 1.0)
        del z
        forget_peak()
        if name == "multiply":
            other = np.full((n, n), 0.5, order="F")
            best, _ = timed(repeats, lambda: None, lambda _: m @ other)
            return best, {"gflops": 2 * n**3 / best / 1e9, "residual": None}
        if name == "lu":
            def solve(copy):
                # The factors are handed back, as by the engine: giving memory to the system is no part of the work.
                factors = sl.lu_factor(copy, overwrite_a=True, check_finite=False)
                return factors, sl.lu_solve(factors, right.copy(order="F"), overwrite_b=True, check_finite=False)

            best, (_, solution) = timed(repeats, lambda: m.copy(order="F"), solve)
            operations = 2 / 3 * n**3 + 2 * n * n * g
        else:
            # numpy copies what it inverts: the copy is its own.
            best, inverse = timed(repeats, lambda: None, lambda _: np.linalg.inv(m))
            solution, operations = inverse @ right, 2 * n**3
        residual = (np.abs(m @ solution - right).sum(axis=0) / np.abs(right).sum(axis=0)).max()
        return best, {"gflops": operations / best / 1e9, "residual": float(residual)}

    forget_peak()
    if name == "coefficients-and-inverse":
        def invert(_):
            a = coefficients()
            m = -a
            m[np.diag_indices(n)] += 1.0
            return a, np.linalg.inv(m)

        best, (a, b) = timed(repeats, lambda: None, invert)
        v = 1.0 - a.sum(axis=0)
        return best, {"value_added_gap": float(np.abs((v * (x != 0)) @ b - (x != 0)).max())}

    def matrices(_):
        a = coefficients()
        v = np.where(x == 0, 0.0, 1.0 - a.sum(axis=0))
        by_buyer = np.add.reduceat(z, np.searchsorted(owner, np.arange(g)), axis=1) + y
        by_buyer[np.arange(n), owner] = 0.0
        exports = by_buyer.sum(axis=1)
        np.negative(a, out=a)
        a[np.diag_indices(n)] += 1.0
        factors = sl.lu_factor(np.asfortranarray(a), overwrite_a=True, check_finite=False)
        by_origin = sl.lu_solve(factors, spread(v), trans=1, check_finite=False).T
        content = by_origin @ spread(exports)
        absorbed = spread(v).T @ sl.lu_solve(factors, y, check_finite=False)
        return content, absorbed, exports

    best, (content, absorbed, exports) = timed(repeats, lambda: None, matrices)
    save(result, content, absorbed)
    return best, {"exports_gap": float(abs(content.sum() - exports.sum()) / exports.sum())}


def pymrio_task(name, table, repeats, result):
    import numpy as np
    import pandas
    import pymrio

    z, y, owner, rows, economies = read_table(table)
    g = len(economies)
    index = pandas.MultiIndex.from_tuples([tuple(row.split(".", 1)) for row in rows], names=["region", "sector"])
    demand = pandas.MultiIndex.from_product([economies, ["FD"]], names=["region", "category"])
    z = pandas.DataFrame(z, index=index, columns=index)
    y = pandas.DataFrame(y, index=index, columns=demand)
    spread = lambda values: np.where(owner[:, None] == np.arange(g), values[:, None], 0.0)
    forget_peak()

    def system(_):
        x = pymrio.calc_x(z, y)
        a = pymrio.calc_A(z, x)
        return x, a, pymrio.calc_L(a)

    if name == "coefficients-and-inverse":
        best, (x, a, b) = timed(repeats, lambda: None, system)
        x, v = x.to_numpy().ravel(), 1.0 - a.to_numpy().sum(axis=0)
        return best, {"value_added_gap": float(np.abs((v * (x != 0)) @ b.to_numpy() - (x != 0)).max())}

    def matrices(_):
        x, a, b = system(None)
        b = b.to_numpy()
        v = np.where(x.to_numpy().ravel() == 0, 0.0, 1.0 - a.to_numpy().sum(axis=0))
        flows = z.to_numpy()
        by_buyer = np.add.reduceat(flows, np.searchsorted(owner, np.arange(g)), axis=1) + y.to_numpy()
        by_buyer[np.arange(len(owner)), owner] = 0.0
        exports = by_buyer.sum(axis=1)
        by_origin = spread(v).T @ b
        return by_origin @ spread(exports), spread(v).T @ (b @ y.to_numpy()), exports

    best, (content, absorbed, exports) = timed(repeats, lambda: None, matrices)
    save(result, content, absorbed)
    return best, {"exports_gap": float(abs(content.sum() - exports.sum()) / exports.sum())}


def save(result, *matrices):
    if result:
        import numpy as np

        np.savetxt(result, np.concatenate([matrix.ravel(order="F") for matrix in matrices]), fmt="%.17e")


# ---------------------------------------------------------------------------------------------------------------------
# The page


def seconds(found):
    return f"{found['seconds']:.3f}" if found else "not run"


def ratio(ours, theirs):
    return f"{theirs['seconds'] / ours['seconds']:.2f}" if ours and theirs else ""


def memory(found):
    return f"{found['peak_mib']:.0f}" if found and found.get("peak_mib") else ""


def rate(found):
    return f"{found['gflops']:.1f}" if found else ""


def share(found, machine):
    return f"{found['gflops'] / machine:.0%}" if found else ""


def small(found, key):
    value = found.get(key) if found else None
    return f"{value:.1e}" if value is not None else ""


def difference(ours, theirs):
    """The largest difference between two files of numbers, relative to the largest number."""
    if not (ours.exists() and theirs.exists()):
        return ""
    a, b = ([float(line) for line in path.read_text().split()] for path in (ours, theirs))
    scale = max(map(abs, a))
    return f"{max(abs(x - y) for x, y in zip(a, b, strict=True)) / scale:.1e}"


def machine_name():
    model = next((line.split(":")[1] for line in lines_of("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    words = "".join(letter if letter.isalnum() else " " for letter in model.lower()).split()
    return "-".join(words[:3] + [f"{os.cpu_count()}cpu"])


def lines_of(path):
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


class Page:
    def __init__(self):
        self.parts = []

    def machine(self):
        run = lambda *command: subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip()
        commit = run("git", "rev-parse", "--short", "HEAD")
        dirty = " with uncommitted changes" if run("git", "status", "--porcelain", "--untracked-files=no") else ""
        model = next((line.split(":")[1].strip() for line in lines_of("/proc/cpuinfo") if line.startswith("model name")), platform.processor())
        total = next((int(line.split()[1]) / 2**20 for line in lines_of("/proc/meminfo") if line.startswith("MemTotal")), math.nan)
        self.parts.append(f"# The engine beside other tools, {datetime.date.today()}\n")
        facts = [
            ["machine", f"{model}, {os.cpu_count()} cores, {total:.0f} GiB, {platform.system()} {platform.machine()}"],
            ["commit", commit + dirty],
            ["compiler", run("rustc", "--version")],
            ["command", "python3 benches/" + " ".join([Path(sys.argv[0]).name] + sys.argv[1:])],
            ["Python", platform.python_version()],
        ]
        for package in ("numpy", "scipy", "pandas", "pyarrow", "pymrio"):
            try:
                facts.append([package, importlib.metadata.version(package)])
            except importlib.metadata.PackageNotFoundError:
                facts.append([package, "not installed: its rows are missing"])
        facts.append(["BLAS of numpy and scipy", blas()])
        self.table(["", ""], facts)
        self.paragraph("Times are the best of the repeats, each tool in a process of its own, all cores.")

    def section(self, title):
        print(f"\n## {title}", flush=True)
        self.parts.append(f"## {title}\n")

    def paragraph(self, text):
        self.parts.append(text + "\n")

    def table(self, header, lines):
        text = "\n".join("| " + " | ".join(map(str, line)) + " |" for line in [header, ["---"] * len(header), *lines])
        print(text, flush=True)
        self.parts.append(text + "\n")

    def text(self):
        return "\n".join(self.parts)


def blas():
    """Which kernels OpenBLAS chose, asked in a process without the pinned settings."""
    code = ("import numpy, scipy.linalg, json, threadpoolctl; print(json.dumps(sorted({' '.join(map(str, (p['internal_api'], "
            "p['version'], p['architecture'], p['num_threads'], 'threads'))) for p in threadpoolctl.threadpool_info() "
            "if p['user_api'] == 'blas'})))")
    run = subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True)
    return "; ".join(json.loads(run.stdout)) if run.returncode == 0 else "unknown (threadpoolctl is not installed)"


if __name__ == "__main__":
    main()
