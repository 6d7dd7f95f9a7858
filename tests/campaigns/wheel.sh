#!/bin/sh
# Builds wheel and sdist into dist/, installs the wheel by the lock into an empty environment, screens an example from a
# folder that holds nothing else, and lists beside the wheel what the environment holds (CycloneDX).
# wheel.sh PYTHON RELEASE FLAGS: the Python that builds, the one that has cyclonedx-bom, and CPPFLAGS for the engine.
set -eu
python=$1 release=$2 flags=$3
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf "$root/dist"
"$python" -m build --no-isolation --outdir "$root/dist" "$root" >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
wheel=$(ls "$root"/dist/*.whl)
"$python" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --requirement "$root/requirements/build.txt"
CPPFLAGS=$flags "$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-build-isolation --requirement "$root/requirements/runtime.txt"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-index "$wheel"
"$work/venv/bin/python" -m pip check >/dev/null
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
"$release" -m cyclonedx_py environment --output-reproducible --pyproject "$root/pyproject.toml" --mc-type library \
  --output-file "$work/sbom.json" "$work/venv"
cd "$root"
"$release" -m tools.sbom "$work/sbom.json" "$wheel"
echo "The wheel installs into an empty environment and screens from another folder. In dist/:"
ls "$root/dist"
