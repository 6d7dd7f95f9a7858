#!/bin/sh
# Builds the wheel, installs it into an empty environment, and screens an example from a folder that holds nothing else.
set -eu
python=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -m build --wheel --outdir "$work/dist" "$root" >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
"$python" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$work"/dist/*.whl
mkdir "$work/elsewhere"
cd "$work/elsewhere"
status=0
"$work/venv/bin/ketascreen" screen "$root/examples/resistant-depression.json" --as-of 2026-11-22T09:00:00Z --route iv >out.txt || status=$?
test "$status" -eq 0
grep -qi "recommendation: eligible" out.txt
"$work/venv/bin/ketascreen" facts pregnancy | grep -q "loinc 82810-3"
"$work/venv/bin/python" - <<'PYTHON'
from ketascreen.loading.built_in import built_in_rules
assert built_in_rules().parent.parent.name == "ketascreen", built_in_rules()
PYTHON
echo "The wheel installs into an empty environment and screens from another folder."
