#!/bin/sh
# Installs ketascreen for one Python into an empty environment, and uses it from a folder that holds nothing else.
# installed.sh PYTHON DISTRIBUTION EXAMPLE OUT engine|plain FLAGS: what it prints goes into the folder OUT.
set -eu
unset PYTHONPATH
python=$1 distribution=$2 example=$3 out=$4 how=$5 flags=$6
rm -rf "$out"
mkdir -p "$out/elsewhere"
"$python" -m venv "$out/venv"
bin=$out/venv/bin
case $how in engine) wanted="$distribution[engine,authoring]" ;; *) wanted="$distribution[authoring]" ;; esac
# A cache of its own: pip keeps the engine as it was built before, whatever the flags.
CPPFLAGS=$flags PIP_CACHE_DIR=$out/cache "$bin/python" -m pip install --quiet --disable-pip-version-check "$wanted"
cd "$out/elsewhere"
"$bin/python" -m pip check
"$bin/python" -c "import sys; print('Python', sys.version)"
"$bin/python" - <<'PYTHON'
from importlib.metadata import version
from ketascreen.loading.built_in import built_in_rules
assert built_in_rules().parent.parent.name == "ketascreen", built_in_rules()
print("ketascreen", version("ketascreen"), "pydantic", version("pydantic"))
PYTHON
"$bin/ketascreen" facts pregnancy | grep -q "loinc 82810-3"
"$bin/ketascreen" test
"$bin/ketascreen" check --no-documents >"$out/check.txt" || { cat "$out/check.txt"; exit 1; }
tail -n 2 "$out/check.txt"
as_of=2026-11-22T09:00:00+01:00
screen() { "$bin/ketascreen" screen "$example" --as-of "$as_of" --route iv --time-zone Europe/Berlin "$@"; }
screen >"$out/page.txt" 2>"$out/page.err"
grep "^Channels:" "$out/page.txt"
screen --json --channel reference --channel compiled >"$out/without-engine.json"
if [ "$how" = engine ]; then
  screen --json --channel reference --channel production --channel compiled >"$out/verdict.json"
fi
