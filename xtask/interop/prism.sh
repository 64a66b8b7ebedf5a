#!/bin/sh
# Prism: the contract served by a mock server, asked by the library and the program.
# Usage: prism.sh TEST, one of `tests/e2e/tests/prism.rs`
set -eu
# shellcheck source=serve.sh
. "${0%/*}/serve.sh"

# Prism takes no port of its own choice.
port="$(node -e 'const server = require("net").createServer().listen(0, "127.0.0.1", () => {
  console.log(server.address().port)
  server.close()
})')"
serve '.*Prism is listening on ' prism mock --host 127.0.0.1 --port "$port" "$CONTRACT"
# With all packages, so that what was built for the tests is taken.
PRISM="${url#http://}" RUST_BACKTRACE=0 "$CARGO" test --quiet --workspace --test prism \
  --manifest-path "${0%/*}/../../Cargo.toml" -- --ignored --exact "$1" >test.log 2>&1 || {
  cat test.log
  exit 1
}
grep '1 passed' test.log
echo 'as the contract says'
