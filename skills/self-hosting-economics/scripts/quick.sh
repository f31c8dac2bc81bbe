#!/bin/sh
# quick.sh TOKENS_IN_MILLIONS PRICE_PER_MILLION GPU_A_MONTH GPUS ENGINEERING_A_MONTH: the first idea from five numbers.
set -eu
exec breakeven quick --tokens "$1" --hosted-price "$2" --gpu-monthly "$3" --gpus "$4" --eng-monthly "$5"
