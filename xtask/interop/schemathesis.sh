#!/bin/sh
# Schemathesis: requests made up from the contract, valid and not, against the sandbox.
set -eu
# shellcheck source=serve.sh
. "${0%/*}/serve.sh"

serve '' "$PRECHECK" sandbox --port 0
schemathesis run "$CONTRACT" --url "$url" --header 'Authorization: Bearer sandbox-token' \
  --checks all --phases examples,coverage,fuzzing,stateful --mode all --continue-on-failure \
  --no-color --max-examples "$EXAMPLES" --seed "$SEED" >report.txt || {
  cat report.txt
  exit 1
}
# A phase that did not run is no success.
for phase in Examples Coverage Fuzzing Stateful; do
  grep -q "✅ $phase\$" report.txt || {
    cat report.txt
    exit 1
  }
done
cases="$(sed -n 's/^ *\(.* generated, .*\)/\1/p' report.txt | head -n 1)"
links="$(sed -n 's/^ *API Links: *\([^ ]* [^ ]*\).*/\1/p' report.txt | head -n 1)"
echo "$cases; links: $links"
