#!/usr/bin/env bash
# How much longer 500 annotated functions take to compile than 500 plain ones: every fourth async, every other a method,
# with values and results as in real programs. Prints the medians of nine builds in turn, dev and release, and what
# building aimlm itself takes.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=${AIMLM_COMPILE_TIME_DIR:-$root/target/compile_time}
functions=${1:-500}
rm -rf "$work/project"
mkdir -p "$work/project/plain" "$work/project/tracked"
cd "$work/project"

package() { # name attribute
    printf '[package]\nname = "%s"\nversion = "0.0.0"\nedition = "2024"\npublish = false\n\n[lib]\npath = "lib.rs"\n\n[dependencies]\naimlm = { path = "%s" }\n' \
        "$1" "$root" > "$1/Cargo.toml"
    awk -v n="$functions" -v tracked="$2" 'BEGIN {
        print "pub struct Model { pub name: String, pub seen: usize }"
        for (i = 0; i < n; i++) {
            plain = "    let mut kept = Vec::with_capacity(rows.len());\n" \
                "    for row in rows {\n" \
                "        if row.is_nan() {\n            return Err(format!(\"row {} is not a number\", kept.len()));\n        }\n" \
                "        kept.push((row * scale).round() as i64);\n    }\n" \
                "    kept.sort_unstable();\n    kept.dedup();\n" \
                "    let text: String = kept.iter().map(|k| k.to_string()).collect::<Vec<_>>().join(\", \");\n" \
                "    if text.len() > 1000 {\n        return Err(text);\n    }\n" \
                "    Ok(kept)\n}\n"
            attribute = tracked ? "#[aimlm::track_inference(model = \"model" i "\", batch_size = rows.len(), tokens_out = |out| out.len())]\n" : ""
            if (i % 4 == 0) {
                sub("    kept.sort", "    std::future::ready(()).await;\n    kept.sort", plain)
                printf "%spub async fn f%d(rows: &[f64], scale: f64) -> Result<Vec<i64>, String> {\n%s\n", attribute, i, plain
            } else if (i % 2 == 1) {
                dynamic = tracked ? "#[aimlm::track_inference(model = self.name, batch_size = rows.len())]\n" : ""
                printf "impl Model {\n%spub fn f%d(&mut self, rows: &[f64], scale: f64) -> Result<Vec<i64>, String> {\n    self.seen += 1;\n%s}\n", dynamic, i, plain
            } else {
                printf "%spub fn f%d(rows: &[f64], scale: f64) -> Result<Vec<i64>, String> {\n%s\n", attribute, i, plain
            }
        }
    }' > "$1/lib.rs"
}
package plain ""
package tracked 1
printf '[workspace]\nmembers = ["plain", "tracked"]\nresolver = "3"\n' > Cargo.toml
export CARGO_TARGET_DIR=$work/target CARGO_INCREMENTAL=0

build() { # package flags
    local start end
    touch "$1/lib.rs"
    start=$(date +%s%N)
    cargo build --quiet -p "$1" $2
    end=$(date +%s%N)
    echo $(((end - start) / 1000000))
}
median() { printf '%s\n' "$@" | sort -g | sed -n "$((($# + 1) / 2))p"; }

# In turn, so that a machine that slows down slows both.
printf '| profile | plain, ms | tracked, ms | ratio | budget |\n|---|---|---|---|---|\n'
for flags in "" "--release"; do
    budget=1.4
    [ -z "$flags" ] || budget=1.3
    cargo build --quiet $flags
    plain=() tracked=()
    for _ in 1 2 3 4 5 6 7 8 9; do
        plain+=("$(build plain "$flags")")
        tracked+=("$(build tracked "$flags")")
    done
    plain=$(median "${plain[@]}") tracked=$(median "${tracked[@]}")
    echo "| ${flags:-dev} | $plain | $tracked | $(awk "BEGIN { printf \"%.2f\", $tracked / $plain }") | $budget |"
done

cargo clean --quiet
start=$(date +%s%N)
cargo build --quiet --release -p aimlm
end=$(date +%s%N)
crates=$(cargo tree --prefix none -e normal,build -p aimlm | sed 's/ (\*)$//' | sort -u | wc -l)
printf '\nClean release build of the default features: %d ms, budget 30000; %d crates, budget 60.\n' $(((end - start) / 1000000)) "$crates"
