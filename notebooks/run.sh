#!/usr/bin/env bash
# Runs every notebook from top to bottom into a scratch folder and fails when a cell fails, or when a committed notebook holds
# outputs. What the Python kernel needs is installed below NOTEBOOK_TOOLS when it is missing. The Rust kernel takes minutes to
# build and is used where it is installed: what was not run is said, with the command that installs it.
#
#   VADEX=path/to/vadex notebooks/run.sh [NOTEBOOK...]
#   notebooks/run.sh --check
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tools=${NOTEBOOK_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/vadex-notebooks}
# Outputs are made, not kept.
stripped() {
  python3 - "$@" <<'PY'
import json, sys
bad = [path for path in sys.argv[1:] for cell in json.load(open(path, encoding="utf-8"))["cells"]
       if cell["cell_type"] == "code" and (cell["outputs"] or cell["execution_count"])]
if bad:
    sys.exit("run.sh: outputs are committed in " + ", ".join(sorted(set(bad))) + ": strip them with\n"
             "  jupyter nbconvert --clear-output --inplace NOTEBOOK")
PY
}
kernel() {
  python3 -c 'import json, sys; print(json.load(open(sys.argv[1], encoding="utf-8"))["metadata"]["kernelspec"]["name"])' "$1"
}

# The Rust kernel writes the error of a `?` to stderr, ends the cell and goes on to the next: a cell that says nothing failed.
nothing_went_wrong() {
  python3 - "$1" <<'PY'
import json, sys
notebook = json.load(open(sys.argv[1], encoding="utf-8"))
if notebook["metadata"]["kernelspec"]["name"] == "rust":
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                sys.exit("".join(cell["source"]) + "\n" + "".join(output["text"]))
PY
}

[ "${1:-}" = "--check" ] && check=1 && shift || check=0
notebooks=("$@")
[ ${#notebooks[@]} -gt 0 ] || notebooks=("$here"/*.ipynb)
# They run in their own folder: names that are relative to this one are made whole.
for place in "${!notebooks[@]}"; do notebooks[place]=$(realpath "${notebooks[place]}"); done
stripped "${notebooks[@]}"
[ $check = 0 ] || exit 0

export VADEX=${VADEX:-vadex}
case $VADEX in */*) VADEX=$(cd "$(dirname "$VADEX")" && pwd)/$(basename "$VADEX") ;; esac
command -v "$VADEX" >/dev/null || { echo "run.sh: no binary \`$VADEX\`: set VADEX, or cargo install --path ." >&2; exit 2; }

mkdir -p "$tools"
if [ ! -x "$tools/python/bin/jupyter" ]; then
  python3 -m venv "$tools/python"
  "$tools/python/bin/pip" install --quiet nbconvert ipykernel
fi
export PATH="$tools/python/bin:$PATH:$tools/rust/bin"
if rust=$(command -v evcxr_jupyter); then
  # A kernel of this script's own: nothing of the user's is written.
  mkdir -p "$tools/jupyter/kernels/rust" "$tools/.cargo"
  printf '{"argv": ["%s", "--control_file", "{connection_file}"], "display_name": "Rust", "language": "rust",\n "interrupt_mode": "message"}\n' \
    "$rust" >"$tools/jupyter/kernels/rust/kernel.json"
  export JUPYTER_PATH="$tools/jupyter${JUPYTER_PATH:+:$JUPYTER_PATH}"
  # Kept between runs, so that the engine is compiled once; with the levels of optimisation of the project's tests, because
  # at the kernel's own level its dependencies alone take five minutes.
  export EVCXR_TMPDIR=${EVCXR_TMPDIR:-$tools/evcxr}
  mkdir -p "$EVCXR_TMPDIR"
  cat >"$tools/.cargo/config.toml" <<'TOML'
[profile.dev.package]
"*" = { opt-level = 0 }
vadex = { opt-level = 1 }
faer = { opt-level = 3 }
gemm = { opt-level = 3 }
matrixmultiply = { opt-level = 3 }
nalgebra = { opt-level = 3 }
TOML
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0
for notebook in "${notebooks[@]}"; do
  name=$(basename "$notebook" .ipynb)
  if [ "$(kernel "$notebook")" = rust ] && [ -z "$rust" ]; then
    echo "$name: NOT RUN, the Rust kernel is not installed (its cells run as a program in \`cargo test\`). To install it:"
    echo "  cargo install evcxr_jupyter --locked --root $tools/rust"
    continue
  fi
  began=$SECONDS
  if (cd "$here" && jupyter nbconvert --to notebook --execute --ExecutePreprocessor.timeout=1800 \
        --output-dir "$scratch" --output "$name" "$notebook" && nothing_went_wrong "$scratch/$name.ipynb") \
      >"$scratch/$name.log" 2>&1; then
    echo "$name: ran in $((SECONDS - began)) s"
  else
    echo "$name: FAILED" >&2
    tail -n 25 "$scratch/$name.log" >&2
    failed=1
  fi
done
exit $failed
