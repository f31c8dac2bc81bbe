#!/bin/sh
# quiz.sh ask PART SEED | quiz.sh check PART SEED ANSWER: a question with fresh numbers, and what an answer is worth.
set -eu
what="${1:?ask or check}" part="${2:?which part}" seed="${3:?a seed, a new one each time}"
case "$what" in
ask) exec breakeven learn --quiz --part "$part" --seed "$seed" --json ;;
check) exec breakeven learn --part "$part" --seed "$seed" --answer="${4:?the answer}" --json ;;
*) echo "ask or check, not $what" >&2 && exit 2 ;;
esac
