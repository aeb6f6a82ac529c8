#!/bin/sh
# Install each server in an environment of its own below work/: never part of the tests.
# usage: benchmarks/serving/install.sh [litserve bentoml mlserver mlflow vetiver]
set -eu
cd "$(dirname "$0")"
UV=${UV:-../../.venv/bin/uv}
mkdir -p work
for name in ${@:-litserve bentoml}; do
    test -x "work/$name/bin/python" || "$UV" venv --quiet --python 3.11 "work/$name"
    pins=$(../../.venv/bin/python -c '
from importlib.metadata import version
print(*(f"{name}=={version(name)}" for name in ("numpy", "pandas", "scikit-learn", "joblib")))')
    case $name in
        mlserver) extra=mlserver-sklearn ;;
        *) extra= ;;
    esac
    "$UV" pip install --quiet --python "work/$name/bin/python" "$name" $extra $pins httptools uvloop uvicorn
done
