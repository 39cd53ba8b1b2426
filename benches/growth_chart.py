"""Measured growth beside the expected power, as a chart on logarithmic scales (needs matplotlib)."""


def draw(path, panels):
    """Writes an SVG of panels, each (what grows, unit of measure, lines); a line is (name, sizes, measured, power).

    Solid: measured. Dotted: the expected power through the largest size. False when matplotlib is not installed.
    """
    try:
        import matplotlib
    except ImportError:
        return False
    matplotlib.use("svg")
    matplotlib.rcParams["svg.fonttype"] = "none"
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(panels), figsize=(5 * len(panels), 4.2), squeeze=False)
    for axis, (size, measure, lines) in zip(axes[0], panels):
        for marker, (name, sizes, measured, power) in zip("osD^v", lines):
            (drawn,) = axis.plot(sizes, measured, marker=marker, markersize=4, linewidth=1.2, label=f"{name} (expected {size}^{power:g})")
            expected = [measured[-1] * (one / sizes[-1]) ** power for one in sizes]
            axis.plot(sizes, expected, linestyle=":", linewidth=1, color=drawn.get_color())
        axis.set_xscale("log")
        axis.set_yscale("log")
        axis.set_xlabel(size)
        axis.set_ylabel(measure)
        axis.grid(True, which="major", linewidth=0.3)
        axis.legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(path)
    plt.close(figure)
    return True
