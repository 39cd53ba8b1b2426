#!/usr/bin/env bash
# Runs every notebook from top to bottom into a scratch folder and fails when a cell fails, or when a committed notebook holds
# outputs. What is missing (a Python environment with nbconvert) is installed below NOTEBOOK_TOOLS.
#
#   VADEX=path/to/vadex notebooks/run.sh [NOTEBOOK...]
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

[ "${1:-}" = "--check" ] && check=1 && shift || check=0
notebooks=("$@")
[ ${#notebooks[@]} -gt 0 ] || notebooks=("$here"/*.ipynb)
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
export PATH="$tools/python/bin:$PATH"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0
for notebook in "${notebooks[@]}"; do
  name=$(basename "$notebook" .ipynb)
  began=$SECONDS
  # The notebook runs in its own folder: paths in it are relative to that.
  if (cd "$here" && jupyter nbconvert --to notebook --execute --ExecutePreprocessor.timeout=600 \
        --output-dir "$scratch" --output "$name" "$notebook") >"$scratch/$name.log" 2>&1; then
    echo "$name: ran in $((SECONDS - began)) s"
  else
    echo "$name: FAILED" >&2
    tail -n 25 "$scratch/$name.log" >&2
    failed=1
  fi
done
exit $failed
