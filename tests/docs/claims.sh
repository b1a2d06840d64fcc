#!/usr/bin/env bash
# claims.sh FOLDER: every test that FOLDER/docs/claims.md names is there, and every claim that it
# says the model shows has a test on the model.
set -euo pipefail

folder=$1
document=$folder/docs/claims.md
status=0

complain() {
  echo "$1"
  status=1
}

# A name may stop at "…": then it is the beginning of one.
# shellcheck disable=SC2016  # backticks of the document
while read -r name; do
  grep -rqE "TEST(_F|_P)?\([A-Za-z0-9]+, ${name%…}" "$folder/tests" ||
    complain "$document names $name, and no test is called so"
done < <(grep -oE '`[A-Z][0-9]{2}_[A-Za-z0-9]+…?`' "$document" | tr -d '`' | sort -u)

shown=$(grep -hoE 'TEST_F\([A-Za-z0-9]+, [A-Z][0-9]{2}_' "$folder"/tests/claims/model_*_test.cpp |
  grep -oE '[A-Z][0-9]{2}' | sort -u)
said=$(grep -E '^\| [A-Z][0-9]{2} \|.*\| yes \|$' "$document" | grep -oE '^\| [A-Z][0-9]{2}' | tr -d '| ' | sort -u)
[[ $shown == "$said" ]] ||
  complain "$document says that the model shows these, and the tests are of those: $(diff <(echo "$said") <(echo "$shown") | grep '^[<>]' | tr '\n' ' ')"
exit "$status"
