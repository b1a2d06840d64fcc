# judge.awk PLAN LOG: what came of a boot. Succeeds only if every test that was planned ran, none
# failed, and the machine came to its end.

function complain(text) { bad = 1; print "  " boot ": " text }

function name_of(path) { sub(".*/", "", path); return path }

function print_block(    i) { for (i = 0; i < lines; ++i) print "    " block[i] }

# One program's output is at its end: `block` has its lines.
function settle(code) {
  if (ran != planned[program]) complain(name_of(program) " ran " ran + 0 " of " planned[program] " tests")
  if (code == 137) complain(name_of(program) " was killed: it took too long, or memory was short")
  else if (code != 0) complain(name_of(program) " failed, exit code " code)
  if (code != 0) print_block()
  settled[program] = 1
}

NR == FNR { planned[$1] = split($3, names, ":"); next }

/^@ kernel / { kernel = $3; next }
/^@ run / { program = $3; lines = ran = 0; next }
/^@ exit / { settle($3); next }
/^@ end$/ { ended = 1; next }

# Of a test that passed nothing is kept.
/^\[ RUN      \]/ { start = lines; test = $4 }
/^Note: |^Running main|^\[[-=]+\]/ && !/ran\./ { next }
{ block[lines++] = $0 }
/^\[       OK \]/ { lines = start; ++passed }
/^\[  SKIPPED \] .*\(/ {
  if (!(reason in example)) example[reason] = test
  ++count[reason]
  ++skipped
  lines = start
}
/^\[  FAILED  \] .*\([0-9]+ ms\)$/ { ++failures }
/^\[==========\] [0-9]+ tests? from .* ran\./ { ran = $2 }
after_skipped { reason = $0; after_skipped = 0 }
/: Skipped$/ { after_skipped = 1; reason = "no reason given" }

END {
  for (p in planned) if (!(p in settled)) complain(name_of(p) " did not end")
  if (program && !(program in settled)) print_block()
  if (status == not_started) complain("did not start")
  else if (status == 124) complain("hung: switched off after too long a time")
  else if (status != 0) complain("the emulator failed, exit code " status)
  if (!ended) complain("did not come to its end")
  printf "%s (Linux %s): %d passed, %d failed, %d skipped\n", boot, kernel, passed, failures, skipped
  for (r in count) {
    more = count[r] > 1 ? " and " count[r] - 1 " more" : ""
    print "  skipped " example[r] more ": " r
  }
  exit bad
}
