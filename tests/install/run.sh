#!/usr/bin/env bash
# run.sh BUILD CXX: installs the build into an empty folder and uses it from there, by its CMake
# package and by pkg-config; then runs the command and looks for its man page.
set -euo pipefail
build=$1
export CXX=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/usr" >/dev/null
prefix=$work/usr
version=$("$prefix/bin/pinfold" --version)
[[ $version == "pinfold "* ]] || { echo "no version: $version"; exit 1; }
find "$prefix" -name pinfold-set.1 | grep -q . || { echo 'no man page'; exit 1; }

cmake -S "$here/consumer" -B "$work/build" -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
cmake --build "$work/build" >/dev/null
"$work/build/consumer"

# pkg-config knows the prefix that was configured; here the files stand elsewhere.
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name pinfold.pc)")
export PKG_CONFIG_PATH
read -ra flags < <(pkg-config --define-variable=prefix="$prefix" --cflags --libs pinfold)
"$CXX" -std=c++23 -Wall -Wextra -Werror -o "$work/by-pkg-config" "$here/consumer/main.cpp" "${flags[@]}"
"$work/by-pkg-config"
