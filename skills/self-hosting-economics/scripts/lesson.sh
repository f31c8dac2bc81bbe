#!/bin/sh
# lesson.sh PART [CASE]: a part of the lesson, on the example or on a person's own case.
set -eu
part="${1:?which part: whole_cost, side_by_side, break_even, readiness, hybrid}"
shift
exec breakeven learn "$@" --part "$part" </dev/null
